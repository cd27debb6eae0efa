"""The classes of a graph that have things, as a tree, and what a collection of everything has."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from graphsvc.views.collection.members import Members
from graphsvc.views.collection.state import State
from graphsvc.views.model import ClassCount
from graphsvc.views.queries import view_query
from graphsvc.views.values import as_int

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphsvc.store.base import Term
    from graphsvc.views.graph import Graph
    from graphsvc.views.terms import Terms

CLASSES = view_query("collection/classes")
DEFINED = view_query("collection/defined")
SIZES = view_query("collection/sizes")


class Classes:
    """The classes of a graph that have things; they are counted once for a release."""

    def __init__(self, graph: Graph) -> None:
        defined = {row["class"] for row in graph.rows(DEFINED.bind({}))}
        counted = count_classes(graph, Members(State(), is_defined=bool(defined)))
        own = {cls: things for cls, things in counted.items() if cls in defined}
        self.is_defined = bool(own)
        if not own:
            own = count_classes(graph, Members(State(), is_defined=False))
        self.query = Members(State(), self.is_defined).ask(CLASSES, {})
        self.counts: Mapping[Term, int] = own
        self._terms = graph.terms
        self._children: dict[Term | None, list[Term]] = defaultdict(list)
        for cls, parent in _parents(own, graph.terms).items():
            self._children[parent].append(cls)

    def tree(self, languages: str, parent: Term | None = None) -> tuple[ClassCount, ...]:
        """Return the classes, each under the closest of those above it."""
        entries = (
            ClassCount(
                cls=self._terms.called(cls, languages),
                definition=self._terms.definition(cls, languages),
                count=self.counts[cls],
                subclasses=self.tree(languages, cls),
            )
            for cls in self._children.get(parent, ())
        )
        return tuple(sorted(entries, key=lambda entry: entry.cls.label))


def property_sizes(graph: Graph) -> Mapping[Term, int]:
    """Return how many triples each property has, where the graph says so."""
    rows = (row for row in graph.rows(SIZES.bind({})) if "property" in row)
    return {row["property"]: as_int(row["triples"]) or 0 for row in rows}


def count_classes(graph: Graph, members: Members) -> dict[Term, int]:
    """Return how many of some things are of each class."""
    return {
        row["kind"]: as_int(row["things"]) or 0
        for row in graph.rows(members.ask(CLASSES, {}))
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
