"""The terms of the ontology, for the page that lists them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graphsvc.entities.labels import fit
from graphsvc.entities.prologue import PROLOGUE
from graphsvc.namespaces import OWL, RDF, RDFS, SKOS, graph_iri

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphsvc.entities.catalogue import Catalogue
    from graphsvc.entities.model import Named
    from graphsvc.store.base import Term

_TERMS = (
    PROLOGUE
    + """
SELECT DISTINCT ?graph ?ontology ?term ?property ?value WHERE {
  GRAPH ?graph { ?term rdfs:isDefinedBy ?ontology ; ?property ?value }
}
"""
)

#: The kinds of terms in the order of the page; a term is of the first that fits.
_KINDS: tuple[tuple[NamedNode, str], ...] = (
    (OWL.Class, "Classes"),
    (OWL.ObjectProperty, "Object properties"),
    (OWL.DatatypeProperty, "Datatype properties"),
    (OWL.AnnotationProperty, "Annotation properties"),
)
_OTHER = "Other terms"

_TOLD_APART = frozenset({RDF.type, RDFS.isDefinedBy, RDFS.label, SKOS.definition})


@dataclass(frozen=True, slots=True)
class TermEntry:
    """A term: its name, its definition, and whatever else the ontology says of it."""

    term: Named
    definition: str
    relations: tuple[tuple[Named, tuple[Named, ...]], ...]

    @property
    def fragment(self) -> str:
        """Return the part of the IRI that names the term within the ontology."""
        return (self.term.iri or "").rpartition("#")[2]


@dataclass(frozen=True, slots=True)
class TermSection:
    """The terms of one kind, by label."""

    title: str
    entries: tuple[TermEntry, ...]


def vocabulary(catalogue: Catalogue, language: str = "en") -> list[TermSection]:
    """Return every term that the ontology defines, kind by kind."""
    said: dict[Term, dict[Term, list[Term]]] = defaultdict(lambda: defaultdict(list))
    bound = {
        "graph": graph_iri(catalogue.base, "ontology"),
        "ontology": catalogue.ontology,
    }
    for row in catalogue.store.select(_TERMS, bound):
        said[row["term"]][row["property"]].append(row["value"])
    sections: dict[str, list[TermEntry]] = {title: [] for _, title in _KINDS}
    sections[_OTHER] = []
    for term, properties in said.items():
        sections[_kind(properties)].append(_entry(catalogue, term, properties, language))
    return [
        TermSection(title, tuple(sorted(entries, key=lambda entry: entry.term.label.lower())))
        for title, entries in sections.items()
        if entries
    ]


def _kind(properties: Mapping[Term, list[Term]]) -> str:
    types = properties.get(RDF.type, [])
    return next((title for kind, title in _KINDS if kind in types), _OTHER)


def _entry(
    catalogue: Catalogue, term: Term, properties: Mapping[Term, list[Term]], language: str
) -> TermEntry:
    relations = []
    for predicate, values in properties.items():
        shown = _readable(values, language)
        if predicate not in _TOLD_APART and shown:
            named = (catalogue.term(value, language) for value in shown)
            ordered = tuple(sorted(named, key=lambda value: value.label))
            relations.append((catalogue.term(predicate, language), ordered))
    return TermEntry(
        term=catalogue.term(term, language),
        definition=catalogue.definition(term, language),
        relations=tuple(sorted(relations, key=lambda pair: pair[0].label)),
    )


def _readable(values: list[Term], language: str) -> list[Term]:
    """Return the IRIs, and the literals in the language that suits best; lists stay inside."""
    nodes = [value for value in values if isinstance(value, NamedNode)]
    literals = [value for value in values if isinstance(value, Literal)]
    closest = min((fit(value, language) for value in literals), default=0)
    return [*nodes, *(value for value in literals if fit(value, language) == closest)]
