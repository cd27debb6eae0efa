"""What a release holds, and how it is built."""
