"""The quads that make up the document about a thing: complete, and a page of each long list.

Blank nodes are left out of what the queries bring, and come with the parts they belong to.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from pyoxigraph import BlankNode, NamedNode, Quad

from graphsvc.entities.labels import LABELLING
from graphsvc.entities.paging import PAGE_SIZE
from graphsvc.entities.prologue import PROLOGUE
from graphsvc.namespaces import RDF

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from graphsvc.entities.catalogue import Catalogue
    from graphsvc.store.base import Term

    Told: TypeAlias = Callable[["_Telling", NamedNode, Mapping[str, Term]], Iterator[Quad]]

# The statements about the thing stand on the first page already, with all that is said of them.
_POINTING = "GRAPH ?place { ?far ?link ?entity } FILTER(?link != rdf:subject)"

_CONTENT = "GRAPH ?entity { ?place ?link ?far }"

# To tell what is nameless the engine reads the names of all that it passes by, which takes four
# times as long: it is asked only where there is something nameless.
_NAMED = " FILTER(!isBLANK(?place) && !isBLANK(?far))"

_COUNT = PROLOGUE + "SELECT ?entity (COUNT(*) AS ?count) WHERE {{ {rows} }} GROUP BY ?entity"

# The numbers of a page are no terms and cannot be bound. To sort takes reading everything, so the
# rows come in the order of the store, which is the same as long as a release is served.
_PAGE = (
    PROLOGUE
    + "SELECT ?entity ?place ?far ?link WHERE {{ {rows} }} LIMIT {limit:d} OFFSET {offset:d}"
)


class Paged:
    """A list about a thing that its document shows a page at a time.

    ``rows`` is the pattern that gives the whole list, ``told`` what is told for each of its rows.
    """

    def __init__(
        self, catalogue: Catalogue, entity: NamedNode, page: int, rows: str, told: Told
    ) -> None:
        self._catalogue = catalogue
        self._entity = entity
        self._rows = rows
        self._told = told
        self.page = page

    @cached_property
    def size(self) -> int:
        """Return how many rows the whole list has."""
        return self._catalogue.count(_COUNT.format(rows=self._rows), self._entity)

    def quads(self) -> Iterator[Quad]:
        """Yield the quads of the page, and those that make them readable."""
        if self.size:
            telling = _Telling(self._catalogue)
            skipped = PAGE_SIZE * (self.page - 1)
            query = _PAGE.format(rows=self._rows, limit=PAGE_SIZE, offset=skipped)
            for row in self._catalogue.store.select(query, {"entity": self._entity}):
                yield from self._told(telling, self._entity, row)


def pointing(catalogue: Catalogue, entity: NamedNode, page: int) -> Paged:
    """Return a page of the facts whose object is the thing, with the sentences that state them."""
    rows = _named(_POINTING, catalogue.blanks.about(entity))
    return Paged(catalogue, entity, page, rows, _pointing)


def content(catalogue: Catalogue, entity: NamedNode, page: int) -> Paged:
    """Return a page of what stands in the graph that has the name of the thing, if there is one."""
    rows = _named(_CONTENT, catalogue.blanks.within(entity))
    return Paged(catalogue, entity, page, rows, _content)


def _named(rows: str, nameless: Iterator[Quad]) -> str:
    """Return the pattern of rows without those that are among the quads of nameless things."""
    return rows + _NAMED if next(nameless, None) else rows


def _pointing(telling: _Telling, entity: NamedNode, row: Mapping[str, Term]) -> Iterator[Quad]:
    """Yield a fact that points to a thing, what its subject is called, and what its passage says.

    Of a statement with the thing as its object, all that is said of it.
    """
    far, link, graph = row["far"], row["link"], row["place"]
    if isinstance(far, NamedNode) and isinstance(link, NamedNode) and isinstance(graph, NamedNode):
        yield Quad(far, link, entity, graph)
        yield from telling.all(far) if link == RDF.object else telling.names(far)
        yield from telling.names(graph)


def _content(telling: _Telling, entity: NamedNode, row: Mapping[str, Term]) -> Iterator[Quad]:
    """Yield a fact that stands in a graph, and what its ends are called."""
    subject, link, value = row["place"], row["link"], row["far"]
    if isinstance(subject, NamedNode) and isinstance(link, NamedNode):
        yield Quad(subject, link, value, entity)
        yield from telling.names(subject)
        yield from telling.names(value)


def own(catalogue: Catalogue, entity: NamedNode) -> Iterator[Quad]:
    """Yield what is said of a thing, what vouches for it, and what its neighbours are called."""
    telling = _Telling(catalogue)
    for quad in _with_parts(telling, entity):
        yield quad
        if quad.subject == entity:
            yield from telling.names(quad.object)
            yield from telling.names(quad.graph_name)
    # What is said of a statement whose subject is the thing: how it is derived, for example.
    for statement in catalogue.near.triples(predicate=RDF.subject, value=entity):
        yield from telling.all(statement.subject)
    yield from catalogue.blanks.about(entity)
    yield from catalogue.blanks.within(entity)


def whole(catalogue: Catalogue, graph: NamedNode) -> Iterator[Quad]:
    """Yield all quads of a graph."""
    for quad in catalogue.store.quads(graph.value):
        if not isinstance(quad.subject, BlankNode) and not isinstance(quad.object, BlankNode):
            yield quad
    yield from catalogue.blanks.within(graph)


def _with_parts(telling: _Telling, entity: NamedNode) -> Iterator[Quad]:
    """Yield the facts of a thing, and of those it leads to whose IRIs are fragments of its own.

    Such a fragment has no other document than this one.
    """
    waiting, seen = [entity], {entity}
    while waiting:
        for quad in telling.all(waiting.pop()):
            yield quad
            part = quad.object
            if isinstance(part, NamedNode) and part.value.startswith(f"{entity.value}#"):
                waiting += {part} - seen
                seen.add(part)


class _Telling:
    """Tells of nodes what the graph says of them; what they are called, once."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._near = catalogue.near
        self._named: set[object] = set()

    def names(self, node: object) -> Iterator[Quad]:
        """Yield what a node is called, wherever that is said, unless it has been told."""
        if isinstance(node, NamedNode) and node not in self._named:
            self._named.add(node)
            for labelling in LABELLING:
                yield from _whole(self._near.quads(subject=node, predicate=labelling))

    def all(self, node: object) -> Iterator[Quad]:
        """Yield all that is said of a node."""
        if isinstance(node, NamedNode):
            yield from _whole(self._near.quads(subject=node))


def _whole(quads: Iterable[Quad]) -> Iterator[Quad]:
    return (quad for quad in quads if not isinstance(quad.object, BlankNode))
