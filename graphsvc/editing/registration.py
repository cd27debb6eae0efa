"""Registers the parts of an application that it has only while one edits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jinja2 import FileSystemBytecodeCache

from graphsvc.editing import live

if TYPE_CHECKING:
    from flask import Flask

    from graphsvc.editing.state import EditingState
    from graphsvc.settings import Settings


def register(app: Flask, state: EditingState, settings: Settings) -> None:
    """Show faults of the files on all pages; serve the editor's page if there are writers.

    Compiled templates are kept for later builds: this halves the time to start.
    """
    templates = settings.releases / ".templates"
    templates.mkdir(mode=0o700, exist_ok=True)
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(templates))
    live.register(app, state)
    if state.token and settings.project is not None:
        # This import loads the checks, which takes a quarter of a second.
        from graphsvc.editing import pages  # noqa: PLC0415

        app.config[pages.PROJECT] = settings.project
        app.register_blueprint(pages.editing)
