"""The documentation, done as it is written."""
