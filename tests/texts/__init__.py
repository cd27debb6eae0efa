"""Tests of the texts of a project: how a curator adds and updates them."""
