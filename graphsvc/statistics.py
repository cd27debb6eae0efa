"""VoID statistics of a graph: https://www.w3.org/TR/void/#statistics.

They are counted in one pass, and include themselves: they are true for the release that contains
them. Every partition has an IRI, a fragment of the dataset's.
"""

from __future__ import annotations

import re
from collections import Counter
from hashlib import sha256
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode, Quad, Store

from graphsvc.namespaces import DERIVATIONS, RDF, RDFS, VOID, XSD, graph_iri, namespace_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from graphsvc.store.base import Term

#: The statistics count themselves, so they are computed again until they are stable. Their
#: structure is stable after three rounds; a number that is new as an object may take some more.
_MOST_ROUNDS = 20


class Tally:
    """Counts a stream of quads. It stores a number for each distinct triple.

    Terms count as different if they are different in the store, so that a query counts the same.

    ``base`` is that of the graph; its things are under ``<base>id/``, or else everything with an
    IRI; ``passages`` are the passages of its texts, each of which is a graph.
    """

    def __init__(self, base: str, passages: AbstractSet[Term] = frozenset()) -> None:
        self.base = base
        self._passages_of_texts = passages
        # These are compared with millions of quads, so they are created once.
        self._own = f"{base}id/"
        self._own_graphs = graph_iri(base, "").value
        self._dataset = graph_iri(base, "dataset")
        self._derivations = graph_iri(base, DERIVATIONS)
        self.graphs: Counter[NamedNode] = Counter()
        self.passages = 0
        self.by_property: Counter[NamedNode] = Counter()
        self.by_class: Counter[NamedNode] = Counter()
        self.subjects: set[int] = set()
        self.objects: set[int] = set()
        self._things: set[int] = set()
        self._with_iris: set[int] = set()
        self._things_as_graphs: set[NamedNode] = set()
        self._numbers: dict[Term, int] = {}
        self._as_stored = _StoredTerms()
        self._triples: set[int] = set()
        self._cited: set[int] = set()
        self._described: set[Quad] = set()

    @property
    def triples(self) -> int:
        """Return how many distinct triples there are, whatever graphs they stand in."""
        return len(self._triples)

    @property
    def cited(self) -> int:
        """Return how many distinct triples the passages state."""
        return len(self._cited)

    @property
    def entities(self) -> int:
        """Return how many things of the graph are the subject of a triple."""
        return len(self._things or self._with_iris)

    @property
    def datasets(self) -> dict[NamedNode, int]:
        """Return the graphs with the number of their quads.

        If a thing has a graph with the thing's own IRI, the IRI means the thing: it cannot describe
        the graph.
        """
        return {
            graph: count
            for graph, count in self.graphs.items()
            if graph not in self._things_as_graphs
        }

    def add(self, quad: Quad) -> None:
        """Count a quad; duplicates are counted twice."""
        if quad.graph_name == self._derivations:
            # It is not in the default graph.
            self.graphs[self._derivations] += 1
            return
        node, predicate, value = quad.subject, quad.predicate, quad.object
        subject, other = self._number(node), self._number(value)
        triple = (subject << 80) | (self._number(predicate) << 40) | other
        self._count_graph(quad, node, triple)
        if triple in self._triples:
            return
        self._triples.add(triple)
        self.objects.add(other)
        self.by_property[predicate] += 1
        if predicate == RDF.type and isinstance(value, NamedNode):
            self.by_class[value] += 1
        if subject not in self.subjects:
            self._count_subject(node, subject)

    def holds(self, quad: Quad) -> bool:
        """Tell whether the graph that describes the dataset has this quad already."""
        return quad in self._described

    def knows(self, term: Term, numbers: set[int]) -> bool:
        """Tell whether a term is among the subjects or objects whose numbers are given."""
        return self._numbers.get(term) in numbers

    def _count_subject(self, node: Term, number: int) -> None:
        self.subjects.add(number)
        if isinstance(node, NamedNode):
            self._with_iris.add(number)
            if node.value.startswith(self._own):
                self._things.add(number)

    def _count_graph(self, quad: Quad, subject: Term, triple: int) -> None:
        graph = quad.graph_name
        if not isinstance(graph, NamedNode):
            return
        if graph in self._passages_of_texts:
            self._cited.add(triple)
            return
        if graph == subject and not graph.value.startswith(self._own_graphs):
            self._things_as_graphs.add(graph)
        if graph == self._dataset:
            self._described.add(quad)
        self.graphs[graph] += 1

    def _number(self, term: Term) -> int:
        number = self._numbers.get(term)
        if number is None:
            stored = self._as_stored.term(term)
            number = self._numbers.setdefault(stored, len(self._numbers))
            self._numbers[term] = number
        return number


class _StoredTerms:
    """Maps terms to those that the engine stores.

    The engine stores the values of numbers, dates and the like, not their forms: "01" and an
    xsd:int are stored as the xsd:integer 1.
    """

    def __init__(self) -> None:
        self._node = NamedNode("urn:any")

    def term(self, term: Term) -> Term:
        if not isinstance(term, Literal) or term.datatype in (XSD.string, RDF.langString):
            return term
        # Each term gets a new store: a store in memory still scans removed quads.
        store = Store()
        store.add(Quad(self._node, self._node, term))
        stored: Quad
        (stored,) = store
        return stored.object


def describe(tally: Tally, datasets: Sequence[NamedNode]) -> list[Quad]:
    """Return the statistics about each of the datasets."""
    statistics: list[Quad] = []
    for _ in range(_MOST_ROUNDS):
        before, statistics = statistics, _statistics(tally, statistics, datasets)
        if statistics == before:
            break
    return statistics


def _statistics(tally: Tally, before: Sequence[Quad], datasets: Sequence[NamedNode]) -> list[Quad]:
    """Return the statistics of the quads and of the previous statistics."""
    graph = graph_iri(tally.base, "dataset")
    figures = _Figures(tally, before)
    quads = [
        Quad(subject, predicate, value, graph)
        for dataset in datasets
        for subject, predicate, value in figures.about(dataset)
    ]
    return [quad for quad in dict.fromkeys(quads) if not tally.holds(quad)]


class _Figures:
    """The figures of the counted quads and of some quads about the dataset."""

    def __init__(self, tally: Tally, added: Sequence[Quad]) -> None:
        self._tally = tally
        self._triples = tally.triples + len(added)
        self._subjects = len(tally.subjects) + _new(tally, tally.subjects, _subjects(added))
        self._objects = len(tally.objects) + _new(tally, tally.objects, _objects(added))
        self._properties = tally.by_property + Counter(quad.predicate for quad in added)
        self._classes = tally.by_class + Counter(
            quad.object
            for quad in added
            if quad.predicate == RDF.type and isinstance(quad.object, NamedNode)
        )
        self._graphs = Counter(tally.datasets)
        self._graphs[graph_iri(tally.base, "dataset")] += len(added)

    def about(self, dataset: NamedNode) -> Iterator[tuple[NamedNode, NamedNode, Term]]:
        """Yield the statistics of a dataset as triples."""
        for predicate, count in {
            VOID.triples: self._triples,
            VOID.entities: self._tally.entities,
            VOID.classes: len(self._classes),
            VOID.properties: len(self._properties),
            VOID.distinctSubjects: self._subjects,
            VOID.distinctObjects: self._objects,
        }.items():
            yield dataset, predicate, _integer(count)
        for vocabulary in sorted({*map(_space, self._properties), *map(_space, self._classes)}):
            yield dataset, VOID.vocabulary, NamedNode(vocabulary)
        yield from self._parts(dataset)
        yield from self._subsets(dataset)

    def _parts(self, dataset: NamedNode) -> Iterator[tuple[NamedNode, NamedNode, Term]]:
        kinds = (
            ("property", VOID.propertyPartition, VOID.property, VOID.triples, self._properties),
            ("class", VOID.classPartition, VOID["class"], VOID.entities, self._classes),
        )
        for kind, has_part, of, counts, counted in kinds:
            names = _names(counted, self._tally.base)
            for term, name in sorted(names.items(), key=lambda pair: pair[0].value):
                part = NamedNode(f"{dataset.value}#{kind}-{name}")
                yield dataset, has_part, part
                yield part, of, term
                yield part, counts, _integer(counted[term])

    def _subsets(self, dataset: NamedNode) -> Iterator[tuple[NamedNode, NamedNode, Term]]:
        for graph, count in sorted(self._graphs.items(), key=lambda pair: pair[0].value):
            yield dataset, VOID.subset, graph
            yield graph, RDF.type, VOID.Dataset
            yield graph, VOID.triples, _integer(count)
        if not self._tally.cited:
            return
        passages = NamedNode(f"{dataset.value}#passages")
        yield dataset, VOID.subset, passages
        yield passages, RDF.type, VOID.Dataset
        yield passages, RDFS.label, Literal("What the passages state", language="en")
        yield passages, VOID.triples, _integer(self._tally.cited)


def _subjects(quads: Iterable[Quad]) -> set[Term]:
    return {quad.subject for quad in quads}


def _objects(quads: Iterable[Quad]) -> set[Term]:
    return {quad.object for quad in quads}


def _new(tally: Tally, numbers: set[int], terms: set[Term]) -> int:
    return sum(not tally.knows(term, numbers) for term in terms)


def _integer(count: int) -> Literal:
    return Literal(str(count), datatype=XSD.integer)


def _space(term: NamedNode) -> str:
    """Return the namespace of a term: all up to its last # or /, or else up to its last colon."""
    return namespace_of(term.value) or term.value[: term.value.rfind(":") + 1]


def _names(terms: Iterable[NamedNode], base: str) -> dict[NamedNode, str]:
    """Return a name for each term: the end of its IRI, and a digest if two have the same end.

    The digest leaves the graph's base out, so that another base changes no more than itself.
    """
    ends = {term: re.sub(r"[^\w.-]", "-", term.value[len(_space(term)) :]) for term in terms}
    often = Counter(ends.values())
    return {
        term: end if end and often[end] == 1 else _unlike(end, term.value.removeprefix(base))
        for term, end in ends.items()
    }


def _unlike(end: str, whole: str) -> str:
    return f"{end}-{sha256(whole.encode()).hexdigest()[:8]}".lstrip("-")
