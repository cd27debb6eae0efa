"""What pages show, and the queries that it comes from."""
