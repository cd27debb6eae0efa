"""What each block of a page shows, as the SPARQL that gives just that, for people to read on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graphsvc.entities.asking_terms import AskingTerms
from graphsvc.entities.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from graphsvc.entities.catalogue import Catalogue
    from graphsvc.entities.neighbours import Ring

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
