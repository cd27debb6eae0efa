"""How the text of a query is read."""
