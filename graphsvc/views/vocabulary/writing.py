"""Writes the terms of a vocabulary in the languages of one reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import Literal

from graphsvc.namespaces import OWL, SKOS
from graphsvc.views.labels import best, fit
from graphsvc.views.model import Named
from graphsvc.views.names import Names
from graphsvc.views.queries import view_query
from graphsvc.views.vocabulary.model import Relation, TermNote, VocabularyTerm
from graphsvc.views.vocabulary.relations import APART, characteristics

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from pyoxigraph import NamedNode

    from graphsvc.store.base import Term
    from graphsvc.views.expressions import RawExpression
    from graphsvc.views.graph import Graph
    from graphsvc.views.model import Expression
    from graphsvc.views.vocabulary.model import Questions, TermPlace

FACTS = view_query("vocabulary/facts")

MOST_LISTED = 2_000
"""The most terms of a list without definitions, and the most classes of the tree."""
MOST_VALUES = 200
"""The most values of one relation of a term."""

_TRUE = frozenset({"true", "1"})


class Writer:
    """Describes terms; ``names`` has the names of all terms on the page."""

    def __init__(self, graph: Graph, in_full: Collection[NamedNode], languages: str) -> None:
        self._terms = graph.terms
        self._languages = languages
        self._ontology = graph.ontology
        self._axioms = graph.ontology.axioms
        own = self._ontology.names(graph, languages)
        others = dict.fromkeys([*self._mentioned_terms(), *self._around(in_full)])
        other_names = Names(
            graph, (term for term in others if term not in self._ontology.own), languages
        )
        self.names: Mapping[Term, Named] = {
            **{term: _name(other_names, term) for term in others},
            **{term: _name(own, term) for term in self._ontology.own},
        }

    def term(self, term: NamedNode, place: TermPlace, questions: Questions) -> VocabularyTerm:
        """Return the description of a term."""
        definition = self._terms.definition(term, self._languages)
        return VocabularyTerm(
            term=self.names[term],
            kind=self._ontology.own[term],
            fragment=place.fragment,
            definition=definition,
            examples=tuple(self._texts(self._axioms.values(term, SKOS.example))),
            notes=self._notes(term, definition),
            characteristics=characteristics(self._axioms, term),
            relations=tuple(self._relations(term)),
            uses=self._ontology.uses.get(term, 0) if self._ontology.uses else None,
            facts=FACTS.bind({"property": term}),
            questions=questions.get(term.value, ()),
            deprecated=best(self._axioms.values(term, OWL.deprecated), "") in _TRUE,
        )

    def in_words(self, term: Term) -> Expression:
        """Return a term with its name, or a blank node in words."""
        return self._named(self._axioms.in_words(term))

    def _mentioned_terms(self) -> Iterator[Term]:
        """Yield the terms in the lists of the page: ontologies, metadata, and linked classes."""
        if self._ontology.node is not None:
            yield self._ontology.node
        yield from self._ontology.ontologies
        for values in self._ontology.metadata.values():
            for value in values:
                yield from _terms_in(self._axioms.in_words(value))
        for link in self._ontology.links[:MOST_LISTED]:
            yield from (link.subject, link.object)

    def _around(self, in_full: Iterable[NamedNode]) -> Iterator[Term]:
        """Yield the terms in the relations of the described terms, and the properties."""
        for term in in_full:
            yield from self._axioms.about(term)
            for values in self._ontology.relations(term).values():
                for value in values:
                    yield from _terms_in(value)

    def _relations(self, term: NamedNode) -> Iterator[Relation]:
        for label, values in self._ontology.relations(term).items():
            expressions = sorted(map(self._named, values), key=_words)
            yield Relation(
                self._label(label),
                tuple(expressions[:MOST_VALUES]),
                max(0, len(expressions) - MOST_VALUES),
            )

    def _label(self, relation: str | NamedNode) -> str:
        if isinstance(relation, str):
            return relation
        label = self.names[relation].label
        return label[:1].upper() + label[1:]

    def _named(self, expression: RawExpression) -> Expression:
        return tuple(part if isinstance(part, str) else self.names[part] for part in expression)

    def _notes(self, term: NamedNode, defined_as: str) -> tuple[TermNote, ...]:
        """Return the notes on a term, without its definition."""
        notes = [
            TermNote(self.names[predicate].label, text)
            for predicate, values in self._axioms.about(term).items()
            if predicate not in APART
            for text in self._texts(values)
            if text != defined_as
        ]
        return tuple(sorted(notes, key=lambda note: (note.label, note.text)))

    def _texts(self, values: Sequence[Term]) -> list[str]:
        """Return the texts among some values in the language that suits the reader best."""
        literals = [value for value in values if isinstance(value, Literal)]
        closest = min((fit(value, self._languages) for value in literals), default=0)
        return [each.value for each in literals if fit(each, self._languages) == closest]


def _name(names: Names, term: Term) -> Named:
    """Return a term with its name; the name of a passage is its number."""
    passage = names.passage(term)
    return names[term] if passage is None else Named(term, passage.name)


def _terms_in(expression: RawExpression) -> Iterator[Term]:
    return (part for part in expression if not isinstance(part, str))


def _words(expression: Expression) -> str:
    return "".join(part if isinstance(part, str) else part.label for part in expression).lower()
