"""The Reconciliation API: the service as its clients use it, and JSON Schemas of its answers."""
