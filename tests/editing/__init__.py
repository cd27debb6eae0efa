"""Watching and editing: services that build after each change, and the editor's page."""
