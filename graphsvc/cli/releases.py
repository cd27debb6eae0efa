"""``graphsvc releases`` and ``graphsvc diff``: the list of releases, and their changes."""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from graphsvc import release_repository
from graphsvc.changes import Diff, DiffView, StatementKind
from graphsvc.cli.options import with_settings
from graphsvc.errors import ReleaseError
from graphsvc.release import CURRENT, current
from graphsvc.server.notice import services
from graphsvc.views.changes import Comparison, Report
from graphsvc.views.graph import Graph
from graphsvc.web.releases_json import ServedReleases, release_json, whole_json

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from graphsvc.release import Release
    from graphsvc.settings import Settings
    from graphsvc.views.changes import Group

_VIEWS = (DiffView.ENTITIES, DiffView.SENTENCES, DiffView.RECORDS)

#: A page size for all changes.
_ALL = 1 << 62


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
@with_settings()
def releases(settings: Settings, as_json: bool) -> None:  # noqa: FBT001 - click gives it so
    """List the releases that are kept, the newest first, and the services that run.

    All files are read: a release that is damaged is named, and no service serves it.
    """
    available = release_repository.available_releases(settings.releases)
    newest = (settings.releases / CURRENT).resolve().name
    if not available:
        current(settings.releases)  # it says what is wrong
    if as_json:
        _print_json(available, newest)
        return
    grid = Grid("release", "built (UTC)", "facts", "things", "quads", "", box=None, pad_edge=False)
    for each in available:
        # A release of mere files has neither facts nor things that anybody has counted.
        numbers = (each.manifest.counts.get(name) for name in ("facts", "entities", "quads"))
        counts = ("" if count is None else f"{count:,}" for count in numbers)
        mark = CURRENT if each.id == newest else ""
        grid.add_row(Text(each.id, style="bold"), each.manifest.built[:16], *counts, mark)
    console = Console(highlight=False)
    console.print(grid)
    for message in release_repository.damage(settings.releases).values():
        console.print(Text(message, style="red"), soft_wrap=True)
    for service in services(settings.releases):
        status = service.status
        line = f"{', '.join(service.addresses)} serves {status.release}. {status.failure}"
        console.print(Text(line.rstrip()), soft_wrap=True)


def _print_json(listed: Sequence[Release], newest: str) -> None:
    base = next((each.base for each in listed if each.id == newest), listed[0].base)
    records = [
        release_json(each, None, {}, ServedReleases(base, newest, newest)) for each in listed
    ]
    for entry in records:
        # What only a comparison or a running service could tell is left out.
        del entry["changes"], entry["served"], entry["previous"]
    click.echo(json.dumps(records, indent=1, ensure_ascii=False))


@click.command()
@click.argument("before")
@click.argument("after", default=CURRENT)
@click.option("--json", "as_json", is_flag=True, help="Print all changes as JSON.")
@with_settings()
def diff(
    settings: Settings,
    before: str,
    after: str,
    as_json: bool,  # noqa: FBT001 - click gives it so
) -> None:
    """Tell what changed from one release to another: facts, then vocabulary and records.

    A release is named by its id, by the beginning of its id, or as "current".
    """
    with ExitStack() as locks:
        sides = [release_named(settings.releases, name) for name in (before, after)]
        for side in sides:
            locks.enter_context(release_repository.ReleaseLock(side.path))
        comparison = _compared(*sides)
        if as_json:
            pages = {view: comparison.report.page(view, 1, _ALL) for view in _VIEWS}
            click.echo(json.dumps(whole_json(comparison, pages), indent=1, ensure_ascii=False))
        else:
            _show(comparison, Console(highlight=False))


def _compared(before: Release, after: Release) -> Comparison:
    diff = Diff(before, after)
    sides = [Graph(side.store, side.base, side.naming) for side in (before, after)]
    return Comparison(before, after, diff, Report(diff, sides[0], sides[1]))


def release_named(folder: Path, name: str) -> Release:
    """Return the release with a name. Errors: ReleaseError if none or several have it."""
    if name == CURRENT:
        return current(folder)
    available = release_repository.available_releases(folder)
    matches = [release for release in available if release.id.startswith(name)]
    if len(matches) != 1:
        raise ReleaseError(
            f"{'No release is' if not matches else 'Several releases are'} called {name!r}.",
            remedy="Kept are: " + ", ".join(release.id for release in available) + ".",
        )
    return matches[0]


def _show(comparison: Comparison, console: Console) -> None:
    console.print(f"From {comparison.before.id} to {comparison.after.id}")
    if comparison.is_rebased:
        bases = f"from <{comparison.before.base}> to <{comparison.after.base}>"
        console.print(f"The base changed {bases}; compared as if it had not.", soft_wrap=True)
    for kind, count in comparison.diff.counts.items():
        console.print(f"{f'+{count.added}':>8} {f'-{count.removed}':>8}  {kind.meaning}")
    for view in (DiffView.ENTITIES, DiffView.RECORDS):
        _show_groups(comparison.report.page(view, 1, _ALL).groups, console)


def _show_groups(groups: Sequence[Group], console: Console) -> None:
    for group in groups:
        if group.kind in (StatementKind.DERIVATION, StatementKind.DESCRIPTION):
            continue  # counted above: they follow from the rest
        console.print()
        console.print(Text(group.about.label, style="bold"), soft_wrap=True)
        for each in group.changes:
            sign, style = ("+", "green") if each.change.is_added else ("-", "red")
            words = f"{sign} {each.predicate.label}: {each.value.label}"
            line = Text(words, style=style)
            if each.change.kind is StatementKind.INFERRED:
                line.append(" (inferred)", style="dim")
            if each.passage is not None:
                line.append(f"  [{each.passage.name}] “{each.passage.quote}”", style="dim")
            console.print(line, soft_wrap=True)
