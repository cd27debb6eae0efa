"""The document about a thing, as RDF: complete, and a page of each long list.

Its lists are what is said of the thing, what points to it, what stands in the graph that has its
name, and the things whose IRIs are fragments of its own, with what is said of them. A page has some
rows of each, what makes them readable (names, and the words of passages), and the first page has
what belongs to the thing besides: statements about it, and what has no name. So the pages together
are its concise bounded description: https://www.w3.org/submissions/CBD/.

    sizes        how long each list is, and so how many pages there are
    about        what is said of things: of the thing, of its fragments, of statements
    pointing     what points to it
    content      what stands in its graph
    statements   what is said of the statements about it: how its facts are derived
    reifiers     what reifiers say of its facts, if the graph has such
    names        what all the things are called that these name
    passages     which of the graphs are passages of a text

`model` has what is made of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graphsvc.errors import UnknownEntity
from graphsvc.namespaces import RDF, graph_iri
from graphsvc.views import page_sizes
from graphsvc.views.document.blanks import canonical, graphs_with_blanks, quads_of
from graphsvc.views.document.model import (
    Document,
    Imprint,
    cut,
    metadata,
    version_document,
)
from graphsvc.views.document.paging import Paging
from graphsvc.views.nested import Nested
from graphsvc.views.origins import annotable
from graphsvc.views.queries import view_query
from graphsvc.views.thing.head import is_known
from graphsvc.views.values import as_int

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pyoxigraph import Quad

    from graphsvc.queries import Query
    from graphsvc.views.graph import Graph

__all__ = [
    "Document",
    "Draft",
    "Imprint",
    "Paging",
    "draft",
    "passages_among",
    "version_document",
]

SIZES = view_query("document/sizes")
ABOUT = view_query("document/about")
POINTING = view_query("document/pointing")
CONTENT = view_query("document/content")
STATEMENTS = view_query("document/statements")
REIFIERS = view_query("document/reifiers")
NAMES = view_query("document/names")
PASSAGES = view_query("document/passages")

_LISTS = ("about", "pointing", "content")
"""What is read page by page."""

_MOST_AT_ONCE = 1000
"""How many things are asked about in one query."""

_MOST_ROWS = 1_000_000
"""How many rows are read of what is told whole: the ontology, fragments, statements."""

_MOST_ROUNDS = 5
"""How many steps are followed from fragment to fragment of a document."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A page of the document about a topic before it is read: its place among the pages is known.

    ``sizes`` are those of its lists.
    """

    graph: Graph
    topic: str
    paging: Paging
    sizes: Mapping[str, int]

    def document(self, imprint: Imprint) -> Document:
        """Read the page."""
        page = _Page(self)
        stated = frozenset(map(self.graph.forms.restored, page.quads()))
        own = frozenset(metadata(self.paging, self.topic, imprint))
        return Document(
            iri=self.paging.here,
            topic=self.topic,
            paging=self.paging,
            own=own | cut(self.paging) if page.is_cut else own,
            stated=stated,
            passages=passages_among(self.graph, stated),
        )


def draft(graph: Graph, iri: str, page: int = 1) -> Draft:
    """Return a page of the document about a thing, not read yet.

    That about the ontology defines every term: it has the whole of its graph, at once.

    Errors: UnknownEntity, also for a page after the last.
    """
    rows = graph.rows(SIZES.bind({"thing": NamedNode(iri)}))
    sizes = {row["list"]: as_int(row["count"]) or 0 for row in rows}
    by_name = {name: sizes.get(Literal(name), 0) for name in (*_LISTS, "nameless")}
    parts = graph.addresses.number_of_parts(iri)
    if not parts and not any(by_name.values()) and not is_known(graph, iri):
        raise UnknownEntity(iri)
    lengths = [by_name[name] for name in _LISTS]
    as_long = parts * page_sizes.FACTS // page_sizes.PARTS
    paging = Paging.of(graph.addresses.iri(iri), page, [*lengths, as_long])
    if paging.number > paging.last:
        raise UnknownEntity(paging.here)
    return Draft(graph, iri, paging, by_name)


def passages_among(graph: Graph, quads: Iterable[Quad]) -> frozenset[NamedNode]:
    """Return the passages among the graphs of some quads: those that a sentence states."""
    graphs = {quad.graph_name for quad in quads if isinstance(quad.graph_name, NamedNode)}
    rows = graph.rows(PASSAGES.bind({"graph": sorted(graphs, key=str)}))
    return frozenset(row["graph"] for row in rows if isinstance(row["graph"], NamedNode))


class _Page:
    """The quads of one page: those of its lists, and the things that are to be named."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._graph = draft.graph
        self._topic = NamedNode(draft.topic)
        self._is_first = draft.paging.number == 1
        self._named: dict[NamedNode, None] = {}
        self.is_cut = False

    def quads(self) -> Iterator[Quad]:
        about = list(self._rows_of("about", ABOUT))
        yield from about
        for quad in about:
            self._name(quad.object, quad.graph_name)
        yield from self._parts() or self._fragments(about)
        yield from self._pointing()
        yield from self._content()
        if self._is_first:
            yield from canonical(self._hanging(about))
            yield from self._graph.blanks.about(self._topic)
            yield from self._graph.blanks.within(self._topic)
        yield from self._names()

    def _hanging(self, about: Iterable[Quad]) -> Iterator[Quad]:
        """Yield what hangs at the thing and its facts: nameless things, and statements of facts."""
        yield from quads_of(self._graph.rows(STATEMENTS.bind({"thing": self._topic})))
        told_whole = graphs_with_blanks(self._graph.base)
        triples = [quad.triple for quad in about]
        if self._draft.sizes["nameless"]:
            nested = Nested.read(self._graph, [self._topic])
            self.is_cut = nested.is_cut
            for quad in quads_of(nested.rows):
                if quad.graph_name not in told_whole:
                    yield quad
                    self._name(quad.object, quad.graph_name)
            triples += nested.graphs
        if self._graph.origins.has_reifiers:
            asked = REIFIERS.bind({"fact": annotable(triples)})
            for quad in quads_of(self._graph.rows(asked)):
                yield quad
                self._name(quad.object)

    def _pointing(self) -> Iterator[Quad]:
        """Yield what points to the thing; of a statement with it as its object all that is said."""
        statements: list[NamedNode] = []
        for quad in self._rows_of("pointing", POINTING):
            yield quad
            self._name(quad.graph_name)
            if quad.predicate == RDF.object and isinstance(quad.subject, NamedNode):
                statements.append(quad.subject)
            else:
                self._name(quad.subject)
        yield from self._about(statements)

    def _content(self) -> Iterator[Quad]:
        """Yield what stands in the graph of the thing's name; the ontology's own is told whole."""
        if self._draft.topic == f"{self._graph.base}ontology":
            if self._is_first:
                graph = graph_iri(self._graph.base, "ontology")
                asked = CONTENT.bind({"thing": graph, "limit": Literal(_MOST_ROWS)})
                yield from quads_of(self._graph.rows(asked))
                yield from self._graph.blanks.within(graph)
            return
        for quad in self._rows_of("content", CONTENT):
            yield quad
            self._name(quad.subject, quad.object)

    def _rows_of(self, name: str, query: Query) -> Iterator[Quad]:
        """Yield the rows of a list that are on this page."""
        size = page_sizes.FACTS
        offset = size * (self._draft.paging.number - 1)
        if offset < self._draft.sizes[name]:
            asked = query.bind(
                {"thing": self._topic, "limit": Literal(size), "offset": Literal(offset)}
            )
            yield from quads_of(self._graph.rows(asked))

    def _parts(self) -> list[Quad]:
        """Return what is said of the things on this page whose IRIs are fragments of the thing's.

        They are told here as well as in their own documents, for whoever looks them up comes here.
        """
        start = page_sizes.PARTS * (self._draft.paging.number - 1)
        listed = self._graph.addresses.parts(self._draft.topic, start)
        things = [NamedNode(iri) for iri in islice(listed, page_sizes.PARTS)]
        found = list(self._about(things))
        for quad in found:
            self._name(quad.object)
        for thing in things:
            found.extend(self._graph.blanks.about(thing))
        return found

    def _fragments(self, about: Iterable[Quad]) -> Iterator[Quad]:
        """Yield what is said of the fragments of the thing that have no other document."""
        start, seen = f"{self._topic.value}#", {self._topic}
        quads = list(about)
        for _ in range(_MOST_ROUNDS):
            values = (quad.object for quad in quads)
            parts = {
                value
                for value in values
                if isinstance(value, NamedNode) and value.value.startswith(start)
            } - seen
            seen |= parts
            quads = list(self._about(sorted(parts, key=str)))
            yield from quads

    def _about(self, things: list[NamedNode]) -> Iterator[Quad]:
        """Yield all that is said of some things."""
        for begin in range(0, len(things), _MOST_AT_ONCE):
            some = things[begin : begin + _MOST_AT_ONCE]
            asked = ABOUT.bind({"thing": some, "limit": Literal(_MOST_ROWS)})
            yield from quads_of(self._graph.rows(asked))

    def _name(self, *terms: object) -> None:
        self._named.update((term, None) for term in terms if isinstance(term, NamedNode))

    def _names(self) -> Iterator[Quad]:
        """Yield what the things are called that the page names, wherever that is said."""
        named = list(self._named)
        for begin in range(0, len(named), _MOST_AT_ONCE):
            asked = NAMES.bind(
                {
                    "thing": named[begin : begin + _MOST_AT_ONCE],
                    "property": self._graph.naming.labels,
                }
            )
            yield from quads_of(self._graph.rows(asked))
