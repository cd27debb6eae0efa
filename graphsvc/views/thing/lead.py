"""The first sentence on the page of a thing, made from its facts with a template.

A template is the ``sh:labelTemplate`` of a node shape (docs/pages.md). It may contain

    {ex:founder}    the values of a property, by a name with a prefix or an IRI in angle brackets
    {^ex:member}    the things that have this one as the value of a property
    {a}             the classes of the thing
    [, since {…}]   a part that falls away where one of its properties has no value

A part with several properties is repeated for each passage that states a value of each of them, so
that an event stays with its date. Properties outside of square brackets are required: without a
value there is no sentence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from pyoxigraph import NamedNode

from graphsvc.namespaces import DCTERMS, RDFS, SCHEMA, SKOS
from graphsvc.views.labels import best_of
from graphsvc.views.layout import PropertyRef

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from pyoxigraph import Literal

    from graphsvc.views.model import Fact, Named

    #: The text of a sentence, and between it lists of values.
    Pieces: TypeAlias = tuple[str | tuple[Named, ...], ...]

    #: The facts at each place of a template.
    _Facts: TypeAlias = Mapping[str, Sequence[Fact]]

_PART = re.compile(r"\[([^\[\]]*)\]")
_PLACE = re.compile(r"\{([^{}]*)\}")
_STOPS = " ,;:."

#: The properties of definitions and descriptions, the shortest first.
_DESCRIBING = (
    *(SKOS.definition, DCTERMS.description, SCHEMA.description),
    *(RDFS.comment, DCTERMS.abstract, SKOS.scopeNote),
)


@dataclass(frozen=True, slots=True)
class Lead:
    """The first sentence: text, and lists of values. ``language`` is that of the text."""

    pieces: Pieces
    language: str | None = None


class LeadWriter:
    """Writes the first sentence on one thing.

    ``name`` is its label: values that begin with it and a comma are shortened.
    ``kinds`` are its classes; ``facts`` are its own and incoming facts, by property.
    ``containing_row`` returns the property whose row contains a fact: if both are in a template,
    the fact is written once. ``prefixes`` are those of the names in templates.
    """

    def __init__(
        self,
        name: str,
        kinds: Sequence[Named],
        facts: Mapping[PropertyRef, Sequence[Fact]],
        containing_row: Callable[[PropertyRef, Fact], PropertyRef | None],
        prefixes: Mapping[str, str],
    ) -> None:
        self._beginning = f"{name}, "
        self._kinds = tuple(kinds)
        self._facts = facts
        self._containing_row = containing_row
        self._prefixes = prefixes

    def lead(self, templates: Iterable[Literal], languages: str) -> Lead | None:
        """Return the sentence of the template with most values; of several the first one.

        Without a sentence it is the definition or the description in the graph.
        """
        leads = [lead for each in templates if (lead := self._from_template(each)) is not None]
        return max(leads, key=_size, default=None) or next(self._descriptions(languages), None)

    def _descriptions(self, languages: str) -> Iterator[Lead]:
        for prop in _DESCRIBING:
            facts = self._facts.get(PropertyRef(prop), ())
            words = best_of((fact.other.term for fact in facts), languages)
            if words is not None:
                yield Lead((words.value,), words.language)

    def _from_template(self, template: Literal) -> Lead | None:
        """Return the sentence of a template; None if the thing lacks a required property."""
        pieces: list[str | tuple[Named, ...]] = []
        facts = self._of_all(_PLACE.findall(template.value))
        for number, text in enumerate(_PART.split(template.value)):
            if number % 2:
                pieces += self._optional(text, facts)
            else:
                needed = [*self._fill(text, partial(self._values, facts))]
                if () in needed:
                    return None
                pieces += needed
        while pieces and isinstance(pieces[0], str) and not pieces[0].strip(_STOPS):
            del pieces[0]
        if pieces and isinstance(pieces[0], str):
            pieces[0] = pieces[0].lstrip(_STOPS)
        has_values = any(isinstance(piece, tuple) for piece in pieces)
        return Lead(tuple(pieces), template.language) if has_values else None

    def _optional(self, text: str, facts: _Facts) -> Sequence[str | tuple[Named, ...]]:
        places = _PLACE.findall(text)
        if len(places) < 2:  # noqa: PLR2004 - one property alone needs no passage to join it
            filled = [*self._fill(text, partial(self._values, facts))]
            return [] if () in filled else filled
        pieces: list[str | tuple[Named, ...]] = []
        for passage in _joining_passages([facts[place] for place in places]):
            pieces += self._fill(text, partial(self._values, facts, passage=passage))
        return pieces

    def _fill(
        self, text: str, values: Callable[[str], tuple[Named, ...]]
    ) -> Iterator[str | tuple[Named, ...]]:
        for number, piece in enumerate(_PLACE.split(text)):
            if number % 2:
                yield values(piece)
            elif piece:
                yield piece

    def _values(self, facts: _Facts, place: str, passage: str | None = None) -> tuple[Named, ...]:
        """Return the values of a property, or only those that one passage states."""
        if place == "a":
            return self._kinds
        stated = (fact for fact in facts[place] if passage in (None, *_passages(fact)))
        return tuple(dict.fromkeys(self._shorten(fact.other) for fact in stated))

    def _shorten(self, named: Named) -> Named:
        return replace(named, label=named.label.removeprefix(self._beginning))

    def _of_all(self, places: Iterable[str]) -> _Facts:
        """Return the facts of all places of a template, each fact at one place only."""
        refs = {place: self._ref(place) for place in places}
        named = {ref for ref in refs.values() if ref is not None}
        return {
            place: []
            if ref is None
            else [
                fact
                for fact in self._facts.get(ref, ())
                if self._containing_row(ref, fact) not in named - {ref}
            ]
            for place, ref in refs.items()
        }

    def _ref(self, place: str) -> PropertyRef | None:
        """Return the property of a place; None if its prefix is unknown."""
        name = place.removeprefix("^")
        prefix, _, local = name.partition(":")
        if name.startswith("<") and name.endswith(">"):
            iri = name[1:-1]
        elif prefix in self._prefixes:
            iri = self._prefixes[prefix] + local
        else:
            return None
        return PropertyRef(NamedNode(iri), incoming=place.startswith("^"))


def _joining_passages(places: Sequence[Sequence[Fact]]) -> list[str]:
    """Return the passages that state a fact of every place, in order."""
    stating = [
        dict.fromkeys(each for fact in facts for each in _passages(fact)) for facts in places
    ]
    return [each for each in stating[0] if all(each in others for others in stating[1:])]


def _size(lead: Lead) -> int:
    """Return the number of lists of values in a sentence."""
    return sum(isinstance(piece, tuple) for piece in lead.pieces)


def _passages(fact: Fact) -> Sequence[str]:
    """Return the IRIs of the passages that state a fact, or "" if there is none."""
    return [passage.iri for passage in fact.passages] or [""]
