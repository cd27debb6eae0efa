"""What terms hold: whole numbers, numbers, IRIs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

if TYPE_CHECKING:
    from graphsvc.store.base import Term

LAST = float("inf")
"""What stands for a number that is not there: it comes after all others."""


def as_int(term: Term | None) -> int | None:
    """Return the whole number that a literal holds, or None where there is none."""
    value = as_number(term)
    return int(value) if value.is_integer() else None


def as_number(term: Term | None) -> float:
    """Return the number that a literal holds; `LAST` if it holds none."""
    try:
        return float(term.value) if isinstance(term, Literal) else LAST
    except ValueError:
        return LAST


def as_iri(term: Term) -> str:
    """Return the IRI of a term; other terms stand for themselves."""
    return term.value if isinstance(term, NamedNode) else str(term)
