"""The Reconciliation API: the service as its clients use it, and the shapes of what it says."""
