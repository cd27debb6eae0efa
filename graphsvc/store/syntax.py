"""Syntax errors of queries, with what their authors can do.

The engine's parser only says where it stopped and which tokens it expected;
``graphsvc.diagnostics`` works out what is wrong and what was probably meant.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from graphsvc import sparql
from graphsvc.diagnostics import diagnose
from graphsvc.errors import ForbiddenOperation, QuerySyntaxError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphsvc.store.repair import RepairedQuery

#: How deep brackets may be nested: the engine's parser is recursive, and a stack overflow would end
#: the process. A stack of 1 MiB is enough for this depth.
MOST_NESTED = 128

_ENGINE_PLACE = re.compile(r"error at (\d+):(\d+): expected (?:one of )?(.*)", re.DOTALL)
_READ = "The grammar is at https://www.w3.org/TR/sparql11-query/#grammar."
_CHARACTER_CLASS = re.compile(r"\[(?:'.[^']*+'[^\]]*+|_)\]", re.DOTALL)


def refuse(query: str) -> None:
    """Raise ForbiddenOperation or QuerySyntaxError if the engine must not see the query."""
    if operation := sparql.forbidden_operation(query):
        raise ForbiddenOperation(
            f"{operation.word} is refused: this service only reads its own graph.",
            remedy="Ask by SELECT, ASK, CONSTRUCT or DESCRIBE; federate from your own side.",
            position=operation.position,
        )
    if sum(map(query.count, "{([")) <= MOST_NESTED:
        return
    depth, place = sparql.deepest(query)
    if depth > MOST_NESTED:
        raise QuerySyntaxError(
            f"Brackets are nested {depth} deep; {MOST_NESTED} is the most.",
            remedy="Write the query flatter, for example with VALUES or IN.",
            position=place,
        )


def explain(
    repaired: RepairedQuery,
    error: SyntaxError,
    prefixes: Mapping[str, str],
    base: str | None = None,
) -> QuerySyntaxError:
    """Return the error to show for a query that the engine refuses.

    ``prefixes`` are those that may be left out of a query, ``base`` is what relative IRIs are
    relative to.
    """
    return diagnose(repaired.query, prefixes, base) or _engine_error(repaired, str(error))


def _engine_error(repaired: RepairedQuery, message: str) -> QuerySyntaxError:
    """Return the engine's own error, if there is no diagnostic.

    Its position is where the parser stopped, which may be after the fault.
    """
    match = _ENGINE_PLACE.match(message)
    if match is None:
        return QuerySyntaxError(f"This is not SPARQL: {message}.", remedy=_READ)
    line, column = int(match.group(1)), int(match.group(2))
    offset = sum(len(each) + 1 for each in repaired.text.split("\n")[: line - 1]) + column - 1
    # The engine's list of expected tokens also contains the rules that the query breaks.
    alternatives = _CHARACTER_CLASS.sub("", match.group(3)).split(", ")
    rules = sorted({each.strip() for each in alternatives if " " in each.strip()})
    return QuerySyntaxError(
        "; ".join(rules) + "." if rules else "The query cannot be read at about this place.",
        remedy="Mend the query so that this rule holds." if rules else _READ,
        position=sparql.position(repaired.query, repaired.original_offset(offset)),
    )
