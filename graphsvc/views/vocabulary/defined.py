"""The terms that an ontology defines, for the page of the ontology as a thing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphsvc.namespaces import OWL, RDF, RDFS
from graphsvc.views.vocabulary.ontology import KINDS, STATEMENTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pyoxigraph import NamedNode

    from graphsvc.queries import BoundQuery
    from graphsvc.views.graph import Graph
    from graphsvc.views.model import Named
    from graphsvc.views.names import Names
    from graphsvc.views.thing.answers import Answers

MOST_TERMS = 200
"""The most terms of a kind in the list."""


@dataclass(frozen=True, slots=True)
class DefinedKind:
    """The first terms of one kind that an ontology defines, and the number of all."""

    title: str
    terms: tuple[Named, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Defined:
    """Terms by kind, and the query for the statements about terms."""

    kinds: tuple[DefinedKind, ...]
    query: BoundQuery


class DefinedDraft:
    """Some terms by kind before their names are read."""

    def __init__(self, terms: Mapping[NamedNode, str]) -> None:
        self._kinds: Mapping[str, Sequence[NamedNode]] = {
            title: [term for term, kind in terms.items() if kind == title] for title in KINDS
        }

    def terms(self) -> Iterator[NamedNode]:
        """Yield the terms that need names."""
        for terms in self._kinds.values():
            yield from terms[:MOST_TERMS]

    def with_names(self, names: Names) -> Defined:
        """Return them with names."""
        kinds = (
            DefinedKind(
                title,
                tuple(sorted((names[term] for term in terms[:MOST_TERMS]), key=_label)),
                len(terms),
            )
            for title, terms in self._kinds.items()
            if terms
        )
        return Defined(tuple(kinds), STATEMENTS)


def drafts(graph: Graph, answers: Answers) -> Iterator[DefinedDraft]:
    """Yield the terms of a thing that is an ontology."""
    types = {row["value"] for row in answers.facts if row["property"] == RDF.type}
    if OWL.Ontology in types:
        yield DefinedDraft(_terms_of(graph, answers.thing))


def _terms_of(graph: Graph, ontology: NamedNode) -> Mapping[NamedNode, str]:
    """Return the terms of an ontology: by ``rdfs:isDefinedBy``, or else by their IRIs."""
    iri = ontology.value
    starts = (iri if iri.endswith("#") else f"{iri}#", f"{iri.rstrip('/#')}/")

    def is_of(term: NamedNode) -> bool:
        defined = graph.ontology.axioms.values(term, RDFS.isDefinedBy)
        return ontology in defined or (not defined and term.value.startswith(starts))

    return {term: kind for term, kind in graph.ontology.own.items() if is_of(term)}


def _label(named: Named) -> str:
    return named.label.casefold()
