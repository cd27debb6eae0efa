"""What follows from the statements of a project."""
