"""The files of deploy/, put to the test."""
