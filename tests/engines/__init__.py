"""The same behaviour on every engine: real ones, started by the tests."""
