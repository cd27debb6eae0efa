"""What each block of a page shows, as the SPARQL that gives just that, for people to read on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graphsvc.entities.wording import Wording
from graphsvc.namespaces import GENERALISING, LDQD

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from graphsvc.entities.catalogue import Catalogue
    from graphsvc.entities.model import Entity, Group, Incoming, Named
    from graphsvc.entities.neighbours import Ring
    from graphsvc.store.base import Term

_ABOUT = """
SELECT ?property ?value ?graph WHERE {
  GRAPH ?graph { $thing ?property ?value }
}
ORDER BY ?property ?value ?graph
"""

_FACTS = "VALUES ?property { $every } GRAPH ?graph { $thing ?property ?value }"

# A fact that rules alone reach, each by what a more special property says.
_RESTATING = f"""
    ?step rdf:subject $thing ; rdf:predicate ?property ; rdf:object ?value ;
      dcterms:conformsTo {GENERALISING} .
    FILTER NOT EXISTS {{
      ?other rdf:subject $thing ; rdf:predicate ?property ; rdf:object ?value .
      FILTER NOT EXISTS {{ ?other dcterms:conformsTo {GENERALISING} }}
    }}
    FILTER NOT EXISTS {{
      GRAPH ?source {{ $thing ?property ?value }}
      FILTER(?source = $editorial || EXISTS {{ ?source oa:exact ?words }})
    }}"""

_TELLING_FACTS = f"""VALUES ?property {{ $telling }} GRAPH ?graph {{ $thing ?property ?value }}
    # Not what only says more generally what a more special property says.
    FILTER NOT EXISTS {{{_RESTATING}
    }}"""

_RESTATING_FACTS = f"""VALUES ?property {{ $restating }} GRAPH ?graph {{ $thing ?property ?value }}
    # Only what says more generally what a more special property says.
    FILTER EXISTS {{{_RESTATING}
    }}"""

# From what a fact follows, in each of the ways in which it does.
_FOLLOWS = """
  OPTIONAL {
    ?derivation rdf:subject $thing ; rdf:predicate ?property ; rdf:object ?value ;
      prov:wasDerivedFrom ?from .
    FILTER(BOUND(?graph))
  }"""

_OMITTED = """VALUES ?property { $omitted }
    ?note oa:hasTarget $thing ; ?naming ?property ;
      a/rdfs:subClassOf*/dqv:inDimension $omission ."""

_UNSTATED = """
SELECT DISTINCT ?property WHERE {
  $thing a/rdfs:subClassOf* ?class .
  ?shape sh:targetClass ?class ; sh:property ?expected .
  ?expected sh:path ?property ; sh:name ?name .
  FILTER(isIRI(?property) && ?property NOT IN (rdfs:label, skos:prefLabel))
  FILTER NOT EXISTS { ?expected sh:qualifiedValueShape ?some }
  # Nothing says it, and no note explains why.
  FILTER NOT EXISTS { $thing ?property ?value }
  FILTER NOT EXISTS {
    ?note oa:hasTarget $thing ; ?naming ?property ; a/rdfs:subClassOf*/dqv:inDimension $omission .
  }
}
ORDER BY ?property
"""

_POINTING = """
SELECT ?thing ?graph WHERE {
  GRAPH ?graph { ?thing $property $value }
  FILTER NOT EXISTS { ?thing rdf:predicate ?derived }
}
ORDER BY ?thing ?graph
"""

_NOTES = """
SELECT ?note ?property ?value WHERE {
  VALUES ?note { $notes }
  GRAPH $editorial { ?note oa:hasTarget $thing ; ?property ?value }
}
ORDER BY ?note ?property ?value
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

_CLASSES = """
SELECT ?class (COUNT(DISTINCT ?thing) AS ?things) WHERE {
  ?class rdfs:isDefinedBy $ontology .
  ?thing a ?class .
}
GROUP BY ?class
ORDER BY DESC(?things) ?class
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


class Asking:
    """The queries behind the blocks of the pages of one graph."""

    def __init__(self, catalogue: Catalogue, prefixes: Mapping[str, str]) -> None:
        self._catalogue = catalogue
        self._wording = Wording(prefixes)
        self.shortened = self._wording.shortened

    def about(self, iri: str) -> str:
        """Return the query for all that is said of a thing, and in which graph."""
        return self._wording.query(_ABOUT, thing=NamedNode(iri))

    def group(self, entity: Entity, group: Group) -> str:
        """Return the query for one group of the facts of a thing, and what is noted as omitted."""
        elsewhere = {
            entry.predicate.term
            for other in entity.groups
            if other is not group
            for entry in other.properties
            if entry.facts
        }
        stated = [entry.predicate.term for entry in group.properties if entry.facts]
        shared = [prop for prop in stated if prop in elsewhere]
        properties = {
            "every": [prop for prop in stated if prop not in elsewhere],
            # What no shape places, and what only restates, stands in the group without a label.
            "telling": shared if group.label else [],
            "restating": [] if group.label else shared,
            "omitted": [entry.predicate.term for entry in group.properties if entry.omissions],
        }
        branches = zip(
            (_FACTS, _TELLING_FACTS, _RESTATING_FACTS, _OMITTED), properties.values(), strict=True
        )
        patterns = [pattern for pattern, terms in branches if terms]
        follows = any(fact.derivations for entry in group.properties for fact in entry.facts)
        columns = "?property ?value ?graph"
        columns += (" ?from" if follows else "") + (" ?note" if properties["omitted"] else "")
        return self._wording.query(
            f"SELECT DISTINCT {columns} WHERE {{\n  {_union(patterns)}"
            f"{_FOLLOWS if follows else ''}\n}}\nORDER BY ?property ?value ?graph",
            thing=NamedNode(entity.iri),
            editorial=self._catalogue.editorial,
            omission=LDQD.completeness,
            **properties,
        )

    def unstated(self, iri: str) -> str:
        """Return the query for what the shapes expect of a thing and nothing states."""
        return self._wording.query(_UNSTATED, thing=NamedNode(iri), omission=LDQD.completeness)

    def incoming(self, iri: str, entry: Incoming) -> str:
        """Return the query for the things that point to a thing with one property."""
        return self._wording.query(_POINTING, property=entry.predicate.term, value=NamedNode(iri))

    def notes(self, iri: str, notes: Iterable[Named]) -> str:
        """Return the query for some of the editors' notes on a thing."""
        return self._wording.query(
            _NOTES,
            thing=NamedNode(iri),
            editorial=self._catalogue.editorial,
            notes=[NamedNode(note.iri) for note in notes if note.iri],
        )

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

    @property
    def classes(self) -> str:
        """Return the query for the classes of the ontology, and how many things are of each."""
        return self._wording.query(_CLASSES, ontology=self._catalogue.ontology)

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


def _union(patterns: Sequence[str]) -> str:
    if len(patterns) == 1:
        return patterns[0].replace("\n    ", "\n  ")
    return "{\n    " + "\n  } UNION {\n    ".join(patterns) + "\n  }"


def _between(begins: Sequence[int]) -> dict[str, Term]:
    return {"first": Literal(min(begins)), "last": Literal(max(begins))}
