"""The facts of a thing in the groups and the order that the shapes give, under their names."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graphsvc.namespaces import RDF, RDFS, SKOS
from graphsvc.phrases import Phrase
from graphsvc.views.layout import PropertyRef, PropertyShape
from graphsvc.views.thing.answers import DERIVATIONS, FACTS, MOST_FACTS, POINTING, UNSTATED
from graphsvc.views.thing.model import ExpectedGroup, Group, Incoming, PropertyFacts, Unstated
from graphsvc.views.thing.parts import partition

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from graphsvc.queries import BoundQuery
    from graphsvc.store.base import Term
    from graphsvc.views.model import Fact, Named, Note
    from graphsvc.views.names import Names
    from graphsvc.views.terms import Terms
    from graphsvc.views.thing.answers import Answers

_LABELLING = frozenset({RDFS.label, SKOS.prefLabel})

_FACTS_GROUP = Phrase("Facts")
"""The group of what a shape places in none."""

_FIRST_INCOMING = 5
"""How many facts of each property that points to a thing are shown before the link to the rest."""


class Arrangement:
    """Where the facts of one thing stand on its page."""

    def __init__(
        self, terms: Terms, answers: Answers, names: Names, facts: Mapping[Term, Sequence[Fact]]
    ) -> None:
        self._terms = terms
        self._answers = answers
        self._names = names
        self._facts = facts
        types = (fact.other.term for fact in facts.get(RDF.type, ()))
        self._shapes = terms.layout.shapes(types)

    def groups(self, omissions: Mapping[Term, tuple[Note, ...]]) -> list[Group]:
        """Return the facts in the groups of the shapes, then the group of the rest.

        In the rest are the properties that no shape places, and the facts that only restate.
        """
        expected = [prop for prop in omissions if PropertyRef(prop) in self._shapes]
        every = dict.fromkeys([*self._answers.out, *expected])
        shown = [prop for prop in every if prop not in _LABELLING]
        placed = [
            (self._shapes[PropertyRef(prop)], entry)
            for prop in shown
            if PropertyRef(prop) in self._shapes
            and _says(entry := self._property(prop, _tells, omissions.get(prop, ())))
        ]
        placed.sort(key=lambda pair: (pair[0].rank, pair[1].predicate.label))
        found = []
        for _, members in groupby(placed, key=lambda pair: pair[0].rank[:2]):
            entries = list(members)
            label, language = self._title(entries[0][0])
            found.append(self._group(label, language, [entry for _, entry in entries]))
        rest = (
            self._property(prop, _restates if PropertyRef(prop) in self._shapes else _any)
            for prop in shown
        )
        left = [entry for entry in rest if _says(entry)]
        left.sort(key=lambda entry: entry.predicate.label)
        return [*found, self._group("", None, left)] if left else found

    def unstated(self) -> Unstated | None:
        """Return what the shapes expect of the thing and nothing says, group by group."""
        lacking = [
            (self._shapes.get(PropertyRef(row["property"]), PropertyShape()), row["property"])
            for row in self._answers.unstated
        ]
        lacking.sort(key=lambda pair: (pair[0].rank, str(pair[1])))
        found = []
        for _, members in groupby(lacking, key=lambda pair: pair[0].rank[:2]):
            expected = list(members)
            label, language = self._title(expected[0][0])
            names = tuple(self._named(prop, shape) for shape, prop in expected)
            found.append(ExpectedGroup(label, names, language))
        query = UNSTATED.bind({"thing": self._answers.thing})
        return Unstated(tuple(found), query) if found else None

    def incoming(self, facts: Mapping[NamedNode, Sequence[Fact]]) -> list[Incoming]:
        """Return the beginning of each list of facts that point to the thing, in order."""
        found = []
        for prop, total in self._answers.into.items():
            shape = self._shapes.get(PropertyRef(prop, incoming=True), PropertyShape())
            entry = Incoming(
                predicate=self._named(prop, shape),
                total=total,
                is_partial=self._answers.is_partial,
                facts=tuple(facts.get(prop, ())[:_FIRST_INCOMING]),
                query=POINTING.bind({"thing": self._answers.thing, "property": prop}),
            )
            found.append((shape.rank, entry.predicate.label, entry))
        return [entry for _, _, entry in sorted(found, key=lambda row: row[:2])]

    def _group(self, label: str, language: str | None, entries: Sequence[PropertyFacts]) -> Group:
        thing = self._answers.thing
        is_derived = any(fact.derivations for entry in entries for fact in entry.facts)
        return Group(
            label=label,
            properties=tuple(entries),
            language=language,
            query=self._query(entry.predicate.term for entry in entries),
            derivations=DERIVATIONS.bind({"thing": thing}) if is_derived else None,
        )

    def _query(self, properties: Iterable[Term]) -> BoundQuery:
        return FACTS.bind(
            {
                "thing": self._answers.thing,
                "property": tuple(properties),
                "limit": Literal(MOST_FACTS),
            }
        )

    def _title(self, shape: PropertyShape) -> tuple[str, str | None]:
        """Return what to write above the group of a shape, and in which language that is."""
        group = shape.group_name(self._names.languages)
        return (_FACTS_GROUP, None) if group is None else (group.label, group.language)

    def _named(self, prop: Term, shape: PropertyShape) -> Named:
        return shape.name(self._names[prop], self._names.languages)

    def _property(
        self, prop: Term, chosen: Callable[[Fact], bool], omissions: tuple[Note, ...] = ()
    ) -> PropertyFacts:
        facts = self._facts.get(prop, ())
        here = tuple(fact for fact in facts if chosen(fact))
        size = self._answers.out.get(prop, 0) if isinstance(prop, NamedNode) else 0
        return PropertyFacts(
            predicate=self._named(prop, self._shapes.get(PropertyRef(prop), PropertyShape())),
            definition=self._terms.definition(prop, self._names.languages),
            facts=here,
            omissions=omissions,
            more=0 if chosen is _restates else size - len(facts),
            partition=partition(prop, here, self._answers.parts, self._names),
        )


def _says(entry: PropertyFacts) -> bool:
    return bool(entry.facts or entry.omissions or entry.more)


def _tells(fact: Fact) -> bool:
    return not fact.restates


def _restates(fact: Fact) -> bool:
    return fact.restates


def _any(_: Fact) -> bool:
    return True
