"""Stores: the protocol, the embedded implementation, and its parsers and writers."""
