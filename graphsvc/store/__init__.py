"""Stores: one protocol, and what implements it."""
