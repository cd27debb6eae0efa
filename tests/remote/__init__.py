"""Tests of the store over HTTP, on a real engine and on servers that misbehave."""
