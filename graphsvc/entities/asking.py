"""What each block of a page shows, as the SPARQL that gives just that, for people to read on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graphsvc.entities.asking_terms import AskingTerms
from graphsvc.entities.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from graphsvc.entities.catalogue import Catalogue
    from graphsvc.entities.model import Named
    from graphsvc.entities.neighbours import Ring
    from graphsvc.store.base import Term

_ABOUT = """
SELECT ?property ?value ?graph WHERE {
  GRAPH ?graph { $thing ?property ?value }
}
ORDER BY ?property ?value ?graph
"""

_STATED = """
SELECT ?subject ?property ?value WHERE {
  GRAPH $passage { ?subject ?property ?value }
}
ORDER BY ?subject ?property ?value
"""

# All that the passages between two places of a text state, with their words.
_TEXT = """
SELECT ?passage ?words ?subject ?property ?value WHERE {
  ?passage nif:referenceContext $text ; nif:beginIndex ?begin ; oa:exact ?words .
  FILTER(?begin >= $first && ?begin <= $last)
  OPTIONAL { GRAPH ?passage { ?subject ?property ?value } }
}
ORDER BY ?begin ?subject ?property ?value
"""

_COVERAGE = """
SELECT ?passage (COUNT(?subject) AS ?facts) WHERE {
  ?passage nif:referenceContext $text ; nif:beginIndex ?begin .
  FILTER(?begin >= $first && ?begin <= $last)
  OPTIONAL { GRAPH ?passage { ?subject ?property ?value } }
}
GROUP BY ?passage ?begin
ORDER BY ?begin
"""

_LEADING = """
SELECT DISTINCT ?thing WHERE {
  VALUES ?about { schema:about foaf:primaryTopic dcterms:subject }
  ?text ?about ?thing .
  FILTER EXISTS { ?passage nif:referenceContext ?text }
}
ORDER BY ?thing
"""

_ROOTS = """
SELECT DISTINCT ?thing WHERE { ?dataset a void:Dataset ; void:rootResource ?thing }
ORDER BY ?thing
"""

_TEXTS = """
SELECT ?text (COUNT(DISTINCT ?passage) AS ?passages) WHERE { ?passage nif:referenceContext ?text }
GROUP BY ?text
ORDER BY ?text
"""

_DATED = """
SELECT ?thing ?property ?when ?graph WHERE {
  %s
  GRAPH ?graph { ?thing ?property ?when }
  FILTER(DATATYPE(?when) IN (xsd:gYear, xsd:gYearMonth, xsd:date, xsd:dateTime))
  # What texts or editors say, not the records about files.
  FILTER(?graph = $editorial || EXISTS { ?graph nif:referenceContext ?text })
}
ORDER BY STR(?when) ?thing ?property ?graph
"""

_PLACED = """
SELECT DISTINCT ?thing ?property ?value WHERE {
  VALUES ?thing { $things }
  VALUES ?property { $properties }
  ?thing ?property ?value .
}
ORDER BY ?thing ?property ?value
"""

_AROUND = """
SELECT DISTINCT ?subject ?property ?value ?passage WHERE {
  {
    VALUES ?subject { $centre }%(others)s
    ?subject ?property ?other BIND(?other AS ?value)
    FILTER(?property != rdf:type)
  } UNION {
    VALUES ?value { $centre }%(others)s
    ?other ?property ?value BIND(?other AS ?subject)
    FILTER(?property != oa:hasTarget)
    FILTER NOT EXISTS { ?other rdf:predicate ?derived }
  }
  FILTER(isIRI(?other) && ?subject != ?value && STRSTARTS(STR(?other), $within))
  OPTIONAL {
    { GRAPH ?passage { ?subject ?property ?value } }
    UNION {
      # What rules alone reach rests on the passages from which it follows, in every way it does.
      ?derivation rdf:subject ?subject ; rdf:predicate ?property ; rdf:object ?value ;
        prov:wasDerivedFrom ?passage .
      FILTER NOT EXISTS {
        GRAPH ?stating { ?subject ?property ?value } FILTER(?stating != $inferred)
      }
    }
    ?passage oa:exact ?words
  }
}
ORDER BY ?property ?subject ?value ?passage
"""

_FOUND = """
SELECT ?thing ?class WHERE {
  VALUES ?thing { $things }
  OPTIONAL { ?thing a ?class }
}
"""

_SENTENCES = """
SELECT ?passage ?words WHERE {
  VALUES ?passage { $passages }
  ?passage oa:exact ?words .
}
"""


class Asking(AskingTerms):
    """The queries behind the blocks of the pages of one graph."""

    def __init__(self, catalogue: Catalogue, prefixes: Mapping[str, str]) -> None:
        super().__init__(catalogue, Wording(prefixes))
        self.shortened = self._wording.shortened

    def about(self, iri: str) -> str:
        """Return the query for all that is said of a thing, and in which graph."""
        return self._wording.query(_ABOUT, thing=NamedNode(iri))

    def stated(self, passage: str) -> str:
        """Return the query for what a passage states."""
        return self._wording.query(_STATED, passage=NamedNode(passage))

    def text(self, text: str, begins: Sequence[int]) -> str:
        """Return the query for what the passages of a page of a text state, and their words."""
        return self._wording.query(_TEXT, text=NamedNode(text), **_between(begins))

    def coverage(self, text: str, begins: Sequence[int]) -> str:
        """Return the query for how many facts each passage of a page of a text states."""
        return self._wording.query(_COVERAGE, text=NamedNode(text), **_between(begins))

    @property
    def leading(self) -> str:
        """Return the query for what the texts are about, or else for the roots of the dataset."""
        found = self._wording.query(_LEADING)
        return found if self._catalogue.store.select(found).rows else self._wording.query(_ROOTS)

    @property
    def texts(self) -> str:
        """Return the query for the texts, and how many passages each has."""
        return self._wording.query(_TEXTS)

    def dated(self, cls: str | None = None) -> str:
        """Return the query for the dated facts of all things, or of those of a class."""
        bound: dict[str, Term] = {"editorial": self._catalogue.editorial}
        bound |= {"class": NamedNode(cls)} if cls else {}
        return self._wording.query(_DATED % ("?thing a $class ." if cls else ""), **bound)

    def placed(self, things: Iterable[Named], properties: Iterable[Term]) -> str:
        """Return the query for what some things are placed on the map by."""
        return self._wording.query(
            _PLACED, things=[thing.term for thing in things], properties=properties
        )

    def around(self, ring: Ring) -> str:
        """Return the query for what stands around a thing, or for a page of it."""
        others = [one.thing.term for one in ring.neighbours]
        shown = "" if ring.is_whole else "\n    VALUES ?other { $others }"
        return self._wording.query(
            _AROUND % {"others": shown},
            centre=ring.centre.term,
            within=Literal(f"{self._catalogue.base}id/"),
            others=others,
            inferred=self._catalogue.inferred,
        )

    def found(self, iris: Iterable[str]) -> str:
        """Return the query for things that a search found, and their classes."""
        return self._wording.query(_FOUND, things=map(NamedNode, iris))

    def sentences(self, iris: Iterable[str]) -> str:
        """Return the query for the words of some passages."""
        return self._wording.query(_SENTENCES, passages=map(NamedNode, iris))


def _between(begins: Sequence[int]) -> dict[str, Term]:
    return {"first": Literal(min(begins)), "last": Literal(max(begins))}
