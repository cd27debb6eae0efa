"""The content of a release, and how it is built."""
