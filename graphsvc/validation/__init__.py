"""The validation of a project; each kind of fault has its own module.

`validate` runs them all, and continues after a finding, so that one run shows all faults. The
findings of reading the files (syntax, offsets, quotes, digests, blank nodes) come first, from
``Project.findings``.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from graphsvc import progress
from graphsvc.queries import load_checks, read_checks, read_queries
from graphsvc.validation import (
    check_names,
    checks,
    citations,
    coverage,
    imports,
    lint,
    literals,
    numbers,
    owl,
    shapes,
    terms,
    usage,
)
from graphsvc.validation.context import ValidationContext

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from pyoxigraph import Quad

    from graphsvc.findings import Finding
    from graphsvc.queries import Check
    from graphsvc.sources import Project

__all__ = [
    "MODULES",
    "ValidationContext",
    "common_checks",
    "unknown_check_names",
    "validate",
    "validate_quickly",
]

#: The modules with checks, each with the names of its checks in its docstring.
MODULES = (
    check_names,
    terms,
    literals,
    citations,
    numbers,
    coverage,
    lint,
    usage,
    shapes,
    imports,
    owl,
    checks,
)

_Step: TypeAlias = "Callable[[ValidationContext], Iterable[Finding]]"

#: The steps that check statements, in order, each with its name for the terminal.
_STEPS: tuple[tuple[str, _Step], ...] = (
    ("terms", terms.findings),
    ("values", literals.findings),
    ("citations", citations.findings),
    ("numbers", numbers.findings),
    ("coverage", coverage.findings),
    ("imports", imports.findings),
    ("queries", usage.findings),
    ("shapes", shapes.findings),
)

#: The check whose findings say that a file cannot be read.
_SYNTAX = "syntax"


def validate(project: Project, inferred: Iterable[Quad] = ()) -> list[Finding]:
    """Return all findings about a project; ``inferred`` are the quads that follow from its own.

    A `graphsvc.profiles.Profile` decides how much each finding counts.
    """
    return _validate(project, inferred, (*_STEPS, ("OWL", owl.findings)))


def validate_quickly(project: Project, inferred: Iterable[Quad] = ()) -> list[Finding]:
    """Return the findings about a project without the OWL tools.

    These take more time than all other checks together: over a second for a tiny ontology.
    """
    return _validate(project, inferred, _STEPS)


def _validate(
    project: Project, inferred: Iterable[Quad], steps: Sequence[tuple[str, _Step]]
) -> list[Finding]:
    derived = frozenset(project.derived)
    stated = (quad for quad in project.quads if quad not in derived)
    context = ValidationContext(project, (*stated, *inferred))
    folder = project.root / "queries"
    queries, own_checks = read_queries(folder), read_checks(folder)
    linted = [
        *(
            finding
            for query in queries.items
            for finding in lint.lint_query(query, project.prefixes)
        ),
        *(
            finding
            for check in own_checks.items
            for finding in lint.lint_check(check, project.prefixes)
        ),
    ]
    broken = {finding.path for finding in linted}
    # A check of the project replaces the program's check of the same name.
    by_name = {check.name: check for check in (*common_checks(), *own_checks.items)}
    sound_checks = [check for check in by_name.values() if check.path not in broken]
    read = [*project.findings, *queries.findings, *own_checks.findings, *linted]
    if any(finding.check == _SYNTAX for finding in project.findings):
        # The statements of an unreadable file are missing, so further findings could be wrong.
        return read
    findings = list(read)
    for number, (name, find) in enumerate(steps):
        progress.tell(f"Checking {name}", number, len(steps))
        findings += find(context)
    progress.tell("Checking patterns")
    findings += checks.findings(context, sound_checks)
    return findings


@cache
def common_checks() -> tuple[Check, ...]:
    """Return the program's own checks, which concern any data or ontology."""
    return load_checks(Path(__file__).parent, "common/")


def unknown_check_names(project: Project, weighed: Iterable[str]) -> list[Finding]:
    """Return a finding for each weighed name that is not the name of a check."""
    own = read_checks(project.root / "queries").items
    names = check_names.of_modules(MODULES) | {check.name for check in (*common_checks(), *own)}
    return list(check_names.findings(weighed, names))
