"""``graphsvc serve`` and ``graphsvc reload``: builds if necessary, then answers over HTTP."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

import click

from graphsvc import release_repository, vocabularies
from graphsvc.cli.derived import say_what_was_derived
from graphsvc.cli.inputs import digests, is_nothing, with_paths
from graphsvc.cli.options import OF_ENGINES, READING, SERVING, with_settings
from graphsvc.errors import ReleaseError, StoreError
from graphsvc.release import current, is_fresh
from graphsvc.server.counters import Counters, rows_for
from graphsvc.server.keeper import Keeper
from graphsvc.server.listening import address_of, listeners
from graphsvc.server.notice import services
from graphsvc.setting_sources import ENVIRONMENT
from graphsvc.survey.placeholder import take_nothing
from graphsvc.survey.snapshot import existing_release
from graphsvc.web.branding import read_logo

if TYPE_CHECKING:
    from graphsvc.release import Release
    from graphsvc.settings import Settings


@click.command()
@with_paths
@with_settings(*READING, *OF_ENGINES, *SERVING)
def serve(settings: Settings) -> None:
    """Serve a graph: pages for people, RDF and SPARQL for programs.

    PATHS are RDF files in any syntax and folders of such, or the folder of a project; without any
    it is the current folder. A release is built first if there is none, or if the files have
    changed since. With --store the statements are those of an engine, and a project brings its
    queries, texts and settings.
    """
    run(settings)


def run(settings: Settings) -> None:
    """Serve what the settings name until the service is ended."""
    if settings.site_logo is not None:
        # An error in it is reported once here, not by each process of the service.
        read_logo(settings.site_logo)
    sockets = listeners(settings, os.environ)
    export_settings(settings)
    if settings.store:
        _say_how_is_searched(existing_release(settings) or take_nothing(settings))
    else:
        _prepare(settings)
    if not vocabularies.is_made():
        click.echo(
            "Note: the table of what well-known terms are called is missing, so they go by their "
            "IRIs. It is made by: graphsvc assets",
            err=True,
        )

    def say_ready() -> None:
        places = ", ".join(map(address_of, sockets))
        paths = [path for path in (settings.project, *settings.files) if path is not None]
        what = settings.store or ", ".join(map(str, paths))
        # The service continues even if the output goes to a full disk.
        with suppress(OSError):
            click.echo(f"Serving {what} at {places}")

    counters = Counters.make(rows_for(settings.workers))
    Keeper(settings.releases, sockets, counters, say_ready).run()


@click.command()
@with_paths
@with_settings(*OF_ENGINES)
def reload(settings: Settings) -> None:
    """Have the running service serve the current release, without a gap.

    PATHS are those that it serves.
    """
    running = services(settings.releases)
    if not running:
        raise StoreError(
            f"No service runs with the releases in {settings.releases}.",
            remedy="Start one: graphsvc serve",
        )
    for service in running:
        row = service.reload()
        click.echo(f"{', '.join(row.addresses)}: serves the release {row.status.release}.")


def _prepare(settings: Settings) -> None:
    """Make sure that there is a release of the current files."""
    fresh = _fresh_release(settings)
    if fresh is None:
        # It says itself what it derives.
        _build()
    else:
        say_what_was_derived(fresh.manifest)


def _say_how_is_searched(release: Release) -> None:
    if release.has_index:
        click.echo(
            f"The index of names and sentences is of {release.index_time:%Y-%m-%d %H:%M} UTC."
        )
    else:
        click.echo(
            "Note: there is no index of names and sentences, so few names are found. It is made "
            f"by: graphsvc index --store {release.engine}",
            err=True,
        )


def _fresh_release(settings: Settings) -> Release | None:
    """Return the release that a build would make now, if it exists.

    Without files to build from, it is the current release, or another one if that is damaged.
    """
    try:
        release = current(settings.releases)
    except ReleaseError:
        if not is_nothing(settings):
            return None
        return next(iter(release_repository.available_releases(settings.releases)), None)
    if is_nothing(settings):
        return release
    is_new = is_fresh(digests(settings), release, settings.base_iri, settings.label_properties)
    return release if is_new else None


def _build() -> None:
    """Build a release in a separate process, so that its memory is freed afterwards."""
    command = [sys.executable, "-m", "graphsvc", "build"]
    code = subprocess.run(command, check=False).returncode  # noqa: S603
    if code != 0:
        raise SystemExit(code)


def export_settings(settings: Settings) -> None:
    """Write the settings into the environment for the service's processes."""
    for field in fields(settings):
        value = getattr(settings, field.name)
        if value is not None and value != ():
            os.environ[ENVIRONMENT + field.name.upper()] = _as_text(value)


def _as_text(value: object) -> str:
    """Return a value as text for the environment: tuples are joined by a separator."""
    if not isinstance(value, tuple):
        return str(value)
    separator = os.pathsep if isinstance(value[0], Path) else " "
    return separator.join(map(str, value))
