"""Geometry of pictures: numbers in, numbers out. This package uses no graph and no page."""
