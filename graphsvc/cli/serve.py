"""``graphsvc serve``: build if need be, then answer over HTTP."""

from __future__ import annotations

import os
from dataclasses import fields
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from graphsvc import depot
from graphsvc.build import current, is_fresh
from graphsvc.cli.build import compile_release, show
from graphsvc.cli.options import with_settings
from graphsvc.cli.processes import WebProcesses, bound
from graphsvc.cli.workers import keep_supervisor
from graphsvc.errors import ReleaseError
from graphsvc.settings import ENVIRONMENT
from graphsvc.store.pool import FOLDER

if TYPE_CHECKING:
    from socket import socket

    from graphsvc.release import Release
    from graphsvc.settings import Settings


@click.command()
@with_settings(
    "translations",
    "contact",
    "public_url",
    "trusted_proxies",
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
    with bound(settings.host, settings.port) as listener:
        release = _fresh_release(settings)
        if release is None:
            release = compile_release(settings)
            show(release)
        _serve(settings, release, listener)


def _serve(settings: Settings, release: Release, listener: socket) -> None:
    with TemporaryDirectory(prefix="graphsvc-") as folder, depot.Hold(release.path):
        _hand_down(settings, Path(folder), release)
        keep_supervisor(Path(folder))
        click.echo(f"Serving {settings.project} at http://{settings.host}:{settings.port}/")
        WebProcesses(listener, settings.workers).run()


def _fresh_release(settings: Settings) -> Release | None:
    try:
        release = current(settings.releases)
    except ReleaseError:
        return None
    return release if is_fresh(settings.project, release, settings.base_iri) else None


def _hand_down(settings: Settings, folder: Path, release: Release) -> None:
    """Put the settings where the service's processes read them: into the environment.

    The release too, so that a process that is started again later serves no newer one.
    """
    os.environ[FOLDER] = str(folder)
    os.environ[depot.SERVED] = str(release.path)
    for field in fields(settings):
        value = getattr(settings, field.name)
        if value is not None:
            os.environ[ENVIRONMENT + field.name.upper()] = str(value)
