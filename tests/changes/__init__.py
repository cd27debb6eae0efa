"""Releases that are compared, and those that are kept."""
