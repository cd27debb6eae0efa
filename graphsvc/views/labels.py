"""Labels of things, in the language of the reader if there is one."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, Literal, NamedNode

from graphsvc.language_priority import distance
from graphsvc.views.licences import licence_name
from graphsvc.views.markup import words_of
from graphsvc.views.model import Named
from graphsvc.vocabularies import NOTHING, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphsvc.namespaces import Prefixes
    from graphsvc.store.base import Term
    from graphsvc.vocabularies import TermText

_VOCABULARY_RANK = 1000
"""The rank of a label that comes from a well-known vocabulary: labels of the graph come first."""


class Labels:
    """The labels of some things; the language decides which one is used."""

    def __init__(self) -> None:
        self._candidates: dict[Term, list[tuple[int, Literal]]] = defaultdict(list)

    def add(self, thing: Term, label: Literal, rank: int = 0) -> None:
        """Add a label; a low rank is preferred, and an empty label is ignored."""
        if label.value.strip():
            self._candidates[thing].append((rank, label))

    def all(self, thing: Term) -> list[str]:
        """Return every label of a thing."""
        return [label.value for _, label in self._candidates.get(thing, ())]

    def name(self, thing: Term, language: str) -> Named | None:
        """Return the thing with the label that suits the language best; None if it has no label.

        The labels of a well-known vocabulary count too.
        """
        candidates = self._candidates.get(thing, [])
        # Most things have one label, in the reader's language: then there is nothing to choose.
        if len(candidates) == 1 and fit(candidates[0][1], language) == 0:
            label = candidates[0][1]
            return Named(thing, label.value, label.language, direction_of(label))
        if not any(fit(label, language) == 0 for _, label in candidates):
            candidates = [
                *candidates,
                *((_VOCABULARY_RANK, label) for label in _vocabulary_term(thing).labels),
            ]
        if not candidates:
            return None
        _, label = min(candidates, key=lambda pair: (fit(pair[1], language), pair[0], str(pair[1])))
        return Named(thing, label.value, label.language, direction_of(label))


def fit(literal: Literal, languages: str) -> int:
    """Return the distance of a literal's language from those of the reader: lower is better."""
    return distance(literal.language, languages)


def best(literals: Iterable[Term], language: str) -> str:
    """Return the text of the literal that suits the language best, or an empty text."""
    chosen = best_of(literals, language)
    return "" if chosen is None else chosen.value


def best_of(literals: Iterable[Term], language: str) -> Literal | None:
    """Return the literal that suits the language best and is not empty; None if there is none."""
    candidates = [term for term in literals if isinstance(term, Literal) and term.value.strip()]
    return min(candidates, key=lambda term: (fit(term, language), str(term)), default=None)


def alike(things: Iterable[Named]) -> set[Term]:
    """Return the things that share their label with another one, so that it is ambiguous."""
    terms: dict[str, set[Term]] = defaultdict(set)
    for thing in things:
        if thing.iri is not None:
            terms[thing.label.casefold()].add(thing.term)
    return {term for same in terms.values() if len(same) > 1 for term in same}


def best_definition(term: Term, literals: Iterable[Term], language: str) -> str:
    """Return the definition that suits the language best: the graph's, or the vocabulary's."""
    own = best_of(literals, language)
    well_known = best_of(_vocabulary_term(term).definitions, language)
    if own is None or (well_known is not None and fit(well_known, language) < fit(own, language)):
        own = well_known
    return "" if own is None else own.value


def direction_of(literal: Literal) -> str | None:
    """Return the base direction of a literal, "ltr" or "rtl", if it has one."""
    return str(literal.direction) if literal.language and literal.direction else None


def spell_term(term: Term, prefixes: Prefixes) -> Named:
    """Return a name made of the term itself, for a term without a label.

    An IRI gets its prefix, if there is one, and is otherwise not changed.
    """
    if isinstance(term, Literal):
        return Named(term, words_of(term), term.language, direction_of(term))
    if isinstance(term, NamedNode):
        return Named(term, licence_name(term.value) or prefixes.shorten(term.value))
    return Named(term, f"_:{term.value}" if isinstance(term, BlankNode) else str(term))


def _vocabulary_term(term: Term) -> TermText:
    return text_of(term.value) if isinstance(term, NamedNode) else NOTHING
