"""One thing, described: its names, its types, its facts in the order that the shapes give."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graphsvc.entities.evidence import (
    Derivations,
    FactDraft,
    quoted,
)
from graphsvc.entities.incoming import incoming_summary
from graphsvc.entities.layout import Place, Slot
from graphsvc.entities.model import Entity, Fact, Group, Named, PropertyFacts, Unstated
from graphsvc.entities.notes import Notes
from graphsvc.errors import UnknownEntity
from graphsvc.namespaces import RDF, RDFS, SKOS
from graphsvc.phrases import Phrase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from pyoxigraph import Quad, Triple

    from graphsvc.entities.catalogue import Catalogue
    from graphsvc.store.base import Store, Term

_LABELLING = frozenset({RDFS.label, SKOS.prefLabel})
_TYPE = RDF.type

_FACTS_GROUP = Phrase("Facts")
"""The group of what a shape places in none."""


def known(store: Store, iri: str) -> bool:
    """Tell whether the store says anything about a thing, or has a graph of its name."""
    node = NamedNode(iri)
    ways = (store.triples(node), store.triples(value=node), store.quads(iri))
    return any(next(way, None) is not None for way in ways)


def called(catalogue: Catalogue, iri: str, language: str = "en") -> Named:
    """Return a thing under its label."""
    node = NamedNode(iri)
    return catalogue.name(node, language)


def describe(catalogue: Catalogue, iri: str, language: str = "en") -> Entity:
    """Return what the graph says about a thing.

    Errors: UnknownEntity.
    """
    if not known(catalogue.near, iri):
        raise UnknownEntity(iri)
    return _Description(catalogue, NamedNode(iri), language).entity()


class _Description:
    """The answers about one thing, and how they become an `Entity`."""

    def __init__(self, catalogue: Catalogue, entity: NamedNode, language: str) -> None:
        self._catalogue = catalogue
        self._entity = entity
        self._language = language
        quads = list(catalogue.near.quads(subject=entity))
        self._passages = quoted(catalogue, (quad.graph_name for quad in quads))
        self._derivations = Derivations(catalogue, entity, language)
        self._notes = Notes(catalogue, entity, language)
        self._omitted = self._notes.omitted()
        self._facts = self._put_together(quads)

    def entity(self) -> Entity:
        name = self._name(self._entity)
        slots = self._catalogue.layout.slots(fact.other.term for fact in self._of(_TYPE))
        return Entity(
            iri=self._entity.value,
            label=name.label,
            language=name.language,
            names=self._other_names(name.label),
            types=tuple(self._of(_TYPE)),
            groups=tuple(self._groups(slots)),
            incoming=tuple(incoming_summary(self._catalogue, self._entity, slots, self._language)),
            notes=self._notes.about,
            unstated=tuple(self._unstated(slots)),
        )

    def _put_together(self, quads: Iterable[Quad]) -> dict[Term, list[Fact]]:
        drafts: dict[Triple, FactDraft] = {}
        for quad in quads:
            triple = quad.triple
            if triple not in drafts:
                drafts[triple] = FactDraft(triple, self._name(quad.object))
            drafts[triple].graphs.add(quad.graph_name)
        facts: dict[Term, list[Fact]] = {}
        for triple, draft in drafts.items():
            facts.setdefault(triple.predicate, []).append(self._fact(triple, draft))
        return {
            predicate: sorted(found, key=lambda fact: fact.order)
            for predicate, found in facts.items()
        }

    def _fact(self, triple: Triple, draft: FactDraft) -> Fact:
        editorial = self._catalogue.editorial in draft.graphs
        about = self._notes.on(triple.predicate)
        return draft.fact(
            self._catalogue,
            self._passages,
            self._derivations.of(triple),
            about or (self._notes.justifying(triple.predicate) if editorial else ()),
        )

    def _of(self, predicate: Term) -> Sequence[Fact]:
        return self._facts.get(predicate, [])

    def _name(self, term: Term) -> Named:
        return self._catalogue.name(term, self._language)

    def _other_names(self, label: str) -> tuple[str, ...]:
        names = {
            fact.other.label: None
            for naming in self._catalogue.namings & self._facts.keys()
            for fact in self._of(naming)
            if isinstance(fact.other.term, Literal) and fact.other.label != label
        }
        return tuple(sorted(names))

    def _groups(self, slots: Mapping[Place, Slot]) -> list[Group]:
        """Return the facts in the groups of the shapes, then the group of the rest.

        In the rest are the properties that no shape places, and the facts that only restate.
        """
        expected = [prop for prop in self._omitted if Place(prop) in slots]
        every = dict.fromkeys([*self._facts, *expected])
        shown = [prop for prop in every if prop not in _LABELLING]
        placed = [
            (slots[Place(prop)], entry)
            for prop in shown
            if Place(prop) in slots
            and _says(entry := self._property(prop, slots[Place(prop)], _tells))
        ]
        placed.sort(key=lambda pair: (pair[0].rank, pair[1].predicate.label))
        groups = []
        for _, members in groupby(placed, key=lambda pair: pair[0].rank[:2]):
            entries = list(members)
            label, language = self._title(entries[0][0])
            groups.append(Group(label, tuple(entry for _, entry in entries), language))
        rest = [
            self._property(prop, slots.get(Place(prop), Slot()), _restates)
            if Place(prop) in slots
            else self._property(prop, Slot(), _any)
            for prop in shown
        ]
        left = sorted((entry for entry in rest if entry.facts), key=_by_label)
        return [*groups, Group("", tuple(left))] if left else groups

    def _unstated(self, slots: Mapping[Place, Slot]) -> list[Unstated]:
        """Return what the shapes expect of the thing and nothing says, group by group.

        Only a text can leave something unsaid: a thing that none is about lacks nothing.
        """
        if not self._passages:
            return []
        said = self._facts.keys() | self._omitted.keys() | _LABELLING
        lacking = [
            place
            for place, slot in slots.items()
            if not place.incoming and place.property not in said and slot.names
        ]
        lacking.sort(key=lambda place: (slots[place].rank, str(place.property)))
        found = []
        for _, members in groupby(lacking, key=lambda place: slots[place].rank[:2]):
            places = list(members)
            label, language = self._title(slots[places[0]])
            names = tuple(self._named(place.property, slots[place]) for place in places)
            found.append(Unstated(label, names, language))
        return found

    def _title(self, slot: Slot) -> tuple[str, str | None]:
        """Return what to write above the group of a slot, and in which language that is."""
        group = slot.group_called(self._language)
        return (_FACTS_GROUP, None) if group is None else (group.label, group.language)

    def _named(self, prop: Term, slot: Slot) -> Named:
        return slot.called(self._catalogue.term(prop, self._language), self._language)

    def _property(self, prop: Term, slot: Slot, chosen: Callable[[Fact], bool]) -> PropertyFacts:
        return PropertyFacts(
            predicate=self._named(prop, slot),
            definition=self._catalogue.definition(prop, self._language),
            facts=tuple(fact for fact in self._of(prop) if chosen(fact)),
            omissions=() if chosen is _restates else self._omitted.get(prop, ()),
        )


def _says(entry: PropertyFacts) -> bool:
    return bool(entry.facts or entry.omissions)


def _tells(fact: Fact) -> bool:
    return not fact.restates


def _restates(fact: Fact) -> bool:
    return fact.restates


def _any(_: Fact) -> bool:
    return True


def _by_label(entry: PropertyFacts) -> str:
    return entry.predicate.label
