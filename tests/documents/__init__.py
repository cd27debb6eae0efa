"""Documents about things: what they state, how clients get them, and where their links lead."""
