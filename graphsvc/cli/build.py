"""``graphsvc build``: compile the project's files into a release."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from rich.console import Console

from graphsvc import sources
from graphsvc.build import build as build_release
from graphsvc.cli.options import with_settings
from graphsvc.description import describe
from graphsvc.validation import validate

if TYPE_CHECKING:
    from graphsvc.release import Release
    from graphsvc.settings import Settings


@click.command()
@with_settings("keep_releases")
def build(settings: Settings) -> None:
    """Check the project and compile it into a release, which is served from then on.

    An error in the project stops the build and leaves the served release as it was.
    """
    _show(build_release(sources.load(settings.project), settings, validate, describe))


def _show(release: Release) -> None:
    """Print what has been built: its warnings first, then its name, its counts and its folder."""
    console = Console(highlight=False)
    for warning in release.manifest.warnings:
        console.print(f"[yellow]warning[/yellow] {warning}", soft_wrap=True)
    console.print(f"Release {release.id} of <{release.base}>", markup=False, soft_wrap=True)
    for what, count in release.manifest.counts.items():
        console.print(f"{count:>10,} {what.replace('_', ' ')}", markup=False)
    for dump in release.manifest.dumps:
        size = f"{dump.size:>10,} bytes, {dump.unpacked:,} unpacked, in {dump.file}"
        console.print(size, markup=False, soft_wrap=True)
    console.print(f"in {release.path}", markup=False, soft_wrap=True)
