"""In which order values stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from pyoxigraph import Literal

from graphsvc.namespaces import DATES, XSD
from graphsvc.views.values import as_number

if TYPE_CHECKING:
    from graphsvc.store.base import Term

Key: TypeAlias = tuple[int, float, str]

_NUMBERS = frozenset(
    XSD[name]
    for name in (
        *("integer", "decimal", "double", "float", "byte", "short", "int", "long"),
        *("unsignedByte", "unsignedShort", "unsignedInt", "unsignedLong"),
        *("nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger"),
    )
)


def sort_key(term: Term, label: str) -> Key:
    """Return by what a value is sorted: numbers first, then dates, then words.

    A date that is known to the year comes before those known to the month of that year, so the
    lexical form sorts dates, but for the years before the common era.
    """
    if isinstance(term, Literal):
        if term.datatype in DATES:
            year = term.value[:5] if term.value.startswith("-") else term.value[:4]
            return (1, as_number(Literal(year)), term.value)
        value = as_number(term) if term.datatype in _NUMBERS else None
        if value is not None:
            return (0, value, "")
    return (2, 0.0, label.casefold())


def is_number(term: Term) -> bool:
    """Tell whether a term is a literal number."""
    return isinstance(term, Literal) and term.datatype in _NUMBERS


def is_date(term: Term) -> bool:
    """Tell whether a term is a date, as precise as it may be."""
    return isinstance(term, Literal) and term.datatype in DATES
