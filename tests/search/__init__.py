"""The index of names."""
