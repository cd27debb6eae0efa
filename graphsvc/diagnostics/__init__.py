"""Teaching: what is wrong with a query, where, and what to do, in words short enough to read.

Nothing here raises, whatever the text; the time it takes is linear in the text's length.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsvc import sparql
from graphsvc.diagnostics import alternatives, rules
from graphsvc.diagnostics.context import Advice, Scene, scene
from graphsvc.diagnostics.prefixes import undeclared
from graphsvc.diagnostics.semantics import broken_rule, unbound_values
from graphsvc.errors import QuerySyntaxError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["teach", "warnings"]

#: Longer texts are not looked at: nobody reads them, and it would take more than half a second.
LONGEST = 50_000


def teach(
    query: str, prefixes: Mapping[str, str], base: str | None = None
) -> QuerySyntaxError | None:
    """Return the error to show for a query that an engine refuses, or None if none is found.

    ``prefixes`` are those that may be left out of a query, ``base`` is what relative IRIs are
    relative to. Of two faults the first is shown.
    """
    if len(query) > LONGEST:
        return None
    where = scene(query)
    found = [undeclared(query, prefixes), None if where is None else _failed_at(where)]
    advice = min(filter(None, found), key=lambda advice: advice.offset, default=None)
    if advice is None and where is None:
        advice = broken_rule(query, base)
    if advice is None:
        return None
    return QuerySyntaxError(
        advice.message,
        remedy=advice.remedy,
        position=sparql.position(query, advice.offset),
    )


def warnings(query: str) -> list[Advice]:
    """Return what may surprise the author of a query that an engine can read."""
    return [] if len(query) > LONGEST else list(unbound_values(query))


def _failed_at(where: Scene) -> Advice | None:
    if where.mark == "\\":
        # An escape of a character, which may stand anywhere: the engine reads what it stands for.
        return None
    return rules.slip(where) or where.advise(
        f"{where.mark} cannot stand here." if where.mark else "The query ends too early.",
        alternatives.sentence(where.failure.expected),
    )
