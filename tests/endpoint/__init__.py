"""The endpoint obeys its protocol: in the process and over HTTP, for clients and for garbage."""
