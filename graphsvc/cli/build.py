"""``graphsvc build``: compile the project's files into a release."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click
from rich.console import Console

from graphsvc.build import build as build_release
from graphsvc.cli import progress
from graphsvc.cli.derived import say_what_was_derived
from graphsvc.cli.inputs import load, with_paths
from graphsvc.cli.options import READING, with_settings
from graphsvc.description import describe
from graphsvc.validation import validate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphsvc.release import Release
    from graphsvc.settings import Settings


@click.command()
@with_paths
@with_settings(*READING, "keep_releases")
def build(settings: Settings) -> None:
    """Compile a project, or RDF files, into a release, which is served from then on.

    PATHS are RDF files in any syntax and folders of such, or the folder of a project; without any
    it is the current folder. An error stops the build and leaves the served release as it was; what
    is an error says the profile.
    """
    with progress.show_progress(), _without_collecting():
        release = build_release(load(settings), settings, validate, describe)
    _show(release)


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Disable the garbage collector in a block.

    A build makes millions of objects that live until its end, and few cycles: collecting takes a
    sixth of its time.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _show(release: Release) -> None:
    """Print the release: its warnings, then its name, its counts and its folder."""
    console = Console(highlight=False)
    for warning in release.manifest.warnings:
        console.print(f"[yellow]warning[/yellow] {warning}", soft_wrap=True)
    say_what_was_derived(release.manifest)
    console.print(f"Release {release.id} of <{release.base}>", markup=False, soft_wrap=True)
    for what, count in release.manifest.counts.items():
        console.print(f"{count:>10,} {what.replace('_', ' ')}", markup=False)
    for dump in release.manifest.dumps:
        size = f"{dump.size:>10,} bytes, {dump.unpacked:,} unpacked, in {dump.file}"
        console.print(size, markup=False, soft_wrap=True)
    console.print(f"in {release.path}", markup=False, soft_wrap=True)
