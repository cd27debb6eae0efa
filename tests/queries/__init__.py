"""Query files: what they have to be, and that each question has its answer."""
