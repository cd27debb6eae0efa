"""Everything that can be wrong with a project, each kind in its own module.

`validate` asks them all, and goes on after a finding, so that one run shows the whole picture.
What was found while the files were read (syntax, offsets, quotes, digests, blank nodes) comes
first, from ``Project.findings``.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from graphsvc.queries import read_checks, read_queries
from graphsvc.validation import checks, lint, literals, owl, shapes, terms, usage
from graphsvc.validation.evidence import Evidence

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyoxigraph import Quad

    from graphsvc.findings import Finding
    from graphsvc.sources import Project

__all__ = ["Evidence", "validate"]

#: The check whose findings say that a file cannot be read.
_SYNTAX = "syntax"


def validate(project: Project, inferred: Iterable[Quad] = ()) -> list[Finding]:
    """Return all that is wrong with a project; ``inferred`` are quads that follow from its own."""
    evidence = Evidence(project, (*project.quads, *inferred))
    folder = project.root / "queries"
    queries, own_checks = read_queries(folder), read_checks(folder)
    linted = [
        *(found for query in queries.items for found in lint.lint_query(query, project.prefixes)),
        *(
            found
            for check in own_checks.items
            for found in lint.lint_check(check, project.prefixes)
        ),
    ]
    broken = {found.path for found in linted}
    sound_checks = [check for check in own_checks.items if check.path not in broken]
    read = [*project.findings, *queries.findings, *own_checks.findings, *linted]
    if any(found.check == _SYNTAX for found in project.findings):
        # What a file that cannot be read would have said is missing: nothing follows from that.
        return read
    return list(
        chain(
            read,
            terms.findings(evidence),
            literals.findings(evidence),
            usage.findings(evidence),
            shapes.findings(evidence),
            checks.findings(evidence, sound_checks),
            owl.findings(evidence),
        )
    )
