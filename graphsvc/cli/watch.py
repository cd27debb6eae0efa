"""``graphsvc watch`` and ``graphsvc edit``: serve a project, and build it after each change."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

import click

from graphsvc import layout
from graphsvc import settings as table
from graphsvc.cli.inputs import with_paths
from graphsvc.cli.options import READING, SERVING, with_overrides
from graphsvc.cli.rebuilding import Builder, in_process, settings_for_building
from graphsvc.cli.serve import export_settings
from graphsvc.editing.state import EditingState
from graphsvc.errors import SettingsError
from graphsvc.server.counters import Counters, rows_for
from graphsvc.server.keeper import Keeper
from graphsvc.server.listening import address_of, listeners

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping, Sequence

    from graphsvc.settings import Settings


@click.command()
@with_paths
@with_overrides(*READING, *SERVING)
def watch(overrides: Mapping[str, object]) -> None:
    """Serve a graph, and build and serve it anew after each change of its files.

    PATHS are RDF files in any syntax and folders of such, or the folder of a project; without any
    it is the current folder. Pages that are open reload by themselves. While the files have errors,
    every page and the terminal show them, and the last good graph is served. The OWL tools, which
    take long, are not asked: graphsvc check asks them. Ctrl-C ends it.
    """
    settings = settings_for_building(overrides)
    _serve(overrides, settings, listeners(settings, os.environ), EditingState.make())


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path), required=False)
@with_overrides(*READING, *SERVING)
def edit(overrides: Mapping[str, object], folder: Path | None) -> None:
    """Edit the facts of a project's texts on a page of this machine.

    DIR is the project's folder, by default the current one. It is served and built as by graphsvc
    watch; at /edit/ each text stands beside the facts of its sentences, which are saved to its
    facts.trig. Nobody reaches the page but from this machine.
    """
    overrides = {**overrides, "project": folder or overrides["project"]}
    settings = settings_for_building(overrides)
    if settings.project is None or not layout.is_project(settings.project):
        raise SettingsError(
            f"{settings.project} is not the folder of a project: it has no {layout.DATASET}.",
            remedy="Name the folder of one; graphsvc edit edits the facts of its texts.",
        )
    sockets = listeners(settings, os.environ)
    _refuse_other_machines(sockets)
    _serve(overrides, settings, sockets, EditingState.make(secrets.token_urlsafe()))


def _serve(
    overrides: Mapping[str, object],
    settings: Settings,
    sockets: list[socket.socket],
    state: EditingState,
) -> None:
    if settings.store:
        raise SettingsError(
            f"The statements of {settings.store} are in an engine, which tells of no change.",
            remedy="Watch files, without the setting store.",
        )
    reading, writing = os.pipe()
    in_process(Builder(overrides, state, writing), sockets, reading)
    os.close(writing)
    export_settings(settings)
    place = "edit/" if state.token else ""

    def say_ready() -> None:
        places = ", ".join(f"{address_of(each)}{place}" for each in sockets)
        with suppress(OSError):
            click.echo(f"Serving {settings.project or 'files'} at {places}")

    try:
        if not os.read(reading, 1):
            raise SystemExit(1)
    except KeyboardInterrupt:
        return
    counters = Counters.make(rows_for(settings.workers))
    Keeper(settings.releases, sockets, counters, say_ready, state.descriptor).run()


def _refuse_other_machines(sockets: Sequence[socket.socket]) -> None:
    """Refuse sockets to which another machine can connect."""
    for each in sockets:
        name = each.getsockname()
        if not isinstance(name, tuple) or not ip_address(name[0]).is_loopback:
            raise SettingsError(
                f"The editor's page is for this machine alone, not for {address_of(each)}.",
                remedy=f"Leave --host out, or set it to {table.Settings().host}.",
            )
