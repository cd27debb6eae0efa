"""Geometry of pictures: numbers in, numbers out. Nothing here knows of graphs or of pages."""
