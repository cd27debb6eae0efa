"""The values of some properties of things, with their names."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graphsvc.namespaces import XSD
from graphsvc.views.model import Named
from graphsvc.views.names import Names
from graphsvc.views.queries import view_query

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from graphsvc.store.base import Term
    from graphsvc.views.graph import Graph

VALUES = view_query("reconciliation/values")

_WHOLE = frozenset(
    XSD[name]
    for name in (
        *("integer", "nonNegativeInteger", "positiveInteger", "nonPositiveInteger"),
        *("negativeInteger", "long", "int", "short", "byte"),
        *("unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte"),
    )
)
_REAL = frozenset((XSD.decimal, XSD.double, XSD.float))


def values_of(
    graph: Graph, things: Iterable[str], properties: Iterable[str], languages: str
) -> Mapping[tuple[str, str], list[Named]]:
    """Return the values of properties of things, by the IRIs of thing and property."""
    query = VALUES.bind({"thing": nodes(things), "property": nodes(properties)})
    rows = list(graph.rows(query))
    names = Names(graph, (row["value"] for row in rows), languages)
    values: dict[tuple[str, str], list[Named]] = defaultdict(list)
    for row in rows:
        thing, prop, value = row["thing"], row["property"], row["value"]
        if isinstance(thing, NamedNode) and isinstance(prop, NamedNode):
            named = names.labelled(value) or Named(value, _lexical(value))
            values[thing.value, prop.value].append(named)
    return values


def nodes(iris: Iterable[str]) -> list[NamedNode]:
    """Return the nodes of IRIs; strings that are no IRI are left out."""
    return [term for iri in dict.fromkeys(iris) if (term := node(iri)) is not None]


def node(iri: str) -> NamedNode | None:
    """Return the node of an IRI; None for a string that is no IRI."""
    try:
        return NamedNode(iri)
    except ValueError:
        return None


def number(term: Term) -> int | float | None:
    """Return the number of a literal, or None if JSON has no such number."""
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
