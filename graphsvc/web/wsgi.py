"""The entry point for WSGI servers: ``graphsvc.web.wsgi:application`` is a factory.

``graphsvc serve`` has its own processes, which limit every request; gunicorn and waitress can serve
this application, but without limits::

    gunicorn 'graphsvc.web.wsgi:application()'

A server's processes share only the environment with the command that starts them, so the settings
come from there (``GRAPHSVC_*``) and from the project's ``graphsvc.toml``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsvc import release_repository, settings
from graphsvc.release import current
from graphsvc.survey.engine import store_of
from graphsvc.web.app import create_app

if TYPE_CHECKING:
    from flask import Flask


def application() -> Flask:
    """Return the application for the current release.

    Errors: SettingsError; ReleaseError if nothing has been built yet, or if it is damaged.
    """
    values = settings.load({})
    release = current(values.releases)
    release_repository.ReleaseLock(release.path)
    release.verify()
    return create_app(release, values, store_of(release, values))
