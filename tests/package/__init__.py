"""What holds of every module of the package."""
