"""What the graph says of one thing: the values of its properties, each with what to call it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graphsvc.entities.labels import LABEL_CLAUSE, Labels
from graphsvc.entities.model import Named
from graphsvc.entities.prologue import PROLOGUE
from graphsvc.namespaces import XSD

if TYPE_CHECKING:
    from graphsvc.entities import Catalogue
    from graphsvc.store.base import Term

_VALUES = (
    PROLOGUE
    + f"""
SELECT DISTINCT ?entity ?property ?thing ?rank ?label WHERE {{
  ?entity ?property ?thing .
  OPTIONAL {{ {LABEL_CLAUSE} }}
}}
ORDER BY ?property ?thing
"""
)

_WHOLE = frozenset(
    XSD[name]
    for name in (
        *("integer", "nonNegativeInteger", "positiveInteger", "nonPositiveInteger"),
        *("negativeInteger", "long", "int", "short", "byte"),
        *("unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte"),
    )
)
_REAL = frozenset((XSD.decimal, XSD.double, XSD.float))


def values_of(catalogue: Catalogue, iri: str, language: str) -> dict[str, list[Named]]:
    """Return the values of every property of a thing, by the property's IRI."""
    found: dict[str, dict[Term, None]] = defaultdict(dict)
    entity = node(iri)
    if entity is None:
        return {}
    table = catalogue.store.select(_VALUES, {"entity": entity})
    labels = Labels.read(row for row in table if "label" in row)
    for row in table:
        if isinstance(row["property"], NamedNode):
            found[row["property"].value][row["thing"]] = None
    return {
        prop: [labels.name(term, language) or Named(term, _lexical(term)) for term in terms]
        for prop, terms in found.items()
    }


def node(iri: str) -> NamedNode | None:
    """Return the node of an IRI; None for what is no IRI, which nothing in a graph can be."""
    try:
        return NamedNode(iri)
    except ValueError:
        return None


def number(term: Term) -> int | float | None:
    """Return the number that a literal stands for, or None if it is none that JSON can hold."""
    if not isinstance(term, Literal) or len(term.value) > len("-9007199254740991.0000"):
        return None
    try:
        if term.datatype in _WHOLE:
            whole = int(term.value)
            return whole if abs(whole) < 2**53 else None
        real = float(term.value) if term.datatype in _REAL else None
    except ValueError:
        return None
    return real if real is not None and abs(real) < float("inf") else None


def _lexical(term: Term) -> str:
    return str(getattr(term, "value", term))
