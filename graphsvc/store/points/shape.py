"""The shape of a query: what it asks, whatever its IRIs are; read only as far as lookups go."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from graphsvc import sparql
from graphsvc.formats import Content
from graphsvc.namespaces import RDF
from graphsvc.sparql import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from graphsvc.sparql import Token

HIDDEN = "<>"
"""What stands in a shape in the place of every IRI."""

Reference: TypeAlias = "int | tuple[str, str] | str | None"
"""A way to an IRI: its number among those of the text, its prefix and its local name, or itself.

None stands for a variable.
"""

_MOST_PATTERNS = 3

#: What may stand before the patterns and after them: it computes nothing to speak of.
_BEFORE = frozenset(("DISTINCT", "REDUCED", "*", "(", ")", "COUNT", "AS", "WHERE"))
_AFTER = frozenset(("ORDER", "BY", "ASC", "DESC", "LIMIT", "OFFSET", "(", ")"))
_PLAIN = frozenset((Kind.VARIABLE, Kind.NUMBER))

#: How many terms of a triple are those of the next one too, by the sign between them.
_KEPT = {".": 0, ";": 1, ",": 2}

#: IRIs in a comment would be counted as well: without one there is none.
_COMMENT = "#"
_CONTENT = {
    "SELECT": Content.SOLUTIONS,
    "ASK": Content.BOOLEAN,
    "DESCRIBE": Content.TRIPLES,
}


@dataclass(frozen=True, slots=True)
class Pattern:
    """A triple pattern."""

    subject: Reference
    predicate: Reference
    value: Reference


@dataclass(frozen=True, slots=True)
class Shape:
    """The kind of an answer, what it is made of, and the prefixes that the query uses."""

    content: Content
    patterns: tuple[Pattern, ...]
    prefixes: frozenset[str]


@lru_cache(maxsize=1024)
def shape_of(text: str) -> Shape | None:
    """Read a query without its prologue, its IRIs hidden; None if it is no lookup.

    Only what is read here is asked without a bound on time, so whatever is not known is no lookup.
    Right order is not checked where it does not matter: the engine refuses what is wrong.
    """
    tokens = [] if _COMMENT in text else sparql.code(text)
    content = _CONTENT.get(tokens[0].text.upper()) if tokens else None
    if content is None:
        return None
    try:
        patterns = _described(tokens) if content is Content.TRIPLES else _selected(tokens)
    except _NotALookupError:
        return None
    if not 0 < len(patterns) <= _MOST_PATTERNS:
        return None
    places = [place for each in patterns for place in (each.subject, each.predicate, each.value)]
    return Shape(content, patterns, frozenset(p[0] for p in places if isinstance(p, tuple)))


class _NotALookupError(Exception):
    """The query asks more than a lookup does."""


def _described(tokens: Sequence[Token]) -> tuple[Pattern, ...]:
    """Read what comes after DESCRIBE: one thing, and nothing else."""
    things = list(_references(tokens[1:]))
    if len(things) != 1 or things == [None]:
        raise _NotALookupError
    return (Pattern(things[0], None, None),)


def _selected(tokens: Sequence[Token]) -> tuple[Pattern, ...]:
    """Read a SELECT or an ASK with one group of triple patterns."""
    texts = [token.text for token in tokens]
    if texts.count("{") != 1 or texts.count("}") != 1:
        raise _NotALookupError
    opening, closing = texts.index("{"), texts.index("}")
    _must_be_plain(tokens[1:opening], _BEFORE)
    _must_be_plain(tokens[closing + 1 :], _AFTER)
    return tuple(_patterns(tokens[opening + 1 : closing]))


def _must_be_plain(tokens: Sequence[Token], words: frozenset[str]) -> None:
    for token in tokens:
        if token.kind not in _PLAIN and token.text.upper() not in words:
            raise _NotALookupError


def _patterns(tokens: Sequence[Token]) -> Iterator[Pattern]:
    """Yield the triple patterns: after ``;`` the subject stays, after ``,`` the property as well.

    https://www.w3.org/TR/sparql11-query/#rTriplesBlock
    """
    terms = _references([token for token in tokens if token.text not in _KEPT])
    triple: list[Reference] = []
    for token in tokens:
        if token.text in _KEPT:
            yield from _pattern(triple)
            triple = triple[: _KEPT[token.text]]
        else:
            triple.append(next(terms))
    yield from _pattern(triple)


def _pattern(triple: Sequence[Reference]) -> Iterator[Pattern]:
    """Yield the pattern of three terms; a point or a semicolon may also stand after nothing new."""
    if len(triple) == len(("subject", "predicate", "object")):
        yield Pattern(*triple)
    elif len(triple) > 1:
        raise _NotALookupError


def _references(tokens: Sequence[Token]) -> Iterator[Reference]:
    """Yield what each token refers to; no other terms than IRIs and variables are known."""
    hidden = 0
    for token in tokens:
        if token.text == HIDDEN:
            yield hidden
            hidden += 1
        elif token.text == "a":
            yield RDF.type.value
        elif token.kind is Kind.NAME:
            yield sparql.prefix_of(token), sparql.local_of(token)
        elif token.kind is Kind.VARIABLE:
            yield None
        else:
            raise _NotALookupError
