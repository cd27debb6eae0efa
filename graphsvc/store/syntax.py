"""What is wrong with a query, said so that its author can mend it.

The engine's parser tells where it gave up and which characters it could have gone on with. The
common mistakes (a string or bracket left open, a prefix unknown) are told by the tokens.
"""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

from graphsvc import sparql
from graphsvc.errors import ForbiddenOperation, Position, QuerySyntaxError

if TYPE_CHECKING:
    from collections.abc import Mapping

#: How deep brackets may be nested: the engine's parser recurses on a stack that ends, and its
#: end is the process's. A stack of 1 MiB bears this much.
MOST_NESTED = 128

_ENGINE_PLACE = re.compile(r"error at (\d+):(\d+): expected (?:one of )?(.*)", re.DOTALL)
#: What the engine would go on with, and this service refuses, or what is not SPARQL 1.1.
_NOT_ADVISED = {"SERVICE", "LATERAL", "TZ"}
_CHARACTER_CLASS = re.compile(r"\[(?:'.*?'[^\]]*|_)\]", re.DOTALL)


def refuse(query: str) -> None:
    """Raise ForbiddenOperation or QuerySyntaxError if the engine must not see the query."""
    if found := sparql.forbidden(query):
        raise ForbiddenOperation(
            f"{found.word} is refused: this service only reads its own graph.",
            remedy="Ask by SELECT, ASK, CONSTRUCT or DESCRIBE; federate from your own side.",
            position=found.position,
        )
    depth, place = sparql.deepest(query)
    if depth > MOST_NESTED:
        raise QuerySyntaxError(
            f"Brackets are nested {depth} deep; {MOST_NESTED} is the most.",
            remedy="Write the query flatter, for example with VALUES or IN.",
            position=place,
        )


def explain(query: str, error: SyntaxError, prefixes: Mapping[str, str]) -> QuerySyntaxError:
    """Return the error to show for a query that the engine refuses.

    ``prefixes`` are those that may be left out of a query.
    """
    return (
        _unclosed(query)
        or _undeclared_prefix(query, prefixes)
        or _no_query(query)
        or _said_by_engine(query, str(error))
    )


def _unclosed(query: str) -> QuerySyntaxError | None:
    if place := sparql.unclosed_string(query):
        return QuerySyntaxError(
            "This string is not closed.",
            remedy='End it with the quotes it began with; only """ strings go over lines.',
            position=place,
        )
    if found := sparql.unbalanced(query):
        bracket, place = found
        return QuerySyntaxError(
            f"This {bracket} has no partner.",
            remedy="Close every bracket, the innermost first.",
            position=place,
        )
    return None


def _undeclared_prefix(query: str, prefixes: Mapping[str, str]) -> QuerySyntaxError | None:
    known = {**prefixes, **sparql.declared_prefixes(query)}
    for prefix, place in sparql.used_prefixes(query).items():
        if prefix not in known:
            near = difflib.get_close_matches(prefix, known, n=1, cutoff=0.5)
            meant = f"Did you mean {near[0]}:? " if near else ""
            return QuerySyntaxError(
                f"The prefix {prefix}: is not declared.",
                remedy=f"{meant}Declare it at the top: PREFIX {prefix}: <…>",
                position=place,
            )
    return None


def _no_query(query: str) -> QuerySyntaxError | None:
    if sparql.form(query) is not None:
        return None
    significant = [
        token for token in sparql.code(query) if token.text.upper() not in ("PREFIX", "BASE")
    ]
    start = significant[0].start if significant else 0
    return QuerySyntaxError(
        "This is no SPARQL query." if significant else "There is no query.",
        remedy="After its prefixes a query begins with SELECT, ASK, CONSTRUCT or DESCRIBE.",
        position=sparql.position(query, start),
    )


def _said_by_engine(query: str, said: str) -> QuerySyntaxError:
    match = _ENGINE_PLACE.match(said)
    if match is None:
        return QuerySyntaxError(f"This is not SPARQL: {said}.")
    line, column = int(match.group(1)), int(match.group(2))
    lines = query.split("\n")
    words = lines[line - 1].rstrip("\r") if line <= len(lines) else ""
    alternatives = _CHARACTER_CLASS.sub("", match.group(3)).split(", ")
    expected = sorted({each.strip() for each in alternatives if each.strip(" ,\n|")} - _NOT_ADVISED)
    # Among what it could have gone on with the engine lists rules that the query breaks.
    rules = [each for each in expected if " " in each]
    if rules:
        message = "; ".join(rules)
        remedy = "Mend the query so that this rule holds."
    else:
        message = "The query cannot be read from here on."
        remedy = f"Here could follow {', '.join(expected)}." if expected else ""
    return QuerySyntaxError(message, remedy=remedy, position=Position(line, column, words))
