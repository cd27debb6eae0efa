"""The graph at a glance: what it is, its texts, and how many things there are of each class."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from graphsvc.entities.evidence import place
from graphsvc.entities.model import ClassCount
from graphsvc.entities.prologue import PROLOGUE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphsvc.entities.catalogue import Catalogue
    from graphsvc.store.base import Term

_CLASS_COUNTS = (
    PROLOGUE
    + """
SELECT ?ontology ?class (COUNT(DISTINCT ?thing) AS ?count) WHERE {
  ?class rdfs:isDefinedBy ?ontology .
  ?thing a ?class .
}
GROUP BY ?ontology ?class
"""
)

_HIERARCHY = (
    PROLOGUE
    + """
SELECT DISTINCT ?ontology ?class ?super WHERE {
  ?class rdfs:isDefinedBy ?ontology ; rdfs:subClassOf ?super .
  ?super rdfs:isDefinedBy ?ontology .
}
"""
)


def classes(catalogue: Catalogue, language: str = "en") -> tuple[ClassCount, ...]:
    """Return the classes of the ontology that have members, as the tree of their subclasses."""
    bound = {"ontology": catalogue.ontology}
    counts = {
        row["class"]: place(row["count"]) or 0
        for row in catalogue.store.select(_CLASS_COUNTS, bound)
        if isinstance(row.get("class"), NamedNode)
    }
    children: dict[Term | None, list[Term]] = defaultdict(list)
    for cls, parent in _parents(catalogue, counts).items():
        children[parent].append(cls)

    def branch(parent: Term | None) -> tuple[ClassCount, ...]:
        found = (
            ClassCount(
                cls=catalogue.term(cls, language),
                definition=catalogue.definition(cls, language),
                count=counts[cls],
                subclasses=branch(cls),
            )
            for cls in children[parent]
        )
        return tuple(sorted(found, key=lambda entry: entry.cls.label))

    return branch(None)


def _parents(catalogue: Catalogue, counts: Mapping[Term, int]) -> dict[Term, Term | None]:
    """Return the one class under which each class with members is shown; None is the top.

    Of several superclasses the one with the fewest members is the closest.
    """
    above: dict[Term, set[Term]] = {cls: set() for cls in counts}
    bound = {"ontology": catalogue.ontology}
    for row in catalogue.store.select(_HIERARCHY, bound):
        if row["class"] in counts and row["super"] in counts and row["class"] != row["super"]:
            above[row["class"]].add(row["super"])
    parents: dict[Term, Term | None] = {}
    for cls in sorted(above, key=str):
        candidates = sorted(above[cls], key=lambda term: (counts[term], str(term)))
        parents[cls] = next((term for term in candidates if not _leads(term, cls, parents)), None)
    return parents


def _leads(start: Term, goal: Term, parents: Mapping[Term, Term | None]) -> bool:
    """Tell whether the way up from ``start`` comes to ``goal``: equivalent classes form rings."""
    at: Term | None = start
    while at is not None:
        if at == goal:
            return True
        at = parents.get(at)
    return False
