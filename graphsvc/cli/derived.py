"""Prints the derived description of a graph whose files do not describe it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphsvc.release import Manifest

_MOST_NAMED = 12
"""The most languages that are listed; the others are only counted."""

_WORDS = {
    "title": ("Title", "Titles"),
    "base": ("Base", "Bases"),
    "language": ("Language", "Languages"),
}


def say_what_was_derived(manifest: Manifest) -> None:
    """Print the title, the bases, the languages and the number of things, if they were derived."""
    if not manifest.derived:
        return
    for what, (one, several) in _WORDS.items():
        values = manifest.derived.get(what, ())
        if values:
            click.echo(f"{several if len(values) > 1 else one}: {_listed(values)}")
    click.echo(f"Things: {manifest.counts['entities']:,}")


def _listed(values: Sequence[str]) -> str:
    more = len(values) - _MOST_NAMED
    end = f" and {more} more" if more > 0 else ""
    return ", ".join(values[:_MOST_NAMED]) + end
