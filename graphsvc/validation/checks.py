"""Checks in SPARQL: each row of an answer is a finding.

The program has checks for any data or ontology; a project adds its own in ``queries/checks/``. A
check with the name of a common one replaces it.

A term with a reason for an exception has a note, which every reader of the ontology sees:
``skos:editorialNote "<code>: the reason"@en``, with the code in the check's header. An unused
exception is itself a finding (``needless-exception``), so that no exception outlives its reason.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from pyoxigraph import Literal

from graphsvc import progress
from graphsvc.findings import Finding, Severity
from graphsvc.namespaces import SKOS
from graphsvc.validation.lint import PROJECTION

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pyoxigraph import QuerySolutions

    from graphsvc.queries import Check
    from graphsvc.store.base import Term
    from graphsvc.validation.context import ValidationContext


def findings(context: ValidationContext, checks: Sequence[Check]) -> Iterator[Finding]:
    """Yield a finding for each row of each check, except for terms with an exception."""
    excepted = _exceptions(context, {check.code for check in checks if check.code})
    used: set[tuple[str, Term]] = set()
    for number, check in enumerate(checks):
        progress.tell("Checking patterns", number, len(checks))
        for entity, prop, value in _rows(context, check):
            if entity in excepted[check.code]:
                used.add((check.code, entity))
            else:
                yield _finding(context, check, (entity, prop, value))
    for code, terms in excepted.items():
        for term in sorted(terms, key=str):
            if (code, term) not in used:
                yield _needless(context, code, term)


def _rows(
    context: ValidationContext, check: Check
) -> Iterator[tuple[Term, Term | None, Term | None]]:
    solutions: QuerySolutions = context.dataset.query(  # type: ignore[assignment]
        check.text, prefixes=dict(context.prefixes.in_queries)
    )
    for solution in solutions:
        entity, prop, value = (solution[name] for name in PROJECTION)
        if entity is not None:
            yield entity, prop, value


def _exceptions(context: ValidationContext, codes: set[str]) -> dict[str, set[Term]]:
    """Return, for each code, the terms whose editorial note begins with it."""
    excepted: dict[str, set[Term]] = defaultdict(set)
    for quad in context.store.quads_for_pattern(None, SKOS.editorialNote, None):
        if isinstance(quad.object, Literal):
            code = quad.object.value.partition(":")[0]
            if code in codes:
                excepted[code].add(quad.subject)
    return excepted


def _finding(
    context: ValidationContext, check: Check, row: tuple[Term, Term | None, Term | None]
) -> Finding:
    names = " ".join(context.name(term) for term in row if term is not None)
    return context.finding(
        check.name,
        f"{names} — {check.problem}",
        check.remedy,
        about=row,
        severity=check.severity,
    )


def _needless(context: ValidationContext, code: str, term: Term) -> Finding:
    return context.finding(
        "needless-exception",
        f"{context.name(term)}: the editorial note “{code}: …” excepts the term from a check "
        "that it passes.",
        "Take the note away.",
        about=(term, SKOS.editorialNote, None),
        severity=Severity.WARNING,
    )
