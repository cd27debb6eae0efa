"""``graphsvc index``: read the names and sentences of an engine into an index for the search."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from graphsvc.cli import progress
from graphsvc.cli.derived import say_what_was_derived
from graphsvc.cli.inputs import with_paths
from graphsvc.cli.options import OF_ENGINES, with_settings
from graphsvc.errors import SettingsError
from graphsvc.survey.engine import open_engine, project_beside
from graphsvc.survey.snapshot import take_with_index

if TYPE_CHECKING:
    from graphsvc.settings import Settings


@click.command()
@with_paths
@with_settings(*OF_ENGINES, "deadline", "keep_releases")
def index(settings: Settings) -> None:
    """Read the names and sentences of the graph at --store into an index for the search.

    PATHS are those that `graphsvc serve` gets with it. A service that runs takes the index by
    `graphsvc reload`. It is as old as this reading: what is written to the engine later is found by
    its name after the next one.
    """
    if not settings.store:
        raise SettingsError(
            "No engine is named.", remedy="Name one: graphsvc index --store https://…/sparql"
        )
    with progress.show_progress():
        release = take_with_index(open_engine(settings, {}), settings, project_beside(settings))
    say_what_was_derived(release.manifest)
    click.echo(f"Index {release.id} of {release.engine}, in {release.path}")
