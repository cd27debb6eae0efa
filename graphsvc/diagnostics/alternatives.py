"""What could stand at a place in a query, in plain words: a few alternatives, not all of them."""

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
#: The grammar allows these, but a message does not suggest them.
_RARELY_USED = frozenset(("~", "{|", "|}", "<<", "<<(", ")>>", "NOT", "lang", "^^", "VERSION"))


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A phrase for the terminals ``means``; it is used if all of ``needs`` are possible."""

    words: str
    needs: frozenset[str]
    means: frozenset[str]


_PHRASES = (
    _Phrase("an expression", frozenset({"BOUND", "number", "var"}), SPARQL.first("Expression")),
    _Phrase("a function", frozenset({"BOUND", "CONTAINS"}), SPARQL.first("Call")),
    _Phrase("an operator", frozenset({"=", "&&"}), _OPERATORS),
    _Phrase("an operator", frozenset({"&&", "*"}), _OPERATORS),
    _Phrase("a triple", frozenset({"var", "string", "FILTER"}), _TERM),
    _Phrase("a variable, IRI or literal", frozenset({"var", "iri", "string"}), _TERM),
    _Phrase("a property", frozenset({"iri", "a", "!"}), SPARQL.first("Verb")),
    _Phrase("a variable or IRI", frozenset({"iri", "var"}), frozenset({"iri", "name", "var"})),
    _Phrase("an IRI", frozenset({"iri"}), frozenset({"iri", "name"})),
    _Phrase("a literal", frozenset({"string", "number"}), _LITERAL),
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
    remaining = set(expected) - _RARELY_USED
    phrases: list[str] = []
    for group in _PHRASES:
        if remaining >= group.needs:
            remaining -= group.means
            phrases.append(group.words)
    phrases += [_KINDS.get(name, name) for name in remaining]
    return sorted(dict.fromkeys(phrases), key=_rank)[:_MOST]


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
