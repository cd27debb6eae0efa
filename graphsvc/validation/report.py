"""Findings for people and for programs: grouped by file, with what to do; or JSON."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING

from rich.text import Text

from graphsvc.findings import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rich.console import Console

_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}
_WITHOUT_FILE = "The project as a whole"


def has_errors(findings: Iterable[Finding]) -> bool:
    """Tell whether a finding stands in the way of a release."""
    return any(finding.severity is Severity.ERROR for finding in findings)


def show(findings: Sequence[Finding], console: Console) -> None:
    """Print the findings, file by file in the order of their lines, and how many they are."""
    ordered = sorted(findings, key=_order)
    for path, group in groupby(ordered, key=lambda finding: finding.path):
        console.print(Text(path or _WITHOUT_FILE, style="bold underline"), soft_wrap=True)
        for finding in group:
            for line in _lines(finding):
                # A terminal breaks a long line by itself; whoever reads a pipe wants it whole.
                console.print(line, soft_wrap=True)
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


def _order(finding: Finding) -> tuple[str, int, int, str, str]:
    return (
        finding.path or "",
        finding.line or 0,
        finding.column or 0,
        finding.check,
        finding.message,
    )


def _lines(finding: Finding) -> Iterator[Text]:
    numbers = [str(number) for number in (finding.line, finding.column) if number is not None]
    yield Text.assemble(
        "  ",
        (f"{':'.join(numbers)} " if numbers else "", "bold"),
        (finding.severity, _STYLES[finding.severity]),
        f" {finding.message} ",
        (f"[{finding.check}]", "dim"),
    )
    yield Text(f"      → {finding.remedy}", style="green")
