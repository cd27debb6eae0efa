"""The document about a thing, as RDF: complete, with long lists split into pages.

Its lists are the facts of the thing, the facts that point to it, the statements in the graph with
its name, and the facts of things whose IRIs are fragments of its own. A page has some rows of each
list, and the labels and passages that make them readable. The first page also has the statements
about its facts, and the blank nodes. Together the pages are the concise bounded description of the
thing: https://www.w3.org/submissions/CBD/.

    sizes        the length of each list, and so the number of pages
    about        the facts of the thing, of its fragments, of statements
    pointing     the facts that point to it
    content      the statements in its graph
    statements   the facts of statements about it: how its facts are derived
    reifiers     the facts of reifiers of its facts, if there are any
    names        the labels of all things on the page
    passages     the graphs that are passages of a text

`model` has the resulting data.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graphsvc.errors import UnknownEntity
from graphsvc.namespaces import RDF, graph_iri
from graphsvc.views import page_sizes
from graphsvc.views.document.blanks import canonicalize_blanks, graphs_with_blanks, quads_of
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
    "DocumentDraft",
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
"""The lists that are split into pages."""

_MOST_AT_ONCE = 1000
"""The most things in one query."""

_MOST_ROWS = 1_000_000
"""The most rows of what is not split into pages: the ontology, fragments, statements."""

_MOST_ROUNDS = 5
"""The most steps from fragment to fragment of a document."""


@dataclass(frozen=True, slots=True)
class DocumentDraft:
    """A page of the document about a topic before it is read; its paging is known.

    ``sizes`` are those of the lists.
    """

    graph: Graph
    topic: str
    paging: Paging
    sizes: Mapping[str, int]

    def document(self, imprint: Imprint) -> Document:
        """Read the page."""
        page = _Page(self)
        stated = frozenset(map(self.graph.forms.restore, page.quads()))
        own = frozenset(metadata(self.paging, self.topic, imprint))
        return Document(
            iri=self.paging.here,
            topic=self.topic,
            paging=self.paging,
            own=own | cut(self.paging) if page.is_cut else own,
            stated=stated,
            passages=passages_among(self.graph, stated),
        )


def draft(graph: Graph, iri: str, page: int = 1) -> DocumentDraft:
    """Return a page of the document about a thing before it is read.

    The document about the ontology defines every term: it has all of its graph on one page.

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
    return DocumentDraft(graph, iri, paging, by_name)


def passages_among(graph: Graph, quads: Iterable[Quad]) -> frozenset[NamedNode]:
    """Return the passages among the graphs of some quads."""
    graphs = {quad.graph_name for quad in quads if isinstance(quad.graph_name, NamedNode)}
    rows = graph.rows(PASSAGES.bind({"graph": sorted(graphs, key=str)}))
    return frozenset(row["graph"] for row in rows if isinstance(row["graph"], NamedNode))


class _Page:
    """Reads the quads of one page, and collects the things that need labels."""

    def __init__(self, draft: DocumentDraft) -> None:
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
        yield from self._incoming_quads()
        yield from self._content()
        if self._is_first:
            yield from canonicalize_blanks(self._nameless_quads(about))
            yield from self._graph.blanks.about(self._topic)
            yield from self._graph.blanks.within(self._topic)
        yield from self._names()

    def _nameless_quads(self, about: Iterable[Quad]) -> Iterator[Quad]:
        """Yield the quads about statements of the thing's facts, and those of its blank nodes."""
        yield from quads_of(self._graph.rows(STATEMENTS.bind({"thing": self._topic})))
        complete_graphs = graphs_with_blanks(self._graph.base)
        triples = [quad.triple for quad in about]
        if self._draft.sizes["nameless"]:
            nested = Nested.read(self._graph, [self._topic])
            self.is_cut = nested.is_cut
            for quad in quads_of(nested.rows):
                if quad.graph_name not in complete_graphs:
                    yield quad
                    self._name(quad.object, quad.graph_name)
            triples += nested.graphs
        if self._graph.origins.has_reifiers:
            query = REIFIERS.bind({"fact": annotable(triples)})
            for quad in quads_of(self._graph.rows(query)):
                yield quad
                self._name(quad.object)

    def _incoming_quads(self) -> Iterator[Quad]:
        """Yield the facts that point to the thing, and facts of statements with it as object."""
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
        """Yield the statements in the graph with the thing's name; the ontology's all at once."""
        if self._draft.topic == f"{self._graph.base}ontology":
            if self._is_first:
                graph = graph_iri(self._graph.base, "ontology")
                query = CONTENT.bind({"thing": graph, "limit": Literal(_MOST_ROWS)})
                yield from quads_of(self._graph.rows(query))
                yield from self._graph.blanks.within(graph)
            return
        for quad in self._rows_of("content", CONTENT):
            yield quad
            self._name(quad.subject, quad.object)

    def _rows_of(self, name: str, query: Query) -> Iterator[Quad]:
        """Yield the quads of a list that are on this page."""
        size = page_sizes.FACTS
        offset = size * (self._draft.paging.number - 1)
        if offset < self._draft.sizes[name]:
            bound = query.bind(
                {"thing": self._topic, "limit": Literal(size), "offset": Literal(offset)}
            )
            yield from quads_of(self._graph.rows(bound))

    def _parts(self) -> list[Quad]:
        """Return the facts of the listed fragments on this page.

        They also have their own documents, but clients that look up their IRIs get this document.
        """
        start = page_sizes.PARTS * (self._draft.paging.number - 1)
        listed = self._graph.addresses.parts(self._draft.topic, start)
        things = [NamedNode(iri) for iri in islice(listed, page_sizes.PARTS)]
        quads = list(self._about(things))
        for quad in quads:
            self._name(quad.object)
        for thing in things:
            quads.extend(self._graph.blanks.about(thing))
        return quads

    def _fragments(self, about: Iterable[Quad]) -> Iterator[Quad]:
        """Yield the facts of the fragments that have no other document."""
        start, visited = f"{self._topic.value}#", {self._topic}
        quads = list(about)
        for _ in range(_MOST_ROUNDS):
            values = (quad.object for quad in quads)
            parts = {
                value
                for value in values
                if isinstance(value, NamedNode) and value.value.startswith(start)
            } - visited
            visited |= parts
            quads = list(self._about(sorted(parts, key=str)))
            yield from quads

    def _about(self, things: list[NamedNode]) -> Iterator[Quad]:
        """Yield all facts of some things."""
        for begin in range(0, len(things), _MOST_AT_ONCE):
            some = things[begin : begin + _MOST_AT_ONCE]
            query = ABOUT.bind({"thing": some, "limit": Literal(_MOST_ROWS)})
            yield from quads_of(self._graph.rows(query))

    def _name(self, *terms: object) -> None:
        self._named.update((term, None) for term in terms if isinstance(term, NamedNode))

    def _names(self) -> Iterator[Quad]:
        """Yield the labels of the things on the page, from any graph."""
        named = list(self._named)
        for begin in range(0, len(named), _MOST_AT_ONCE):
            query = NAMES.bind(
                {
                    "thing": named[begin : begin + _MOST_AT_ONCE],
                    "property": self._graph.naming.labels,
                }
            )
            yield from quads_of(self._graph.rows(query))
