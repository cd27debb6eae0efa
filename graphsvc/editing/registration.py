"""What an application has besides while one edits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jinja2 import FileSystemBytecodeCache

from graphsvc.editing import live

if TYPE_CHECKING:
    from flask import Flask

    from graphsvc.editing.state import State
    from graphsvc.settings import Settings


def register(app: Flask, state: State, settings: Settings) -> None:
    """Let pages show what is wrong with the files; if there are writers, serve the editor's page.

    Templates are compiled once for all builds: that takes half as long as to start otherwise.
    """
    templates = settings.releases / ".templates"
    templates.mkdir(mode=0o700, exist_ok=True)
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(templates))
    live.register(app, state)
    if state.token and settings.project is not None:
        # It loads the checks, which takes a quarter of a second: no other service waits for that.
        from graphsvc.editing import pages  # noqa: PLC0415

        app.config[pages.PROJECT] = settings.project
        app.register_blueprint(pages.editing)
