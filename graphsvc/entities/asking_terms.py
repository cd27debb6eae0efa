"""What the page of the vocabulary shows, as the SPARQL that gives just that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from graphsvc.namespaces import graph_iri

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphsvc.entities.catalogue import Catalogue
    from graphsvc.entities.model import Named
    from graphsvc.entities.wording import Wording
    from graphsvc.store.base import Term

_USES = """
SELECT ?subject ?value WHERE { ?subject $property ?value }
ORDER BY ?subject ?value
"""

_TERMS = """
SELECT ?term ?label ?definition WHERE {
  VALUES ?term { $terms }
  GRAPH $ontology {
    ?term rdfs:label ?label .
    OPTIONAL { ?term skos:definition ?definition }
  }
}
ORDER BY ?label
"""

_LINKING = """
SELECT ?domain ?property ?range WHERE {
  VALUES ?property { $properties }
  GRAPH $ontology { ?property rdfs:domain ?domain ; rdfs:range ?range }
  FILTER(isIRI(?domain) && isIRI(?range))
}
ORDER BY ?domain ?range ?property
"""

_SUBCLASSES = """
SELECT DISTINCT ?class ?superclass WHERE {
  GRAPH $graph {
    VALUES ?kind { owl:Class rdfs:Class }
    ?class a ?kind ; rdfs:isDefinedBy $ontology .
    OPTIONAL { ?class rdfs:subClassOf ?superclass . ?superclass rdfs:isDefinedBy $ontology }
  }
  FILTER(isIRI(?class))
}
ORDER BY ?superclass ?class
"""

_BORROWED = """
SELECT DISTINCT ?term WHERE {
  GRAPH $graph {
    VALUES ?kind { $kinds }
    ?term a ?kind
    FILTER NOT EXISTS { ?term rdfs:isDefinedBy $ontology }
  }
  FILTER(isIRI(?term))
}
ORDER BY ?term
"""

_NAMESPACES = """
SELECT DISTINCT ?prefix ?namespace WHERE {
  GRAPH $graph { ?declared sh:prefix ?prefix ; sh:namespace ?namespace }
}
ORDER BY ?prefix
"""


class AskingTerms:
    """The queries behind the blocks about the terms of one ontology."""

    def __init__(self, catalogue: Catalogue, wording: Wording) -> None:
        self._catalogue = catalogue
        self._wording = wording
        self._ontology = graph_iri(catalogue.base, "ontology")

    def uses(self, prop: str) -> str:
        """Return the query for the facts of a property."""
        return self._wording.query(_USES, property=NamedNode(prop))

    def terms(self, terms: Iterable[Named]) -> str:
        """Return the query for terms of the ontology: what they are called, and their meaning."""
        return self._wording.query(
            _TERMS, terms=[term.term for term in terms], ontology=self._ontology
        )

    def linking(self, properties: Iterable[Named]) -> str:
        """Return the query for the classes that some properties link."""
        return self._wording.query(
            _LINKING, properties=[prop.term for prop in properties], ontology=self._ontology
        )

    @property
    def subclasses(self) -> str:
        """Return the query for the classes of the ontology, and those that each is under."""
        return self._wording.query(
            _SUBCLASSES, graph=self._ontology, ontology=self._catalogue.ontology
        )

    def borrowed(self, kinds: Iterable[Term]) -> str:
        """Return the query for the terms of these kinds that the ontology has from others."""
        return self._wording.query(
            _BORROWED, graph=self._ontology, ontology=self._catalogue.ontology, kinds=kinds
        )

    @property
    def namespaces(self) -> str:
        """Return the query for the prefixes that the ontology declares."""
        return self._wording.query(_NAMESPACES, graph=self._ontology)
