"""``graphsvc check``: all findings of a project in one report."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from rich.console import Console

from graphsvc.build import inferred
from graphsvc.cli import progress
from graphsvc.cli.failures import FAILED
from graphsvc.cli.inputs import load, with_paths
from graphsvc.cli.options import READING, with_settings
from graphsvc.validation import report, unknown_check_names, validate

if TYPE_CHECKING:
    from graphsvc.settings import Settings


@click.command()
@click.option("--json", "wants_json", is_flag=True, help="Print the report as JSON.")
@click.option("--all", "wants_all", is_flag=True, help="Print every finding of every check.")
@with_paths
@with_settings(*READING)
@click.pass_context
def check(ctx: click.Context, settings: Settings, *, wants_json: bool, wants_all: bool) -> None:
    """Check ontology, data and queries: what is wrong, where, and what to do about it.

    PATHS are RDF files in any syntax and folders of such, or the folder of a project; without any
    it is the current folder. The exit code is 1 if there is an error; warnings and notes do not
    count. How much each check weighs, the profile says.
    """
    with progress.show_progress():
        project = load(settings)
        results = validate(project, inferred(project).quads)
    demands = settings.demands
    findings = demands.weigh((*results, *unknown_check_names(project, demands.checks)))
    if wants_json:
        click.echo(report.as_json(findings))
    else:
        most = None if wants_all else report.MOST_SHOWN
        report.show(findings, Console(highlight=False), most)
    if report.has_errors(findings):
        ctx.exit(FAILED)
