"""``graphsvc doctor``: checks this machine, the folder, the release and the settings."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click
from rich.console import Console

from graphsvc import settings
from graphsvc.cli.failures import FAILED
from graphsvc.cli.inputs import digests, is_nothing, with_paths
from graphsvc.cli.options import READING, SERVING, with_overrides
from graphsvc.doctor import examine
from graphsvc.doctor.settings import unusable
from graphsvc.errors import GraphsvcError
from graphsvc.findings import Finding
from graphsvc.validation import report

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from graphsvc.settings import Settings


@click.command()
@click.option("--json", "wants_json", is_flag=True, help="Print the findings as JSON.")
@with_paths
@with_overrides(*READING, *SERVING)
@click.pass_context
def doctor(ctx: click.Context, overrides: Mapping[str, object], *, wants_json: bool) -> None:
    """Look for what is wrong with a service before it runs, and say what to do about it.

    PATHS and options are those of `graphsvc serve`. Examined are this machine, the folder of
    releases, the release and the settings; nothing is changed. The exit code is 1 if there is an
    error; warnings and notes do not count.
    """
    options = {name: value for name, value in overrides.items() if value is not None}
    # With an invalid setting, the program does not know what to examine.
    findings = list(unusable(options, os.environ)) or list(_examined(settings.load(options)))
    if wants_json:
        click.echo(report.as_json(findings))
    else:
        report.show(findings, Console(highlight=False), None)
    if report.has_errors(findings):
        ctx.exit(FAILED)


def _examined(values: Settings) -> Iterator[Finding]:
    inputs = None
    try:
        inputs = None if is_nothing(values) else digests(values)
    except GraphsvcError as error:
        yield Finding("folder-files", error.message, error.remedy)
    yield from examine(values, os.environ, inputs)
