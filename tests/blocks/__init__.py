"""The queries that the blocks of pages open, run, and compared with what the blocks show."""
