"""What could stand at a place, in a reader's words: a handful of them, not all that is possible."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphsvc.grammar import KEYWORDS, SPARQL

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

_MOST = 6

_TERM = SPARQL.first("Term") | SPARQL.first("Node") | SPARQL.first("Reified")
_LITERAL = frozenset({"string", "number", "TRUE", "FALSE", "+", "-"})
_OPERATORS = frozenset(("=", "!=", "<", ">", "<=", ">=", "&&", "||", "+", "-", "*", "/", "IN"))
#: What the grammar has for those who know it, and nobody needs to be told here.
_UNTOLD = frozenset(("~", "{|", "|}", "<<", "<<(", ")>>", "NOT", "lang", "^^", "VERSION"))


@dataclass(frozen=True, slots=True)
class _Group:
    """Words for many terminals: said if all of ``needs`` could stand here, instead of ``means``."""

    words: str
    needs: frozenset[str]
    means: frozenset[str]


_GROUPS = (
    _Group("an expression", frozenset({"BOUND", "number", "var"}), SPARQL.first("Expression")),
    _Group("a function", frozenset({"BOUND", "CONTAINS"}), SPARQL.first("Call")),
    _Group("an operator", frozenset({"=", "&&"}), _OPERATORS),
    _Group("an operator", frozenset({"&&", "*"}), _OPERATORS),
    _Group("a triple", frozenset({"var", "string", "FILTER"}), _TERM),
    _Group("a variable, IRI or literal", frozenset({"var", "iri", "string"}), _TERM),
    _Group("a property", frozenset({"iri", "a", "!"}), SPARQL.first("Verb")),
    _Group("a variable or IRI", frozenset({"iri", "var"}), frozenset({"iri", "name", "var"})),
    _Group("an IRI", frozenset({"iri"}), frozenset({"iri", "name"})),
    _Group("a literal", frozenset({"string", "number"}), _LITERAL),
)
_KINDS = {
    "var": "a variable",
    "iri": "an IRI in < >",
    "name": "a name with a prefix",
    "prefix": "a prefix with its colon",
    "string": "a string",
    "number": "a whole number",
    "blank": "a blank node",
    "anon": "[]",
    "nil": "()",
    "end": "the end of the query",
}
#: These come first when there is no room for all.
_FIRST = ("a triple", "a variable", "a property", ".", ";", ",", "}", ")", "WHERE", "FILTER")


def alternatives(expected: AbstractSet[str]) -> list[str]:
    """Return words for what could stand at a place."""
    left = set(expected) - _UNTOLD
    found: list[str] = []
    for group in _GROUPS:
        if left >= group.needs:
            left -= group.means
            found.append(group.words)
    found += [_KINDS.get(name, name) for name in left]
    return sorted(dict.fromkeys(found), key=_rank)[:_MOST]


def _rank(words: str) -> tuple[int, bool, str]:
    place = _FIRST.index(words) if words in _FIRST else len(_FIRST)
    return place, words in KEYWORDS, words


def sentence(expected: AbstractSet[str]) -> str:
    """Return a sentence that says what could stand at a place."""
    words = alternatives(expected)
    if not words:
        return ""
    *most, last = words
    return (
        f"Here could stand {', '.join(most)} or {last}." if most else f"Only {last} can stand here."
    )
