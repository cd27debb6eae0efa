"""What signposts tell of a thing: its types, its licence, its authors, its parts and its whole.

https://signposting.org/FAIR/
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graphsvc.entities.prologue import PROLOGUE

if TYPE_CHECKING:
    from graphsvc.entities.catalogue import Catalogue
    from graphsvc.entities.model import Dataset
    from graphsvc.store.base import Term

_SIGNS = (
    PROLOGUE
    + """
SELECT DISTINCT ?entity ?sign ?target WHERE {
  { ?entity rdf:type ?target BIND("type" AS ?sign) }
  UNION { ?entity dcterms:license|schema:license ?target BIND("license" AS ?sign) }
  UNION { ?entity dcterms:creator|schema:author ?target BIND("author" AS ?sign) }
  UNION { ?entity nif:referenceContext ?target BIND("collection" AS ?sign) }
  UNION { ?target nif:referenceContext ?entity ; nif:beginIndex ?begin BIND("item" AS ?sign) }
  FILTER(isIRI(?target))
}
ORDER BY ?sign ?begin ?target
"""
)

_TEXTS = PROLOGUE + "SELECT DISTINCT ?text WHERE { ?passage nif:referenceContext ?text }"


@dataclass(frozen=True, slots=True)
class Signs:
    """The IRIs to which each relation leads from a thing."""

    types: tuple[str, ...] = ()
    licences: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    collections: tuple[str, ...] = ()
    items: tuple[str, ...] = ()


def signs(catalogue: Catalogue, dataset: Dataset, iri: str) -> Signs:
    """Return the signs of a thing.

    A passage is an item of its text, a text one of the dataset, and everything else is in the
    dataset too. The licence of a document is the dataset's unless the thing has one of its own.
    """
    found: dict[str, list[str]] = {
        name: [] for name in ("type", "license", "author", "collection", "item")
    }
    for row in catalogue.store.select(_SIGNS, {"entity": NamedNode(iri)}):
        found[_words(row["sign"])].append(_words(row["target"]))
    if iri == dataset.iri:
        texts = catalogue.store.select(_TEXTS)
        found["item"] += sorted(_words(row["text"]) for row in texts)
    elif not found["collection"] and dataset.iri:
        found["collection"].append(dataset.iri)
    return Signs(
        types=tuple(found["type"]),
        licences=tuple(found["license"] or filter(None, [dataset.licence])),
        authors=tuple(found["author"]),
        collections=tuple(found["collection"]),
        items=tuple(found["item"]),
    )


def _words(term: Term) -> str:
    """Return an IRI, or the words of a literal."""
    return term.value if isinstance(term, NamedNode | Literal) else str(term)
