"""The things whose IRIs are fragments of one IRI: they share the document of that IRI."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from graphsvc.errors import UnknownEntity
from graphsvc.views import page_sizes
from graphsvc.views.names import Names

if TYPE_CHECKING:
    from graphsvc.views.graph import Graph
    from graphsvc.views.model import Named


@dataclass(frozen=True, slots=True)
class Within:
    """A page of the things in a document, and the number of all."""

    things: tuple[Named, ...]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """Return the number of pages."""
        return max(1, -(-self.total // page_sizes.PARTS_LISTED))


def things_within(graph: Graph, iri: str, page: int, languages: str) -> Within:
    """Return a page of the things in the document with an IRI.

    Errors: UnknownEntity for a page after the last.
    """
    start = page_sizes.PARTS_LISTED * (page - 1)
    listed = graph.addresses.parts(iri, start)
    things = [NamedNode(part) for part in islice(listed, page_sizes.PARTS_LISTED)]
    if page > 1 and not things:
        raise UnknownEntity(graph.addresses.of(iri, page=page), iri)
    names = Names(graph, things, languages)
    total = graph.addresses.number_of_parts(iri)
    return Within(tuple(names[thing] for thing in things), total, page)
