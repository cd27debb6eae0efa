"""The quads that make up the document about a thing: complete, and a page of each long list.

Blank nodes are left out of what the queries bring, and come with the parts they belong to.
"""

from __future__ import annotations

from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, NamedNode, Quad

from graphsvc.entities.paging import PAGE_SIZE
from graphsvc.entities.prologue import PROLOGUE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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

# By a filter, since engines would join a table of values with all labels that there are; and
# optional, since what is optional is looked up for each row.
_NAMES = "?property IN (rdfs:label, skos:prefLabel, dcterms:title, foaf:name, oa:exact)"
_NAMING = f"FILTER({_NAMES})"

_NEIGHBOUR_LABELS = (
    PROLOGUE
    + f"""
SELECT DISTINCT ?entity ?graph ?subject ?property ?value WHERE {{
  ?entity ?link ?subject
  OPTIONAL {{ GRAPH ?graph {{ ?subject ?property ?value }} {_NAMING} }}
}}
"""
)

_QUOTES = (
    PROLOGUE
    + f"""
SELECT DISTINCT ?entity ?graph ?subject ?property ?value WHERE {{
  GRAPH ?subject {{ ?entity ?fact ?object }}
  OPTIONAL {{ GRAPH ?graph {{ ?subject ?property ?value }} {_NAMING} }}
}}
"""
)

# The statements about the thing stand on the first page already, with all that is said of them.
_POINTING_ROWS = (
    "GRAPH ?place { ?far ?link ?entity } FILTER(?link != rdf:subject && !isBLANK(?far))"
)

_POINTING_COUNT = (
    PROLOGUE + f"SELECT ?entity (COUNT(*) AS ?count) WHERE {{ {_POINTING_ROWS} }} GROUP BY ?entity"
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

# Beside what points here stand its label, the words of the passage that says so, and of a
# statement with this object all that is said of it.
_POINTING_NAMES = (
    PROLOGUE
    + f"""
SELECT DISTINCT ?entity ?graph (?far AS ?subject) ?property ?value WHERE {{
  {_POINTING_PAGE}
  OPTIONAL {{
    GRAPH ?graph {{ ?far ?property ?value }} FILTER(?link = rdf:object || {_NAMES})
  }}
}}
"""
)

_POINTING_PLACES = (
    PROLOGUE
    + f"""
SELECT DISTINCT ?entity ?graph (?place AS ?subject) ?property ?value WHERE {{
  {_POINTING_PAGE}
  OPTIONAL {{ GRAPH ?graph {{ ?place ?property ?value }} {_NAMING} }}
}}
"""
)

_CONTENT_ROWS = "GRAPH ?entity { ?place ?link ?far } FILTER(!isBLANK(?place) && !isBLANK(?far))"

_CONTENT_COUNT = f"""
SELECT ?entity (COUNT(*) AS ?count) WHERE {{ {_CONTENT_ROWS} }} GROUP BY ?entity
"""

_CONTENT_PAGE = f"""
  {{
    SELECT DISTINCT ?entity ?place ?link ?far WHERE {{ {_CONTENT_ROWS} }}
    ORDER BY ?place ?link ?far LIMIT %d OFFSET %d
  }}
"""

_CONTENT = f"""
SELECT DISTINCT ?entity (?place AS ?subject) (?link AS ?property) (?far AS ?value) WHERE {{
  {_CONTENT_PAGE}
}}
"""

_CONTENT_SUBJECTS, _CONTENT_OBJECTS = (
    PROLOGUE
    + f"""
SELECT DISTINCT ?entity ?graph ({named} AS ?subject) ?property ?value WHERE {{
  {_CONTENT_PAGE}
  OPTIONAL {{ GRAPH ?graph {{ {named} ?property ?value }} {_NAMING} }}
}}
"""
    for named in ("?place", "?far")
)


class Paged:
    """A list about a thing that its document shows a page at a time.

    ``count`` is the query of how many rows the whole list has, ``rows`` those of a page's quads
    and of what makes them readable.
    """

    def __init__(
        self, catalogue: Catalogue, entity: NamedNode, page: int, count: str, rows: Sequence[str]
    ) -> None:
        self._catalogue = catalogue
        self._entity = entity
        self._count = count
        self._rows = rows
        self.page = page

    @cached_property
    def size(self) -> int:
        """Return how many rows the whole list has."""
        return self._catalogue.count(self._count, self._entity)

    def quads(self) -> Iterator[Quad]:
        """Yield the quads of the page, and those that make them readable."""
        if self.size:
            for query in self._rows:
                yield from _read(self._catalogue, _page(query, self.page), self._entity)


def pointing(catalogue: Catalogue, entity: NamedNode, page: int) -> Paged:
    """Return a page of the facts whose object is the thing, with the sentences that state them."""
    rows = (_POINTING, _POINTING_NAMES, _POINTING_PLACES)
    return Paged(catalogue, entity, page, _POINTING_COUNT, rows)


def content(catalogue: Catalogue, entity: NamedNode, page: int) -> Paged:
    """Return a page of what stands in the graph that has the name of the thing, if there is one."""
    rows = (_CONTENT, _CONTENT_SUBJECTS, _CONTENT_OBJECTS)
    return Paged(catalogue, entity, page, _CONTENT_COUNT, rows)


def own(catalogue: Catalogue, entity: NamedNode) -> Iterator[Quad]:
    """Yield what is said of a thing, what vouches for it, and what its neighbours are called."""
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


def _with_parts(catalogue: Catalogue, entity: NamedNode) -> Iterator[Quad]:
    """Yield the facts of a thing, and of those it leads to whose IRIs are fragments of its own.

    Such a fragment has no other document than this one.
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


def _read(catalogue: Catalogue, query: str, entity: NamedNode) -> Iterator[Quad]:
    """Yield what a query brings; a column that it does not bring stands for the thing itself.

    A row without a property brings nothing: what was looked up for it is not there.
    """
    for row in catalogue.store.select(query, {"entity": entity}):
        subject, predicate = row.get("subject", entity), row.get("property")
        graph, value = row.get("graph", entity), row.get("value", entity)
        if (
            isinstance(subject, NamedNode)
            and isinstance(predicate, NamedNode)
            and isinstance(graph, NamedNode)
            and not isinstance(value, BlankNode)
        ):
            yield Quad(subject, predicate, value, graph)
