"""The endpoint, held to its protocol: in the process and over HTTP, by clients, by garbage."""
