"""The quads that make up the document about a thing: complete, and a page of each long list.

Blank nodes are left out of what the queries bring, and come with the parts they belong to.
"""

from __future__ import annotations

from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Protocol

from pyoxigraph import BlankNode, NamedNode, Quad

from graphsvc.entities.evidence import place
from graphsvc.entities.paging import PAGE_SIZE
from graphsvc.entities.prologue import PROLOGUE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphsvc.entities.catalogue import Catalogue

_OWN = """
SELECT DISTINCT ?entity ?graph ?property ?value WHERE { GRAPH ?graph { ?entity ?property ?value } }
"""

# What is said of a statement whose subject is the thing: how it is derived, for example.
_STATEMENTS = (
    PROLOGUE
    + """
SELECT DISTINCT ?entity ?graph ?subject ?property ?value WHERE {
  ?subject rdf:subject ?entity .
  GRAPH ?graph { ?subject ?property ?value }
}
"""
)

_LABELLING = """
  VALUES ?property { rdfs:label skos:prefLabel dcterms:title foaf:name oa:exact }
  GRAPH ?graph { ?subject ?property ?value }
"""
# In a branch of a UNION nothing is bound from outside: each names what it is joined by.
_LABELLING_FAR = _LABELLING.replace("?subject", "?far") + "BIND(?far AS ?subject)"
_LABELLING_PLACE = _LABELLING.replace("?subject", "?place") + "BIND(?place AS ?subject)"

_NEIGHBOUR_LABELS = (
    PROLOGUE
    + f"""
SELECT DISTINCT ?entity ?graph ?subject ?property ?value WHERE {{
  ?entity ?link ?subject . {_LABELLING}
}}
"""
)

_QUOTES = (
    PROLOGUE
    + f"""
SELECT DISTINCT ?entity ?graph ?subject ?property ?value WHERE {{
  GRAPH ?subject {{ ?entity ?fact ?object }} {_LABELLING}
}}
"""
)

# The statements about the thing stand on the first page already, with all that is said of them.
_POINTING_ROWS = "GRAPH ?place { ?far ?link ?entity } FILTER(?link != rdf:subject && !isBLANK(?far))"

_POINTING_COUNT = (
    PROLOGUE
    + f"SELECT ?entity (COUNT(*) AS ?count) WHERE {{ {_POINTING_ROWS} }} GROUP BY ?entity"
)

# The numbers of a page are no terms and cannot be bound.
_POINTING_PAGE = f"""
  {{
    SELECT DISTINCT ?entity ?place ?far ?link WHERE {{ {_POINTING_ROWS} }}
    ORDER BY ?link ?far ?place LIMIT %d OFFSET %d
  }}
"""

_POINTING = (
    PROLOGUE
    + f"""
SELECT DISTINCT ?entity (?place AS ?graph) (?far AS ?subject) (?link AS ?property) WHERE {{
  {_POINTING_PAGE}
}}
"""
)

# Beside what points here: its label, the words of the passage that says so, and of a statement
# with this object all that is said of it.
_POINTING_CONTEXT = (
    PROLOGUE
    + f"""
SELECT DISTINCT ?entity ?graph ?subject ?property ?value WHERE {{
  {_POINTING_PAGE}
  {{ {_LABELLING_FAR} }}
  UNION {{ {_LABELLING_PLACE} }}
  UNION {{
    ?far rdf:object ?entity .
    GRAPH ?graph {{ ?far ?property ?value }} BIND(?far AS ?subject)
  }}
}}
"""
)

_CONTENT_ROWS = """
GRAPH ?entity { ?subject ?property ?value } FILTER(!isBLANK(?subject) && !isBLANK(?value))
"""

_CONTENT_COUNT = f"""
SELECT ?entity (COUNT(*) AS ?count) WHERE {{ {_CONTENT_ROWS} }} GROUP BY ?entity
"""

_CONTENT_PAGE = f"""
SELECT DISTINCT ?entity ?subject ?property ?value WHERE {{ {_CONTENT_ROWS} }}
ORDER BY ?subject ?property ?value LIMIT %d OFFSET %d
"""

_CONTENT_LABELS = (
    PROLOGUE
    + f"""
SELECT DISTINCT ?entity ?graph ?subject ?property ?value WHERE {{
  {{ {_CONTENT_PAGE.replace("?subject", "?place").replace("?value", "?far").replace("?property", "?link")} }}
  {{ {_LABELLING_PLACE} }} UNION {{ {_LABELLING_FAR} }}
}}
"""
)


class Paged(Protocol):
    """A list that a document shows a page at a time."""

    page: int

    @property
    def size(self) -> int:
        """Return how many rows the whole list has."""
        ...

    def quads(self) -> Iterator[Quad]:
        """Yield the quads of the page, and those that make them readable."""
        ...


def own(catalogue: Catalogue, entity: NamedNode) -> Iterator[Quad]:
    """Yield what is said of a thing, with what vouches for it and what its neighbours are called."""
    queries = (_STATEMENTS, _NEIGHBOUR_LABELS, _QUOTES)
    yield from _with_parts(catalogue, entity)
    yield from chain.from_iterable(_read(catalogue, query, entity) for query in queries)
    yield from catalogue.blanks.about(entity)
    yield from catalogue.blanks.within(entity)


def whole(catalogue: Catalogue, graph: NamedNode) -> Iterator[Quad]:
    """Yield all quads of a graph."""
    for quad in catalogue.store.quads(graph.value):
        if not isinstance(quad.subject, BlankNode) and not isinstance(quad.object, BlankNode):
            yield quad
    yield from catalogue.blanks.within(graph)


class Pointing:
    """A page of the facts whose object is the thing."""

    def __init__(self, catalogue: Catalogue, entity: NamedNode, page: int) -> None:
        self._catalogue = catalogue
        self._entity = entity
        self.page = page

    @cached_property
    def size(self) -> int:
        """Return how many such facts there are."""
        return _count(self._catalogue, _POINTING_COUNT, self._entity)

    def quads(self) -> Iterator[Quad]:
        """Yield the facts of the page with the sentences that state them."""
        if self.size:
            for query in (_POINTING, _POINTING_CONTEXT):
                yield from _read(self._catalogue, _page(query, self.page), self._entity)


class Content:
    """A page of what stands in the graph that has the name of the thing, if there is one."""

    def __init__(self, catalogue: Catalogue, entity: NamedNode, page: int) -> None:
        self._catalogue = catalogue
        self._entity = entity
        self.page = page

    @cached_property
    def size(self) -> int:
        """Return how many quads the graph has."""
        return _count(self._catalogue, _CONTENT_COUNT, self._entity)

    def quads(self) -> Iterator[Quad]:
        """Yield the quads of the page with the labels of what stands in them."""
        if self.size:
            yield from _read(self._catalogue, _page(_CONTENT_PAGE, self.page), self._entity)
            yield from _read(self._catalogue, _page(_CONTENT_LABELS, self.page), self._entity)


def _with_parts(catalogue: Catalogue, entity: NamedNode) -> Iterator[Quad]:
    """Yield the facts of a thing, and of those that it leads to whose IRIs are fragments of its own.

    Such a fragment leads to no other document than this one.
    """
    waiting, seen = [entity], {entity}
    while waiting:
        for quad in _read(catalogue, _OWN, waiting.pop()):
            yield quad
            part = quad.object
            if isinstance(part, NamedNode) and part.value.startswith(f"{entity.value}#"):
                waiting += {part} - seen
                seen.add(part)


def _page(query: str, page: int) -> str:
    return query % (PAGE_SIZE, PAGE_SIZE * (page - 1))


def _count(catalogue: Catalogue, query: str, entity: NamedNode) -> int:
    rows = catalogue.store.select(query, {"entity": entity})
    return next((place(row["count"]) or 0 for row in rows), 0)


def _read(catalogue: Catalogue, query: str, entity: NamedNode) -> Iterator[Quad]:
    """Yield what a query brings; a column that it does not bring stands for the thing itself."""
    for row in catalogue.store.select(query, {"entity": entity}):
        subject, predicate = row.get("subject", entity), row["property"]
        graph, value = row.get("graph", entity), row.get("value", entity)
        if (
            isinstance(subject, NamedNode)
            and isinstance(predicate, NamedNode)
            and isinstance(graph, NamedNode)
            and not isinstance(value, BlankNode)
        ):
            yield Quad(subject, predicate, value, graph)
