"""The findings of each check for data with one fault."""
