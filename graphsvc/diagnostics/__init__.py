"""Diagnostics of queries: what is wrong, where, and what to do, in a few words.

Nothing here raises, whatever the text; the time it takes is linear in the text's length.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsvc import sparql
from graphsvc.diagnostics import alternatives, rules
from graphsvc.diagnostics.context import Context, Diagnostic, failure_context
from graphsvc.diagnostics.prefixes import undeclared_prefix
from graphsvc.diagnostics.semantics import broken_rule, unbound_values
from graphsvc.errors import QuerySyntaxError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["diagnose", "warnings"]

#: Longer queries are not examined: that would take more than half a second.
LONGEST = 50_000


def diagnose(
    query: str, prefixes: Mapping[str, str], base: str | None = None
) -> QuerySyntaxError | None:
    """Return the error to show for a query that an engine refuses, or None if none is found.

    ``prefixes`` are those that may be left out of a query, ``base`` is what relative IRIs are
    relative to. Of two faults the first is shown.
    """
    if len(query) > LONGEST:
        return None
    context = failure_context(query)
    candidates = [
        undeclared_prefix(query, prefixes),
        None if context is None else _syntax_error(context),
    ]
    diagnostic = min(
        filter(None, candidates), key=lambda diagnostic: diagnostic.offset, default=None
    )
    if diagnostic is None and context is None:
        diagnostic = broken_rule(query, base)
    if diagnostic is None:
        return None
    return QuerySyntaxError(
        diagnostic.message,
        remedy=diagnostic.remedy,
        position=sparql.position(query, diagnostic.offset),
    )


def warnings(query: str) -> list[Diagnostic]:
    """Return what may surprise the author of a query that an engine can read."""
    return [] if len(query) > LONGEST else list(unbound_values(query))


def _syntax_error(context: Context) -> Diagnostic | None:
    if context.mark == "\\":
        # An escape of a character may stand anywhere, and the engine replaces it.
        return None
    return rules.diagnose_failure(context) or context.diagnostic(
        f"{context.mark} cannot stand here." if context.mark else "The query ends too early.",
        alternatives.sentence(context.failure.expected),
    )
