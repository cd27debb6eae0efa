"""The graph at a glance: what it is, its texts, and how many things there are of each class."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graphsvc.entities.evidence import iri, place
from graphsvc.entities.labels import LABEL_CLAUSE, Labels, best, spelled
from graphsvc.entities.model import Dataset, Named, Text
from graphsvc.entities.prologue import PROLOGUE
from graphsvc.namespaces import graph_iri

if TYPE_CHECKING:
    from graphsvc.entities.catalogue import Catalogue
    from graphsvc.store.base import Term

_DATASET = (
    PROLOGUE
    + """
SELECT DISTINCT ?graph ?dataset ?space ?title ?description ?licence WHERE {
  GRAPH ?graph {
    ?dataset a void:Dataset ; void:uriSpace ?space .
    OPTIONAL { ?dataset dcterms:title ?title }
    OPTIONAL { ?dataset dcterms:description ?description }
    OPTIONAL { ?dataset dcterms:license ?licence }
  }
}
"""
)

_SPOKEN = (
    PROLOGUE
    + """
SELECT DISTINCT ?tag WHERE {
  VALUES ?labelling { rdfs:label skos:prefLabel dcterms:title foaf:name }
  ?thing ?labelling ?label .
  BIND(LANG(?label) AS ?tag)
}
"""
)

_LANGUAGE = (
    PROLOGUE
    + """
SELECT DISTINCT ?graph ?language WHERE {
  GRAPH ?graph { ?dataset a void:Dataset ; void:uriSpace ?space ; dcterms:language ?language }
}
"""
)

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


def dataset(catalogue: Catalogue, language: str = "en") -> Dataset:
    """Return what the graph as a whole is called: the void:Dataset whose IRIs are those here.

    https://www.w3.org/TR/void/#pattern
    """
    found: dict[Term, dict[str, set[Term]]] = defaultdict(lambda: defaultdict(set))
    bound = {"graph": graph_iri(catalogue.base, "dataset")}
    for row in catalogue.store.select(_DATASET, bound):
        if getattr(row["space"], "value", "") == catalogue.base:
            for name, term in row.items():
                found[row["dataset"]][name].add(term)
    node = min(found, key=str, default=None)
    if node is None:
        return Dataset(None, "Knowledge graph", "", None)
    said = found[node]
    licence = min(said["licence"], key=iri, default=None)
    return Dataset(
        iri=iri(node),
        title=best(said["title"], language) or "Knowledge graph",
        description=best(said["description"], language),
        licence=None if licence is None else iri(licence),
        licence_called=None if licence is None else catalogue.name(licence, language),
    )


def spoken(catalogue: Catalogue) -> frozenset[str]:
    """Return the tags of the languages in which the graph names things."""
    return frozenset(
        tag.value.lower()
        for row in catalogue.store.select(_SPOKEN)
        if isinstance(tag := row.get("tag"), Literal) and tag.value
    )


def written_in(catalogue: Catalogue) -> str:
    """Return the language in which the graph is written (``dcterms:language``), else English."""
    bound = {"graph": graph_iri(catalogue.base, "dataset")}
    said = [row["language"] for row in catalogue.store.select(_LANGUAGE, bound)]
    return min((term.value for term in said if isinstance(term, Literal)), default="en")


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
