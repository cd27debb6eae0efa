"""The sources of facts besides passages: named graphs, nanopublications, annotations.

`Origins` reads once which of these a graph has. So a page runs no query without an answer.

    graphs       the named graphs
    described    whether there are descriptions of statements, besides derivations
    said         the metadata of some graphs and of their nanopublications
    content      the statements in some graphs
    annotations  the annotations of facts: by reifiers (RDF 1.2) and by descriptions of statements
                 (RDF 1.1)
    claims       the statement nodes of a thing, as in Wikidata
"""

from __future__ import annotations

from collections import defaultdict
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import unquote

from pyoxigraph import BlankNode, NamedNode, Triple

from graphsvc.namespaces import (
    DC,
    DCTERMS,
    DERIVATIONS,
    NP,
    OA,
    PAV,
    PROV,
    RDF,
    SCHEMA,
    WIKIBASE,
    Namespace,
    graph_iri,
)
from graphsvc.views.model import Annotation, Named, Source
from graphsvc.views.nested import Nested
from graphsvc.views.queries import view_query

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from graphsvc.store.base import Term
    from graphsvc.views.graph import Graph
    from graphsvc.views.names import Names
    from graphsvc.views.queries import Row


GRAPHS = view_query("origins/graphs")
RECORDS = view_query("origins/records")
DESCRIBED = view_query("origins/described")
GRAPH_METADATA = view_query("origins/said")
CONTENT = view_query("origins/content")
ANNOTATIONS = view_query("origins/annotations")
CLAIMS = view_query("origins/claims")

MOST_GRAPHS, MOST_CONTENT = 1000, 200
"""The most named graphs that are read, and the most statements of graphs on a page."""

_MOST_DESCRIBED = 200
"""The most graphs whose metadata a page shows."""

_MOST_ANNOTATED = 1000
"""The most facts of which reifiers are looked up."""

#: The graphs that the program makes itself.
_GENERATED = frozenset({"dataset", "examples", "inferred", DERIVATIONS, "editorial"})

#: The properties of each step of an inference.
_DERIVING = frozenset({RDF.predicate, PROV.wasDerivedFrom, DCTERMS.conformsTo})

_SCHEMA = Namespace("http://schema.org/")

_CREATORS = frozenset(
    {
        *(DCTERMS.creator, DC.creator, PROV.wasAttributedTo, PAV.createdBy, PAV.authoredBy),
        *(SCHEMA.author, _SCHEMA.author, SCHEMA.creator, _SCHEMA.creator),
    }
)
_DATES = frozenset(
    {
        *(DCTERMS.created, DCTERMS.issued, DCTERMS.date, DC.date, PROV.generatedAtTime),
        *(PAV.createdOn, SCHEMA.datePublished, _SCHEMA.datePublished),
        *(SCHEMA.dateCreated, _SCHEMA.dateCreated),
    }
)
_ORIGINS = frozenset(
    {
        *(DCTERMS.source, DC.source, PROV.wasDerivedFrom, PROV.hadPrimarySource),
        *(PAV.retrievedFrom, PAV.importedFrom),
    }
)


class Origins:
    """The kinds of sources that a graph has, read once.

    A property that the statistics of the graph do not count does not occur.
    """

    def __init__(self, graph: Graph) -> None:
        self._base = f"{graph.base}graph/"
        self._has_texts = bool(graph.texts.positions)
        self._passages = graph.texts.positions
        sizes = graph.property_sizes
        self.has_reifiers = RDF.reifies in sizes
        self.has_claims = WIKIBASE.rank in sizes
        self.has_publications = NP.hasAssertion in sizes
        records = RECORDS.bind({"graph": graph_iri(graph.base, DERIVATIONS)})
        self.has_derivations = sizes.keys() >= _DERIVING or bool(graph.rows(records).rows)
        self.has_notes = OA.hasTarget in sizes
        self.has_statements = RDF.predicate in sizes and bool(graph.rows(DESCRIBED.bind({})).rows)
        graphs = [row["graph"] for row in graph.rows(GRAPHS.bind({}))]
        self._graphs = frozenset(filter(self._is_informative, graphs))
        self._are_all = len(graphs) < MOST_GRAPHS

    def is_informative(self, graph: Term) -> bool:
        """Tell whether a graph is worth showing as a source: there are other graphs too."""
        return len(self._graphs) > 1 and self._is_informative(graph)

    def is_graph(self, term: Term) -> bool:
        """Tell whether a term is the name of a graph whose content is worth showing."""
        return self.is_informative(term) and (term in self._graphs or not self._are_all)

    def named(self, graph: Term, names: Names) -> Named:
        """Return a graph with its label, or with the name of its file."""
        name = names.labelled(graph)
        if name is None and isinstance(graph, NamedNode) and graph.value.startswith(self._base):
            name = Named(graph, unquote(graph.value.removeprefix(self._base)))
        return name or names[graph]

    def _is_informative(self, graph: Term) -> bool:
        if not isinstance(graph, NamedNode) or graph.value in self._passages:
            return False
        name = graph.value.removeprefix(self._base)
        return name == graph.value or not (self._has_texts or name in _GENERATED)


class Sources:
    """The metadata of the graphs that state the facts of a page."""

    def __init__(self, origins: Origins, rows: Iterable[Row] = ()) -> None:
        self._origins = origins
        self.rows = tuple(rows)
        self._rows: dict[Term, list[Row]] = defaultdict(list)
        for row in self.rows:
            self._rows[row["graph"]].append(row)
        self._sources: dict[Term, Source] = {}

    @classmethod
    def read(cls, graph: Graph, graphs: Iterable[Term]) -> Sources:
        """Read the metadata of those graphs that are worth showing."""
        informative = [each for each in dict.fromkeys(graphs) if graph.origins.is_informative(each)]
        query = GRAPH_METADATA.bind({"graph": informative[:_MOST_DESCRIBED]})
        return cls(graph.origins, graph.rows(query))

    def of(self, graphs: Iterable[Term], names: Names) -> tuple[Source, ...]:
        """Return the sources among some graphs, in the order of their names."""
        sources = (
            self._source(each, names) for each in graphs if self._origins.is_informative(each)
        )
        return tuple(
            sorted(sources, key=lambda source: (source.graph.label, str(source.graph.term)))
        )

    def _source(self, graph: Term, names: Names) -> Source:
        if graph not in self._sources:
            rows = self._rows.get(graph, ())
            published = next((row["publication"] for row in rows if "publication" in row), None)
            self._sources[graph] = Source(
                graph=self._origins.named(graph, names),
                publication=None if published is None else names[published],
                creators=_values(rows, _CREATORS, names),
                dates=_values(rows, _DATES, names),
                origins=_values(rows, _ORIGINS, names),
            )
        return self._sources[graph]


def _values(rows: Iterable[Row], properties: Collection[Term], names: Names) -> tuple[Named, ...]:
    values = dict.fromkeys(row["value"] for row in rows if row["property"] in properties)
    return tuple(names[value] for value in values if not isinstance(value, BlankNode))


class Annotations:
    """The annotations of the facts of a thing."""

    def __init__(self, rows: Iterable[tuple[Triple, Row]] = ()) -> None:
        self.rows: list[Row] = []
        self._rows: dict[Triple, dict[Term, list[Row]]] = defaultdict(lambda: defaultdict(list))
        for fact, row in rows:
            self.rows.append(row)
            self._rows[fact][row["statement"]].append(row)

    @classmethod
    def read(cls, graph: Graph, thing: NamedNode, facts: Iterable[Triple]) -> Annotations:
        """Read them, if the graph has annotations."""
        return cls(_annotations(graph, thing, facts))

    def of(self, fact: Triple, names: Names) -> tuple[Annotation, ...]:
        """Return the annotations of a fact, one for each of its statement nodes."""
        return tuple(
            Annotation(
                names[statement] if isinstance(statement, NamedNode) else None,
                tuple(_by_property(statement, rows, names)),
            )
            for statement, rows in self._rows.get(fact, {}).items()
        )


def annotable(facts: Iterable[Triple]) -> list[Triple]:
    """Return the facts that can be triple terms in a query, at most as many as one query takes."""
    named = (fact for fact in dict.fromkeys(facts) if not _has_blank(fact))
    return [*islice(named, _MOST_ANNOTATED)]


def _annotations(
    graph: Graph, thing: NamedNode, facts: Iterable[Triple]
) -> Iterator[tuple[Triple, Row]]:
    """Yield the rows about facts, each with its fact."""
    origins = graph.origins
    if not (origins.has_reifiers or origins.has_statements):
        return
    # The parameter needs a term even if the graph has no reifiers.
    named: Sequence[Term] = annotable(facts) if origins.has_reifiers else [thing]
    for row in graph.rows(ANNOTATIONS.bind({"fact": named, "thing": thing})):
        fact, prop = row.get("fact"), row.get("of")
        if isinstance(fact, Triple):
            yield fact, _with_written_form(graph, row)
        elif isinstance(prop, NamedNode) and origins.has_statements:
            yield Triple(thing, prop, row["object"]), _with_written_form(graph, row)


def _with_written_form(graph: Graph, row: Row) -> Row:
    """Return a row with the written form of its value."""
    subject, prop = row["subject"], row["property"]
    if not isinstance(subject, NamedNode | BlankNode) or not isinstance(prop, NamedNode):
        return row
    return {**row, "value": graph.forms.restore_value(Triple(subject, prop, row["value"]))}


def _by_property(
    statement: Term, rows: Sequence[Row], names: Names
) -> Iterator[tuple[Named, tuple[Named, ...]]]:
    nested = Nested(rows)
    by_property: dict[Term, list[Term]] = defaultdict(list)
    for row in rows:
        is_name = names[statement].label == getattr(row["value"], "value", None)
        is_kind = (row["property"], row["value"]) == (RDF.type, RDF.Statement)
        if row["subject"] == statement and not (is_name or is_kind):
            by_property[row["property"]].append(row["value"])
    for prop, values in by_property.items():
        yield names[prop], tuple(nested.named(value, names) for value in values)


def _has_blank(term: Term) -> bool:
    if isinstance(term, Triple):
        return _has_blank(term.subject) or _has_blank(term.object)
    return isinstance(term, BlankNode)
