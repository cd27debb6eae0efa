"""The classes of a graph that have things, as a tree, and what a collection of everything has."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graphsvc.namespaces import OWL, RDF, RDFS, RECORDS, SH, SKOSXL, graph_iri
from graphsvc.views.collection.members import Everything, Members
from graphsvc.views.collection.state import State
from graphsvc.views.labels import alike
from graphsvc.views.model import ClassCount
from graphsvc.views.queries import view_query
from graphsvc.views.values import as_int

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphsvc.store.base import Table, Term
    from graphsvc.views.graph import Graph
    from graphsvc.views.terms import Terms

CLASSES = view_query("collection/classes")
EVERY_CLASS = view_query("collection/every-class")
DEFINED = view_query("collection/defined")
DESCRIBED = view_query("collection/described")
NAMELESS = view_query("collection/nameless")
TYPED = view_query("collection/typed")
UNTYPED = view_query("collection/untyped")
TOTAL = view_query("collection/total")
SIZES = view_query("collection/sizes")
COUNTED = view_query("collection/counted")
PASSAGES = view_query("collection/passage-classes")
SAMPLED = view_query("collection/sampled")
SAMPLED_PROPERTIES = view_query("collection/sampled-properties")

MOST_CLASSES = 200
"""How many classes the tree has: of more, those with the most things."""

_MACHINERY = (OWL, RDF, RDFS, SH, SKOSXL)

_THINGS = frozenset({OWL.Thing, OWL.NamedIndividual, RDFS.Resource})


class Classes:
    """The classes of a graph that have things; they are counted once for a release.

    ``counts`` has those that the graph is about, ``everything`` says which things these have, and
    ``untyped`` how many have no class at all. Where the graph has an ontology of its own these are
    its classes. Otherwise they are all but those of machinery: of the terms of a vocabulary, of
    shapes, of lists. If there is nothing else, these are what the graph is about. If they
    ``are_sampled``, it took too long to count all things, and there are more.
    """

    def __init__(self, graph: Graph) -> None:
        ontology = NamedNode(f"{graph.base}ontology")
        defined = {row["class"] for row in graph.rows(DEFINED.bind({"ontology": ontology}))}
        nameless = graph.rows(NAMELESS.bind({})) if defined else ()
        own = Everything(ontology=ontology, mixed=frozenset(row["class"] for row in nameless))
        counts = count_classes(graph, Members(State(), own)) if defined else {}
        self.counts: Mapping[Term, int] = {
            cls: things for cls, things in counts.items() if cls in defined
        }
        self.is_defined = bool(self.counts)
        self.everything, self.untyped, self.are_sampled = own, 0, False
        if not self.is_defined:
            self.untyped = _untyped(graph)
            self.everything, self.counts = _in_use(graph)
            self.are_sampled = graph.is_incomplete and bool(self.counts)
        self.query = Members(State(), self.everything).ask(CLASSES, {})
        self.more = max(0, len(self.counts) - MOST_CLASSES)
        self._graph = graph
        self._terms = graph.terms
        self._children: dict[Term | None, list[Term]] = defaultdict(list)
        most = sorted(self.counts, key=lambda cls: (-self.counts[cls], str(cls)))[:MOST_CLASSES]
        totals = {cls: self.counts[cls] for cls in most}
        for cls, parent in _parents(totals, graph.terms).items():
            self._children[parent].append(cls)
        self.records = self._of_records()

    def _of_records(self) -> tuple[NamedNode, ...]:
        """Return the classes of texts, notes, concepts and data: lists have them after the rest."""
        rows = self._graph.rows(PASSAGES.bind({}))
        passages = {row["kind"]: as_int(row["things"]) for row in rows if "kind" in row}
        return tuple(
            cls
            for cls, things in self.counts.items()
            if isinstance(cls, NamedNode)
            and (
                passages.get(cls) == things
                or not RECORDS.isdisjoint((cls, *self._terms.superclasses(cls)))
            )
        )

    @cached_property
    def total(self) -> int:
        """Return how many things there are in all."""
        rows = self._graph.rows(Members(State(), self.everything).ask(TOTAL, {}))
        return next((as_int(row["things"]) or 0 for row in rows), sum(self.counts.values()))

    def tree(self, languages: str) -> tuple[ClassCount, ...]:
        """Return the classes, each under the closest of those above it.

        Those with most things stand first, but those of records after those of the world.
        """
        names = {
            cls: self._terms.named(cls, languages)
            for children in self._children.values()
            for cls in children
        }
        twins, shorten = alike(names.values()), self._graph.naming.prefixes.shorten

        def under(parent: Term | None) -> tuple[ClassCount, ...]:
            entries = (
                ClassCount(
                    cls=names[cls],
                    definition=self._terms.definition(cls, languages),
                    count=self.counts[cls],
                    subclasses=under(cls),
                    is_record=cls in self.records,
                    disambiguation=shorten(names[cls].iri or "") if cls in twins else "",
                )
                for cls in self._children.get(parent, ())
            )
            return tuple(sorted(entries, key=_rank))

        return under(None)


def _rank(entry: ClassCount) -> tuple[bool, int, str]:
    return (entry.is_record, -entry.most, entry.cls.label)


def _in_use(graph: Graph) -> tuple[Everything, Mapping[Term, int]]:
    """Return which things there are where no ontology says it, and how many of each class."""
    description = graph_iri(graph.base, "dataset")
    rows = graph.rows(DESCRIBED.bind({"graph": description}))
    described = tuple(row["thing"] for row in rows if isinstance(row["thing"], NamedNode))
    # There has to be something that is left out, even if nothing is described.
    counts = _by_class(graph.rows(EVERY_CLASS.bind({"thing": described or description})))
    if graph.is_incomplete and not counts:
        counts = _by_class(graph.rows(SAMPLED.bind({})))
    apart = tuple(cls for cls in counts if isinstance(cls, NamedNode) and is_machinery(cls))
    if len(apart) == len(counts):
        apart = ()
    members = graph.terms.members
    mixed = frozenset(cls for cls in graph.terms.classes if members(cls) != counts.get(cls, 0))
    counts = {cls: things for cls, things in counts.items() if cls not in apart}
    everything = Everything(
        apart=apart,
        described=described,
        parts=_parts(graph),
        is_typed=bool(counts),
        mixed=mixed,
    )
    return everything, counts


def _untyped(graph: Graph) -> int:
    """Return how many things have no class; they are counted if the statistics leave any."""
    parts = len(graph.property_sizes) + len(graph.terms.classes)
    for row in graph.rows(TYPED.bind({"space": Literal(graph.base)})):
        typed, subjects = as_int(row["things"]) or 0, as_int(row.get("subjects"))
        if subjects is not None and subjects <= typed + parts:
            return 0
    rows = graph.rows(UNTYPED.bind({"parts": Literal(_parts(graph))}))
    return next((as_int(row["things"]) or 0 for row in rows), 0)


def _parts(graph: Graph) -> str:
    """Return how the IRIs begin of the parts of the dataset, by class and by property."""
    return f"{graph.base}dataset#"


def is_machinery(cls: Term) -> bool:
    """Tell whether the things of a class only serve to describe or to write down others."""
    return any(cls in namespace for namespace in _MACHINERY) and cls not in _THINGS


def property_sizes(graph: Graph) -> Mapping[Term, int]:
    """Return how many triples each property has: as the graph says, or else as they are counted."""
    queries = (SIZES, COUNTED, SAMPLED_PROPERTIES)
    sizes = (_by_property(graph.rows(query.bind({}))) for query in queries)
    return next(filter(None, sizes), {})


def _by_property(rows: Table) -> Mapping[Term, int]:
    return {row["property"]: as_int(row["triples"]) or 0 for row in rows if "property" in row}


def count_classes(graph: Graph, members: Members) -> dict[Term, int]:
    """Return how many of some things are of each class."""
    return _by_class(graph.rows(members.ask(CLASSES, {})))


def _by_class(rows: Table) -> dict[Term, int]:
    return {
        row["kind"]: as_int(row["things"]) or 0
        for row in rows
        if isinstance(row.get("kind"), NamedNode)
    }


def _parents(totals: Mapping[Term, int], terms: Terms) -> Mapping[Term, Term | None]:
    """Return the one class under which each class is shown; None is the top.

    Of several classes above it the one with the fewest things is the closest.
    """
    parents: dict[Term, Term | None] = {}
    for cls in sorted(totals, key=str):
        above = [each for each in terms.directly_above(cls) if each in totals and each != cls]
        above.sort(key=lambda each: (totals[each], str(each)))
        parents[cls] = next((each for each in above if not _leads(each, cls, parents)), None)
    return parents


def _leads(start: Term, goal: Term, parents: Mapping[Term, Term | None]) -> bool:
    """Tell whether the way up from ``start`` comes to ``goal``: equivalent classes form rings."""
    at: Term | None = start
    while at is not None:
        if at == goal:
            return True
        at = parents.get(at)
    return False
