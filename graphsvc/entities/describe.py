"""Whether the graph knows a thing, and what it is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

if TYPE_CHECKING:
    from graphsvc.entities.catalogue import Catalogue
    from graphsvc.entities.model import Named
    from graphsvc.store.base import Store


def known(store: Store, iri: str) -> bool:
    """Tell whether the store says anything about a thing, or has a graph of its name."""
    node = NamedNode(iri)
    ways = (store.triples(node), store.triples(value=node), store.quads(iri))
    return any(next(way, None) is not None for way in ways)


def called(catalogue: Catalogue, iri: str, language: str = "en") -> Named:
    """Return a thing under its label."""
    node = NamedNode(iri)
    return catalogue.name(node, language)
