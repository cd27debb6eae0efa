"""How a project is read: its settings, its files, its names."""
