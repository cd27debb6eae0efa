"""``graphsvc serve``: build if need be, then answer over HTTP."""

from __future__ import annotations

import os
from dataclasses import fields
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click
from granian.constants import Interfaces, Loops, RuntimeModes
from granian.log import LogLevels
from granian.server.mp import MPServer

from graphsvc.build import current, is_fresh
from graphsvc.cli.build import compile_release, show
from graphsvc.cli.options import with_settings
from graphsvc.cli.workers import keep_supervisor
from graphsvc.errors import ReleaseError
from graphsvc.settings import ENVIRONMENT
from graphsvc.store.pool import FOLDER

if TYPE_CHECKING:
    from graphsvc.settings import Settings


#: How long a web process that is told to end may take, in seconds.
_PATIENCE = 5


@click.command()
@with_settings(
    "contact",
    "host",
    "port",
    "workers",
    "deadline",
    "query_memory",
    "quick_queries",
    "long_queries",
    "waiting_queries",
    "memory_quads",
    "log_level",
)
def serve(settings: Settings) -> None:
    """Serve the graph: pages for people, RDF and SPARQL for programs.

    A release is built first if there is none, or if the project's files have changed since.
    """
    if not _has_fresh_release(settings):
        show(compile_release(settings))
    with TemporaryDirectory(prefix="graphsvc-") as folder:
        _hand_down(settings, Path(folder))
        keep_supervisor(Path(folder))
        click.echo(f"Serving {settings.project} at http://{settings.host}:{settings.port}/")
        _server(settings).serve()


def _server(settings: Settings) -> MPServer:
    return MPServer(
        "graphsvc.web.asgi:application",
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGINL,
        loop=Loops.uvloop,
        runtime_mode=RuntimeModes.st,
        websockets=False,
        workers=settings.workers,
        respawn_failed_workers=True,
        workers_kill_timeout=_PATIENCE,
        log_level=LogLevels(settings.log_level.lower()),
    )


def _has_fresh_release(settings: Settings) -> bool:
    try:
        release = current(settings.releases)
    except ReleaseError:
        return False
    return is_fresh(settings.project, release, settings.base_iri)


def _hand_down(settings: Settings, folder: Path) -> None:
    """Put the settings where the service's processes read them: into the environment."""
    os.environ[FOLDER] = str(folder)
    for field in fields(settings):
        value = getattr(settings, field.name)
        if value is not None:
            os.environ[ENVIRONMENT + field.name.upper()] = str(value)
