"""``graphsvc coverage``: the part of each text that is stated as facts, and doubtful facts."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from graphsvc.cli import progress
from graphsvc.cli.failures import FAILED
from graphsvc.cli.inputs import load, with_paths
from graphsvc.cli.options import READING, with_settings
from graphsvc.findings import printable
from graphsvc.texts.model import PassageKind
from graphsvc.validation import ValidationContext, report, text_coverage
from graphsvc.validation.coverage import STATING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphsvc.findings import Finding
    from graphsvc.settings import Settings
    from graphsvc.validation.text_coverage import Share, TextCoverage

#: The columns of the table for kinds of passages that may state something.
_KINDS = {
    PassageKind.SENTENCE: "sentences",
    PassageKind.ITEM: "items",
    PassageKind.HEADING: "headings",
    PassageKind.ROW: "rows",
}


@click.command()
@click.option("--json", "wants_json", is_flag=True, help="Print the report as JSON.")
@click.option("--all", "wants_all", is_flag=True, help="Print every finding of every check.")
@click.option(
    "--fail-under",
    type=click.FloatRange(0, 100),
    default=0,
    metavar="PERCENT",
    help="Exit with 1 if fewer of the sentences and items state a fact.",
)
@with_paths
@with_settings(*READING)
@click.pass_context
def coverage(
    ctx: click.Context, settings: Settings, *, wants_json: bool, wants_all: bool, fail_under: float
) -> None:
    """Show how much of each text is stated as facts, and what may be missing, doubled or mistyped.

    PATHS are the folder of a project, by default the current one. Headings are counted apart, and
    furniture is not counted. How much a finding weighs, the profile says, as for `graphsvc check`.
    """
    with progress.show_progress():
        project = load(settings)
        text_findings = text_coverage.findings(ValidationContext(project, project.quads))
    findings = settings.demands.weigh((*project.findings, *text_findings))
    texts = text_coverage.of_texts(project)
    percent = text_coverage.percent(texts)
    if wants_json:
        click.echo(_as_json(texts, findings, percent))
    else:
        _show(texts, findings, None if wants_all else report.MOST_SHOWN)
        click.echo(_summary(texts, percent))
    if percent < fail_under:
        ctx.exit(FAILED)


def _show(texts: Sequence[TextCoverage], findings: Sequence[Finding], most: int | None) -> None:
    console = Console(highlight=False)
    grid = Grid(header_style="bold", box=None, pad_edge=False)
    grid.add_column("text", overflow="fold")
    for heading in (*_KINDS.values(), "facts", "things", "once"):
        grid.add_column(heading, justify="right", no_wrap=True)
    for text in texts:
        grid.add_row(
            Text(printable(text.slug), style="bold"),
            *(_cell(text.kinds[kind]) for kind in _KINDS),
            *(str(text.facts), str(text.things), str(len(text.things_in_one_passage))),
        )
    if texts:
        console.print(grid)
        console.print()
    report.show(findings, console, most)


def _cell(share: Share) -> str:
    return f"{share.stating} of {share.total}" if share.total else "-"


def _summary(texts: Sequence[TextCoverage], percent: float) -> str:
    shares = [text.share(STATING) for text in texts]
    stating, total = (sum(each.stating for each in shares), sum(each.total for each in shares))
    if not texts:
        return "The project has no texts."
    return f"{stating} of {total} sentences and items state a fact ({percent:.0f} %)."


def _as_json(texts: Sequence[TextCoverage], findings: Sequence[Finding], percent: float) -> str:
    return json.dumps(
        {
            "percent": round(percent, 2),
            "texts": [
                asdict(text)
                | {"kinds": {kind.value: asdict(share) for kind, share in text.kinds.items()}}
                for text in texts
            ],
            "findings": [asdict(finding) for finding in findings],
        },
        indent=2,
        ensure_ascii=False,
    )
