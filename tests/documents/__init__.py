"""Documents about things: what they say, how they are had, and where their links lead."""
