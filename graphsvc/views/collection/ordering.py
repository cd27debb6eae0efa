"""The order of values."""

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
    """Return the sort key of a value: numbers first, then dates, then words.

    A year comes before the months of that year, so dates are sorted by their lexical form, except
    for years before the common era.
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
    """Tell whether a term is a date of any precision."""
    return isinstance(term, Literal) and term.datatype in DATES
