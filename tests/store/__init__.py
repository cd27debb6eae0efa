"""What the embedded store answers, what it refuses, and how its answers are written."""
