"""What checks say of a project, each beside data that is wrong in one place."""
