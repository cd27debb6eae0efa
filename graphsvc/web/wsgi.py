"""The entry point for WSGI servers: ``graphsvc.web.wsgi:application`` is a factory.

``graphsvc serve`` starts the ASGI application; gunicorn and waitress take this one::

    gunicorn 'graphsvc.web.wsgi:application()'

A server's processes share nothing with the command that starts them but the environment, so the
settings come from there (``GRAPHSVC_*``) and from the project's ``graphsvc.toml``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsvc import depot, settings
from graphsvc.web.app import create_app

if TYPE_CHECKING:
    from flask import Flask


def application() -> Flask:
    """Return the application for the current release.

    Errors: SettingsError; ReleaseError if nothing has been built yet.
    """
    values = settings.load({})
    release = depot.served(values.releases)
    depot.Hold(release.path)
    return create_app(release, values)
