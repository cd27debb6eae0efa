"""``graphsvc check``: everything that can be wrong with a project, in one report."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from rich.console import Console

from graphsvc import sources
from graphsvc.cli.failures import FAILED
from graphsvc.cli.options import with_settings
from graphsvc.inference import materialise
from graphsvc.validation import report, validate

if TYPE_CHECKING:
    from graphsvc.settings import Settings


@click.command()
@click.option("--json", "wants_json", is_flag=True, help="Print the report as JSON.")
@with_settings()
@click.pass_context
def check(ctx: click.Context, settings: Settings, *, wants_json: bool) -> None:
    """Check ontology, data and queries: what is wrong, where, and what to do about it.

    The exit code is 1 if there is an error; warnings and notes do not count.
    """
    project = sources.load(settings.project)
    inferred = materialise(project.quads, project.base)
    findings = validate(project, inferred.quads)
    if wants_json:
        click.echo(report.as_json(findings))
    else:
        report.show(findings, Console(highlight=False))
    if report.has_errors(findings):
        ctx.exit(FAILED)
