"""Terms as Python values: whole numbers, numbers, IRIs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

if TYPE_CHECKING:
    from graphsvc.store.base import Term

LAST = float("inf")
"""The value of a missing number: it sorts after all others."""


def as_int(term: Term | None) -> int | None:
    """Return the whole number of a literal, or None if there is none."""
    value = as_number(term)
    return int(value) if value.is_integer() else None


def as_number(term: Term | None) -> float:
    """Return the number of a literal; `LAST` if there is none."""
    try:
        return float(term.value) if isinstance(term, Literal) else LAST
    except ValueError:
        return LAST


def as_iri(term: Term) -> str:
    """Return the IRI of a term, or another term as a string."""
    return term.value if isinstance(term, NamedNode) else str(term)
