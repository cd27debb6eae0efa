"""The web side: Flask lives here and nowhere else."""
