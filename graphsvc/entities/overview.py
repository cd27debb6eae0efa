"""The graph at a glance: what it is, its texts, and how many things there are of each class."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from graphsvc.entities.evidence import place
from graphsvc.entities.labels import LABEL_CLAUSE, Labels, best, spelled
from graphsvc.entities.model import ClassCount, Named, Text
from graphsvc.entities.prologue import PROLOGUE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphsvc.entities.catalogue import Catalogue
    from graphsvc.store.base import Term

_ROOTS = (
    PROLOGUE
    + f"""
SELECT DISTINCT ?thing ?rank ?label WHERE {{
  ?dataset a void:Dataset ; void:rootResource ?thing .
  OPTIONAL {{ {LABEL_CLAUSE} }}
}}
"""
)

_SUBJECTS = (
    PROLOGUE
    + f"""
SELECT DISTINCT ?thing ?rank ?label WHERE {{
  {{ SELECT DISTINCT ?text WHERE {{ ?passage nif:referenceContext ?text }} }}
  VALUES ?about {{ schema:about foaf:primaryTopic dcterms:subject }}
  ?text ?about ?thing .
  OPTIONAL {{ {LABEL_CLAUSE} }}
}}
"""
)

_TEXTS = (
    PROLOGUE
    + """
SELECT ?text (COUNT(DISTINCT ?passage) AS ?count) WHERE { ?passage nif:referenceContext ?text }
GROUP BY ?text
"""
)

_TEXT_WORDS = (
    PROLOGUE
    + f"""
SELECT DISTINCT ?thing ?rank ?label ?description WHERE {{
  {{ SELECT DISTINCT ?thing WHERE {{ ?passage nif:referenceContext ?thing }} }}
  {LABEL_CLAUSE}
  OPTIONAL {{ ?thing dcterms:description ?description }}
}}
"""
)

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


def leading(catalogue: Catalogue, language: str = "en") -> list[Named]:
    """Return the things that the graph is about, in the order of their labels.

    That is what the texts are about; if nothing says that, the roots of the dataset
    (https://www.w3.org/TR/void/#root-resource).
    """
    for query in (_SUBJECTS, _ROOTS):
        rows = list(catalogue.store.select(query))
        labels = Labels.read(row for row in rows if "label" in row)
        found = {row["thing"] for row in rows if isinstance(row["thing"], NamedNode)}
        if found:
            named = [labels.name(thing, language) or spelled(thing) for thing in found]
            return sorted(named, key=lambda entry: entry.label)
    return []


def texts(catalogue: Catalogue, language: str = "en") -> list[Text]:
    """Return the source texts, each with the number of its passages."""
    words = list(catalogue.store.select(_TEXT_WORDS))
    labels = Labels.read(words)
    descriptions: dict[Term, list[Term]] = defaultdict(list)
    for row in words:
        descriptions[row["thing"]] += [row["description"]] if "description" in row else []
    found = [
        Text(
            document=labels.name(row["text"], language) or spelled(row["text"]),
            description=best(descriptions[row["text"]], language),
            passages=place(row["count"]) or 0,
        )
        for row in catalogue.store.select(_TEXTS)
        if "text" in row
    ]
    return sorted(found, key=lambda text: text.document.label)


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
