"""The classes of a graph that have things, as a tree, and the definition of all things."""

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
"""The most classes in the tree: those with the most things."""

_MACHINERY = (OWL, RDF, RDFS, SH, SKOSXL)

_THINGS = frozenset({OWL.Thing, OWL.NamedIndividual, RDFS.Resource})


class Classes:
    """The classes of a graph that have things, counted once for a release.

    ``counts`` has the main classes, ``everything`` selects their things, and ``untyped`` is the
    number of things without a class. If the graph has its own ontology, its classes are the main
    ones. Otherwise these are all classes except technical ones (vocabulary terms, shapes, lists);
    if there are no others, the technical ones count. If the counts ``are_sampled``, counting all
    things took too long, and there are more.
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
        """Return the classes of texts, notes, concepts and data, which come last in lists."""
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
        """Return the number of all things."""
        rows = self._graph.rows(Members(State(), self.everything).ask(TOTAL, {}))
        return next((as_int(row["things"]) or 0 for row in rows), sum(self.counts.values()))

    def tree(self, languages: str) -> tuple[ClassCount, ...]:
        """Return the classes, each under its closest superclass.

        Classes with most things come first, and classes of records last.
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
    """Return the things of a graph without an ontology, and their number by class."""
    description = graph_iri(graph.base, "dataset")
    rows = graph.rows(DESCRIBED.bind({"graph": description}))
    described = tuple(row["thing"] for row in rows if isinstance(row["thing"], NamedNode))
    # The parameter needs a term even if no thing is described.
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
    """Return the number of things without a class; the statistics tell whether to count them."""
    parts = len(graph.property_sizes) + len(graph.terms.classes)
    for row in graph.rows(TYPED.bind({"space": Literal(graph.base)})):
        typed, subjects = as_int(row["things"]) or 0, as_int(row.get("subjects"))
        if subjects is not None and subjects <= typed + parts:
            return 0
    rows = graph.rows(UNTYPED.bind({"parts": Literal(_parts(graph))}))
    return next((as_int(row["things"]) or 0 for row in rows), 0)


def _parts(graph: Graph) -> str:
    """Return the beginning of the IRIs of the dataset's partitions."""
    return f"{graph.base}dataset#"


def is_machinery(cls: Term) -> bool:
    """Tell whether a class is technical: its things only describe or encode others."""
    return any(cls in namespace for namespace in _MACHINERY) and cls not in _THINGS


def property_sizes(graph: Graph) -> Mapping[Term, int]:
    """Return the number of triples of each property, from the statistics or else counted."""
    queries = (SIZES, COUNTED, SAMPLED_PROPERTIES)
    sizes = (_by_property(graph.rows(query.bind({}))) for query in queries)
    return next(filter(None, sizes), {})


def _by_property(rows: Table) -> Mapping[Term, int]:
    return {row["property"]: as_int(row["triples"]) or 0 for row in rows if "property" in row}


def count_classes(graph: Graph, members: Members) -> dict[Term, int]:
    """Return the number of things of each class among some things."""
    return _by_class(graph.rows(members.ask(CLASSES, {})))


def _by_class(rows: Table) -> dict[Term, int]:
    return {
        row["kind"]: as_int(row["things"]) or 0
        for row in rows
        if isinstance(row.get("kind"), NamedNode)
    }


def _parents(totals: Mapping[Term, int], terms: Terms) -> Mapping[Term, Term | None]:
    """Return the class under which each class is shown; None is the top.

    Of several superclasses the one with the fewest things is the closest.
    """
    parents: dict[Term, Term | None] = {}
    for cls in sorted(totals, key=str):
        above = [each for each in terms.directly_above(cls) if each in totals and each != cls]
        above.sort(key=lambda each: (totals[each], str(each)))
        parents[cls] = next((each for each in above if not _leads(each, cls, parents)), None)
    return parents


def _leads(start: Term, goal: Term, parents: Mapping[Term, Term | None]) -> bool:
    """Tell whether ``goal`` is above ``start``: equivalent classes form cycles."""
    at: Term | None = start
    while at is not None:
        if at == goal:
            return True
        at = parents.get(at)
    return False
