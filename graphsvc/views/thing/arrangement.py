"""The facts of a thing, in the groups, the order and with the names of the shapes."""

from __future__ import annotations

from collections import defaultdict
from itertools import groupby
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graphsvc.namespaces import RDF
from graphsvc.phrases import Phrase
from graphsvc.views.layout import LABELLING, PropertyRef, PropertyShape
from graphsvc.views.queries import view_query
from graphsvc.views.thing.answers import (
    DERIVATIONS,
    FACTS,
    MOST_FACTS,
    MOST_POINTING,
    POINTING,
)
from graphsvc.views.thing.model import (
    ExpectedGroup,
    Group,
    Incoming,
    PropertyFacts,
    Unstated,
)
from graphsvc.views.thing.parts import partition
from graphsvc.views.thing.redundancy import Redundancy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from graphsvc.queries import BoundQuery
    from graphsvc.store.base import Term
    from graphsvc.views.model import Fact, Named, Note
    from graphsvc.views.names import Names
    from graphsvc.views.terms import Terms
    from graphsvc.views.thing.answers import Answers
    from graphsvc.views.thing.shortcuts import FactKey

UNSTATED = view_query("thing/unstated")

_KEY_GROUP, _FACTS_GROUP = Phrase("Key facts"), Phrase("Facts")
"""The group of key properties, and the group of shapes without a group."""

_FIRST_INCOMING = 5
"""The number of facts of each incoming property before the link to the rest."""


class Arrangement:
    """The rows and groups of facts on the page of a thing; ``facts`` has incoming facts too."""

    def __init__(
        self,
        terms: Terms,
        answers: Answers,
        names: Names,
        facts: Mapping[PropertyRef, Sequence[Fact]],
    ) -> None:
        self._terms = terms
        self._answers = answers
        self._names = names
        self._facts = facts
        own_types = facts.get(PropertyRef(RDF.type), ())
        self._types = [fact.other.term for fact in own_types]
        self._shapes = terms.layout.shapes(self._types)
        self._key_properties = terms.layout.key_properties(self._types)
        self._redundancy = Redundancy(terms, facts, self._key_properties, answers.shortcuts)
        self._also = self._redundant_facts()

    def containing_row(self, ref: PropertyRef, fact: Fact) -> PropertyRef | None:
        """Return the property whose row contains a fact; None if the fact has its own row."""
        row = self._redundancy.containing_row(ref, fact)
        return None if row is None else row[0]

    def key(self, omissions: Mapping[Term, tuple[Note, ...]]) -> Group | None:
        """Return the group of key properties, with the notes on omissions."""
        beside = self._beside(omissions)
        rows = [
            self._row(ref, self._keeps(ref), beside.get(ref, ())) for ref in self._key_properties
        ]
        filled = [row for row in rows if _says(row)]
        return self._group(_KEY_GROUP, None, filled) if filled else None

    def groups(self, omissions: Mapping[Term, tuple[Note, ...]]) -> list[Group]:
        """Return the other facts in the groups of the shapes, then the group of the rest.

        The rest are the properties without a shape.
        """
        beside = self._beside(omissions)
        own = (PropertyRef(prop) for prop in self._answers.out)
        refs = [ref for ref in dict.fromkeys([*own, *beside]) if ref.property not in LABELLING]
        placed = [
            (self._shapes[ref], entry)
            for ref in refs
            if ref in self._shapes
            and ref not in self._key_properties
            and _says(entry := self._row(ref, self._keeps(ref), beside.get(ref, ())))
        ]
        placed.sort(key=lambda pair: (pair[0].rank, pair[1].predicate.label))
        groups = []
        for _, members in groupby(placed, key=lambda pair: pair[0].rank[:2]):
            entries = list(members)
            label, language = self._title(entries[0][0])
            groups.append(self._group(label, language, [entry for _, entry in entries]))
        rest = (
            self._row(ref, self._keeps(ref))
            for ref in refs
            if ref not in self._shapes and not ref.incoming
        )
        left = [entry for entry in rest if _says(entry)]
        left.sort(key=lambda entry: entry.predicate.label)
        return [*groups, self._group("", None, left)] if left else groups

    def unstated(self, omissions: Mapping[Term, tuple[Note, ...]]) -> Unstated | None:
        """Return the properties that the shapes expect and no fact states, group by group."""
        stated = self._answers.out.keys() | omissions.keys()
        lacking = [
            (self._shapes[PropertyRef(prop)], prop)
            for prop in self._terms.layout.expected_properties(self._types)
            if prop not in stated
        ]
        lacking.sort(key=lambda pair: (pair[0].rank, str(pair[1])))
        groups = []
        for _, members in groupby(lacking, key=lambda pair: pair[0].rank[:2]):
            expected = list(members)
            label, language = self._title(expected[0][0])
            names = tuple(self._named(prop, shape) for shape, prop in expected)
            groups.append(ExpectedGroup(label, names, language))
        query = UNSTATED.bind({"thing": self._answers.thing})
        return Unstated(tuple(groups), query) if groups else None

    def incoming(self) -> list[Incoming]:
        """Return the beginning of each list of incoming facts, in order.

        Key properties are left out, and lists whose facts are all in other rows.
        """
        entries = []
        for prop, total in self._answers.into.items():
            ref = PropertyRef(prop, incoming=True)
            facts = self._facts.get(ref, ())
            is_redundant = len(facts) == total and all(
                self._redundancy.is_redundant(ref, each) for each in facts
            )
            if ref in self._key_properties or is_redundant:
                continue
            shape = self._shape(ref)
            entry = Incoming(
                predicate=self._named(prop, shape),
                total=total,
                is_partial=self._answers.is_partial,
                facts=tuple(facts[:_FIRST_INCOMING]),
            )
            entries.append((shape.rank, entry.predicate.label, entry))
        return [entry for _, _, entry in sorted(entries, key=lambda row: row[:2])]

    def _beside(
        self, omissions: Mapping[Term, tuple[Note, ...]]
    ) -> Mapping[PropertyRef, tuple[Note, ...]]:
        """Return the notes on omissions, by the row where a reader expects the property."""
        notes_by_row: dict[PropertyRef, dict[str, Note]] = defaultdict(dict)
        for prop, notes in omissions.items():
            ref = self._place_of(prop)
            if ref in self._shapes:
                notes_by_row[ref].update((note.iri, note) for note in notes)
        return {ref: tuple(each.values()) for ref, each in notes_by_row.items()}

    def _shape(self, ref: PropertyRef) -> PropertyShape:
        return self._shapes.get(ref, PropertyShape())

    def _place_of(self, prop: Term) -> PropertyRef:
        """Return the row where a reader expects a property.

        If the property has no row, this is the row of a more general property or of a shortcut;
        key properties come before others.
        """
        own = PropertyRef(prop)
        if own in self._key_properties or any(map(self._keeps(own), self._facts.get(own, ()))):
            return own
        further = {chain.shortcut for chain in self._terms.chains if chain.first == prop}
        refs = (ref for ref in (*self._key_properties, *self._facts) if ref in self._shapes)
        for ref in refs:
            is_general = self._terms.is_more_special(prop, ref.property)
            if not ref.incoming and (is_general or ref.property in further):
                return ref
        return own

    def _keeps(self, ref: PropertyRef) -> Callable[[Fact], bool]:
        return lambda fact: not self._redundancy.is_redundant(ref, fact)

    def _redundant_facts(self) -> Mapping[FactKey, Sequence[tuple[Named, Fact]]]:
        """Return the facts of the thing without their own row, by the row that contains them."""
        facts_by_row: dict[FactKey, list[tuple[Named, Fact]]] = defaultdict(list)
        for ref, facts in self._facts.items():
            named = self._named(ref.property, self._shape(ref))
            for fact in facts if not ref.incoming else ():
                row = self._redundancy.containing_row(ref, fact)
                if row is not None:
                    facts_by_row[row].append((named, fact))
        return facts_by_row

    def _row(
        self,
        ref: PropertyRef,
        chosen: Callable[[Fact], bool],
        omissions: tuple[Note, ...] = (),
    ) -> PropertyFacts:
        facts = self._facts.get(ref, ())
        here = tuple(fact for fact in facts if chosen(fact))
        sizes = self._answers.into if ref.incoming else self._answers.out
        size = sizes.get(ref.property, 0) if isinstance(ref.property, NamedNode) else 0
        return PropertyFacts(
            predicate=self._named(ref.property, self._shape(ref)),
            definition=self._terms.definition(ref.property, self._names.languages),
            facts=here,
            omissions=omissions,
            more=size - len(facts),
            partition=None
            if ref.incoming
            else partition(ref.property, here, self._answers.parts, self._names),
            incoming=ref.incoming,
            between=dict(self._between(ref, here)),
            also={
                end: tuple(self._also[ref, end])
                for end in (fact.other.term for fact in here)
                if (ref, end) in self._also
            },
        )

    def _between(
        self, ref: PropertyRef, facts: Iterable[Fact]
    ) -> Iterator[tuple[Term, tuple[Named, ...]]]:
        for fact in facts:
            if middles := self._answers.shortcuts.between(ref, fact.other.term):
                yield fact.other.term, tuple(self._names[middle] for middle in middles)

    def _group(self, label: str, language: str | None, entries: Sequence[PropertyFacts]) -> Group:
        return Group(label, tuple(entries), language, tuple(self._queries(entries)))

    def _queries(self, entries: Sequence[PropertyFacts]) -> Iterator[tuple[str, BoundQuery]]:
        thing = self._answers.thing
        own = tuple(each.predicate.term for each in entries if not each.incoming)
        others = tuple(each.predicate.term for each in entries if each.incoming)
        if own:
            most = Literal(MOST_FACTS)
            query = FACTS.bind({"thing": thing, "property": own, "limit": most})
            yield Phrase("Query this"), query
        if others:
            most = Literal(MOST_POINTING)
            query = POINTING.bind({"thing": thing, "property": others, "limit": most})
            yield Phrase("Query what others say of it"), query
        if any(fact.derivations for entry in entries for fact in entry.facts):
            yield Phrase("Query what they follow from"), DERIVATIONS.bind({"thing": thing})

    def _title(self, shape: PropertyShape) -> tuple[str, str | None]:
        """Return the title of the group of a shape, and its language."""
        group = shape.group_name(self._names.languages)
        return (_FACTS_GROUP, None) if group is None else (group.label, group.language)

    def _named(self, prop: Term, shape: PropertyShape) -> Named:
        return shape.name(self._names[prop], self._names.languages)


def _says(entry: PropertyFacts) -> bool:
    return bool(entry.facts or entry.omissions or entry.more)
