"""``graphsvc serve``: build if need be, then answer over HTTP."""

from __future__ import annotations

import os
from dataclasses import fields
from typing import TYPE_CHECKING

import click
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from graphsvc.build import current, is_fresh
from graphsvc.cli.build import compile_release, show
from graphsvc.cli.options import with_settings
from graphsvc.errors import ReleaseError
from graphsvc.settings import ENVIRONMENT

if TYPE_CHECKING:
    from graphsvc.settings import Settings

#: How many requests a process answers at the same time; the engine lets others run meanwhile.
_THREADS = 8


@click.command()
@with_settings("host", "port", "workers", "log_level")
def serve(settings: Settings) -> None:
    """Serve the graph: pages for people, RDF and SPARQL for programs.

    A release is built first if there is none, or if the project's files have changed since.
    """
    if not _has_fresh_release(settings):
        show(compile_release(settings))
    _hand_down(settings)
    click.echo(f"Serving {settings.project} at http://{settings.host}:{settings.port}/")
    Server(
        "graphsvc.web.wsgi:application",
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        websockets=False,
        blocking_threads=_THREADS,
        workers=settings.workers,
        log_level=LogLevels(settings.log_level.lower()),
    ).serve()


def _has_fresh_release(settings: Settings) -> bool:
    try:
        release = current(settings.releases)
    except ReleaseError:
        return False
    return is_fresh(settings.project, release, settings.base_iri)


def _hand_down(settings: Settings) -> None:
    """Put the settings where the server's processes read them: into the environment."""
    for field in fields(settings):
        value = getattr(settings, field.name)
        if value is not None:
            os.environ[ENVIRONMENT + field.name.upper()] = str(value)
