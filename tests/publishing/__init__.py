"""Publishing releases into real engines: ``reading.py`` reads their content with another client."""
