"""Who says a fact, where that is no passage of a text: graphs, nanopublications, annotations.

What of these a graph has at all is read once. So a page asks for nothing that is nowhere.

    graphs       the named graphs
    described    whether statements are described, otherwise than as derivations
    said         what is said of some graphs, and of the nanopublications that they belong to
    content      what stands in some graphs
    annotations  what is said of facts: by reifiers, the way of RDF 1.2, and by descriptions of
                 statements, that of RDF 1.1
    claims       what the statement nodes of a thing say: the way of Wikidata
"""

from __future__ import annotations

from collections import defaultdict
from itertools import islice
from typing import TYPE_CHECKING, TypeAlias
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
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from graphsvc.store.base import Term
    from graphsvc.views.graph import Graph
    from graphsvc.views.names import Names

    Row: TypeAlias = Mapping[str, Term]

GRAPHS = view_query("origins/graphs")
RECORDS = view_query("origins/records")
DESCRIBED = view_query("origins/described")
SAID = view_query("origins/said")
CONTENT = view_query("origins/content")
ANNOTATIONS = view_query("origins/annotations")
CLAIMS = view_query("origins/claims")

MOST_GRAPHS, MOST_CONTENT = 1000, 200
"""How many named graphs are known by their names, and how many statements of some are shown."""

_MOST_DESCRIBED = 200
"""Of how many graphs a page tells what is said of them."""

_MOST_ANNOTATED = 1000
"""How many facts are looked up among what reifiers speak of."""

#: The graphs that the program makes itself.
_MADE = frozenset({"dataset", "examples", "inferred", DERIVATIONS, "editorial"})

#: What is said of each step of an inference.
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
    """Which of its sources a graph tells: it is read once.

    What the statistics of the graph do not count is nowhere asked for.
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
        found = [row["graph"] for row in graph.rows(GRAPHS.bind({}))]
        self._graphs = frozenset(filter(self._tells, found))
        self._are_all = len(found) < MOST_GRAPHS

    def tells(self, graph: Term) -> bool:
        """Tell whether it says something that a fact is in a graph: there are others."""
        return len(self._graphs) > 1 and self._tells(graph)

    def is_graph(self, term: Term) -> bool:
        """Tell whether a term is the name of a graph, and it says something what is in it."""
        return self.tells(term) and (term in self._graphs or not self._are_all)

    def named(self, graph: Term, names: Names) -> Named:
        """Return a graph under its label, or the name of its file."""
        found = names.labelled(graph)
        if found is None and isinstance(graph, NamedNode) and graph.value.startswith(self._base):
            found = Named(graph, unquote(graph.value.removeprefix(self._base)))
        return found or names[graph]

    def _tells(self, graph: Term) -> bool:
        if not isinstance(graph, NamedNode) or graph.value in self._passages:
            return False
        name = graph.value.removeprefix(self._base)
        return name == graph.value or not (self._has_texts or name in _MADE)


class Sources:
    """What is said of the graphs that state the facts of a page."""

    def __init__(self, origins: Origins, rows: Iterable[Row] = ()) -> None:
        self._origins = origins
        self.rows = tuple(rows)
        self._said: dict[Term, list[Row]] = defaultdict(list)
        for row in self.rows:
            self._said[row["graph"]].append(row)
        self._sources: dict[Term, Source] = {}

    @classmethod
    def read(cls, graph: Graph, graphs: Iterable[Term]) -> Sources:
        """Read what is said of those graphs among some that it says something to name."""
        told = [each for each in dict.fromkeys(graphs) if graph.origins.tells(each)]
        query = SAID.bind({"graph": told[:_MOST_DESCRIBED]})
        return cls(graph.origins, graph.rows(query))

    def of(self, graphs: Iterable[Term], names: Names) -> tuple[Source, ...]:
        """Return the sources among some graphs, in the order of their names."""
        told = (self._source(each, names) for each in graphs if self._origins.tells(each))
        return tuple(sorted(told, key=lambda source: (source.graph.label, str(source.graph.term))))

    def _source(self, graph: Term, names: Names) -> Source:
        if graph not in self._sources:
            rows = self._said.get(graph, ())
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
    found = dict.fromkeys(row["value"] for row in rows if row["property"] in properties)
    return tuple(names[value] for value in found if not isinstance(value, BlankNode))


class Annotations:
    """What is said of the facts of a thing themselves."""

    def __init__(self, rows: Iterable[tuple[Triple, Row]] = ()) -> None:
        self.rows: list[Row] = []
        self._said: dict[Triple, dict[Term, list[Row]]] = defaultdict(lambda: defaultdict(list))
        for fact, row in rows:
            self.rows.append(row)
            self._said[fact][row["statement"]].append(row)

    @classmethod
    def read(cls, graph: Graph, thing: NamedNode, facts: Iterable[Triple]) -> Annotations:
        """Read them, as far as the graph says something of facts."""
        return cls(_annotations(graph, thing, facts))

    def of(self, fact: Triple, names: Names) -> tuple[Annotation, ...]:
        """Return what is said of a fact, a statement of it after the other."""
        return tuple(
            Annotation(
                names[statement] if isinstance(statement, NamedNode) else None,
                tuple(_by_property(statement, rows, names)),
            )
            for statement, rows in self._said.get(fact, {}).items()
        )


def annotable(facts: Iterable[Triple]) -> list[Triple]:
    """Return the facts that a query can name as triple terms, no more than one query takes."""
    named = (fact for fact in dict.fromkeys(facts) if not _has_blank(fact))
    return [*islice(named, _MOST_ANNOTATED)]


def _annotations(
    graph: Graph, thing: NamedNode, facts: Iterable[Triple]
) -> Iterator[tuple[Triple, Row]]:
    """Yield what is said of facts, each row with its fact."""
    origins = graph.origins
    if not (origins.has_reifiers or origins.has_statements):
        return
    # Where nothing has reifiers, what is no fact stands for them.
    named: Sequence[Term] = annotable(facts) if origins.has_reifiers else [thing]
    for row in graph.rows(ANNOTATIONS.bind({"fact": named, "thing": thing})):
        fact, prop = row.get("fact"), row.get("of")
        if isinstance(fact, Triple):
            yield fact, _as_written(graph, row)
        elif isinstance(prop, NamedNode) and origins.has_statements:
            yield Triple(thing, prop, row["object"]), _as_written(graph, row)


def _as_written(graph: Graph, row: Row) -> Row:
    """Return a row with its value as a file has it."""
    subject, prop = row["subject"], row["property"]
    if not isinstance(subject, NamedNode | BlankNode) or not isinstance(prop, NamedNode):
        return row
    return {**row, "value": graph.forms.restore_value(Triple(subject, prop, row["value"]))}


def _by_property(
    statement: Term, rows: Sequence[Row], names: Names
) -> Iterator[tuple[Named, tuple[Named, ...]]]:
    nested = Nested(rows)
    said: dict[Term, list[Term]] = defaultdict(list)
    for row in rows:
        is_name = names[statement].label == getattr(row["value"], "value", None)
        is_kind = (row["property"], row["value"]) == (RDF.type, RDF.Statement)
        if row["subject"] == statement and not (is_name or is_kind):
            said[row["property"]].append(row["value"])
    for prop, values in said.items():
        yield names[prop], tuple(nested.named(value, names) for value in values)


def _has_blank(term: Term) -> bool:
    if isinstance(term, Triple):
        return _has_blank(term.subject) or _has_blank(term.object)
    return isinstance(term, BlankNode)
