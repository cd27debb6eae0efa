"""Writes the values of parameters into the text of a query, so that it can run anywhere.

A query with a list of terms has ``VALUES ?name { }`` in each place that needs them, for example in
a subquery and in each side of a UNION. With ``VALUES (?name ?rank) { }`` each term has its number,
from 1 up. A parameter with the name ``limit`` or ``offset`` replaces the number after the first
such word: a later one belongs to the query itself. The result is standard SPARQL 1.1 without
parameters: it gives the same answer everywhere.

Each term passes through `serialised`, which only accepts terms that the engine has checked, and
quotes and escapes them as N-Triples and SPARQL do:
https://www.w3.org/TR/n-triples/#grammar-production-STRING_LITERAL_QUOTE
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode, Triple

from graphsvc import sparql

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from graphsvc.queries.model import Query
    from graphsvc.store.base import Term

#: The places of terms, or of the number of a LIMIT or an OFFSET. Splitting a text by it gives, for
#: each place, the name of the variable, or the word and its number, and the text after it.
_PLACE = re.compile(
    r"(?<=VALUES) \?(\w+) \{ \}|(?<=VALUES) \(\?(\w+) \?rank\) \{ \}|\b(LIMIT|OFFSET) (\d+)\b"
)


@dataclass(frozen=True, slots=True)
class BoundQuery:
    """A query with the terms of its parameters: ``text`` is what is run and shown."""

    query: Query
    terms: Mapping[str, tuple[Term, ...]]

    @property
    def text(self) -> str:
        """Return the text with its parameters written in."""
        return bound(self.query.body, self.terms)

    @property
    def is_empty(self) -> bool:
        """Tell whether a parameter has no terms: then there are no rows."""
        return not all(self.terms.values())


def serialised(term: Term) -> str:
    """Return a term in the syntax of a query.

    Errors: TypeError if it is neither an IRI nor a literal, nor a triple term of such.
    """
    if isinstance(term, Triple):
        parts = " ".join(map(serialised, (term.subject, term.predicate, term.object)))
        return f"<<( {parts} )>>"
    if not isinstance(term, NamedNode | Literal):
        raise TypeError(f"{term} cannot be written into a query.")
    return str(term)


def values(variable: str, terms: Iterable[Term]) -> str:
    """Return the VALUES of a variable. Errors: TypeError for a term that cannot be written."""
    return f"VALUES ?{variable} {{ {' '.join(map(serialised, terms))} }}"


def with_values(text: str, bindings: Mapping[str, Term]) -> str:
    """Return a query that says itself what its parameters are, for the workbench to start from.

    Their values stand in the query's outermost group, where patterns and filters see them.
    """
    if not bindings:
        return text
    inside = sparql.inside_group(text)
    if inside is None:
        return text
    lines = "".join(f"\n  {values(name, [term])}" for name, term in bindings.items())
    return text[:inside] + lines + text[inside:]


def bindable(text: str) -> frozenset[str]:
    """Return the names of the parameters that have places in a text."""
    return frozenset(name or ranked or word.lower() for name, ranked, word, _, _ in _places(text))


def bound(text: str, terms: Mapping[str, Sequence[Term]]) -> str:
    """Return a query with terms at the places of its parameters.

    A number without a term is not changed. Errors: KeyError for a VALUES without terms, TypeError
    for a term that cannot be written.
    """
    pieces = [_parts(text)[0]]
    numbers = {word: terms[word.lower()] for word in ("LIMIT", "OFFSET") if word.lower() in terms}
    for name, ranked, word, number, after in _places(text):
        if name:
            pieces.append(values(name, terms[name]).removeprefix("VALUES"))
        elif ranked:
            pairs = (f"({serialised(term)} {rank})" for rank, term in enumerate(terms[ranked], 1))
            pieces.append(f" (?{ranked} ?rank) {{ {' '.join(pairs)} }}")
        else:
            number_terms = numbers.pop(word, None)
            pieces.append(f"{word} {_number(number_terms) if number_terms else number}")
        pieces.append(after)
    return "".join(pieces)


def _number(terms: Sequence[Term]) -> int:
    (term,) = terms
    if not isinstance(term, Literal):
        raise TypeError(f"{term} is no number.")
    return int(term.value)


def _places(text: str) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield each place, and the text up to the next one."""
    parts = _parts(text)
    places = (parts[1::5], parts[2::5], parts[3::5], parts[4::5], parts[5::5])
    return zip(*places, strict=True)


@lru_cache(maxsize=512)
def _parts(text: str) -> tuple[str, ...]:
    return tuple(_PLACE.split(text))
