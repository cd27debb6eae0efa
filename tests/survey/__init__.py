"""What is read of a graph that lies in an engine, and the service before such a graph."""
