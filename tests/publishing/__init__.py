"""Publishing releases into real engines: ``reading.py`` looks what is there, as another client."""
