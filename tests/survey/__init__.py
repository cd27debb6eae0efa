"""Surveys of a graph in an external engine, and the service in front of such a graph."""
