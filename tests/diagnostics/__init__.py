"""What the service says of a wrong query."""
