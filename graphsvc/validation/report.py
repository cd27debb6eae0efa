"""Reports of findings: for people, grouped by check, with remedies; for programs, as JSON."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING

from rich.text import Text

from graphsvc.findings import Finding, Severity, printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import Console

_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}

#: How many findings of one check are printed by default.
MOST_SHOWN = 10


def has_errors(findings: Iterable[Finding]) -> bool:
    """Tell whether a finding prevents a release."""
    return any(finding.severity is Severity.ERROR for finding in findings)


def show(findings: Sequence[Finding], console: Console, most: int | None = MOST_SHOWN) -> None:
    """Print the findings, check by check, the most severe first, and their number.

    ``most`` limits the findings of each check; None prints all.
    """
    ordered = sorted(findings, key=_order)
    for (severity, check), group in groupby(ordered, key=lambda one: (one.severity, one.check)):
        all_findings = list(group)
        heading = Text.assemble((severity, _STYLES[severity]), " ", (check, "bold"))
        console.print(heading.append(f" ({len(all_findings)})", "dim"), soft_wrap=True)
        listed = all_findings if most is None else all_findings[:most]
        for remedy, same_remedy in groupby(listed, key=lambda one: one.remedy):
            for finding in same_remedy:
                # A terminal wraps a long line itself; for a pipe it must not be wrapped.
                console.print(_line(finding), soft_wrap=True)
            console.print(Text(f"      → {printable(remedy)}", style="green"), soft_wrap=True)
        if len(listed) < len(all_findings):
            console.print(
                f"  and {len(all_findings) - len(listed):,} more (--all prints them)", style="dim"
            )
        console.print()
    console.print(summary(findings))


def summary(findings: Iterable[Finding]) -> str:
    """Return how many findings of each severity there are, in words."""
    counts = Counter(finding.severity for finding in findings)
    words = [
        f"{counts[severity]} {severity}{'' if counts[severity] == 1 else 's'}"
        for severity in Severity
        if counts[severity]
    ]
    return f"{', '.join(words)}." if words else "No findings: all is well."


def as_json(findings: Sequence[Finding]) -> str:
    """Return the findings as JSON: ``ok``, ``counts`` by severity, and every ``finding``."""
    counts = Counter(finding.severity for finding in findings)
    return json.dumps(
        {
            "ok": not has_errors(findings),
            "counts": {severity: counts[severity] for severity in Severity},
            "findings": [asdict(finding) for finding in sorted(findings, key=_order)],
        },
        indent=2,
        ensure_ascii=False,
    )


def _order(finding: Finding) -> tuple[int, str, str, int, int, str]:
    return (
        list(Severity).index(finding.severity),
        finding.check,
        finding.path or "",
        finding.line or 0,
        finding.column or 0,
        finding.message,
    )


def _line(finding: Finding) -> Text:
    place = printable(finding.place()).replace("\n", "\\n") if finding.path else ""
    message = printable(finding.message)
    return Text.assemble("  ", (f"{place} " if place else "", "bold"), message)
