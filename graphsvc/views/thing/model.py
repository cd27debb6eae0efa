"""What the page of a thing shows: plain values, ready to be formatted.

Beside what came of a query stands the query itself, which "Query this" opens.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from graphsvc.queries import BoundQuery
    from graphsvc.store.base import Term
    from graphsvc.views.model import Fact, Named, Note
    from graphsvc.views.thing.blocks import Blocks
    from graphsvc.views.thing.lead import Lead


@dataclass(frozen=True, slots=True)
class DatasetPart:
    """What is said of one class or one property: ``fact`` is that the dataset has this part."""

    fact: Fact
    of: Named
    count: int

    @property
    def order(self) -> tuple[int, str, str]:
        """Return the key that puts the largest part first."""
        return (-self.count, self.of.label.casefold(), str(self.of.term))


@dataclass(frozen=True, slots=True)
class Partition:
    """The parts of a dataset, the largest first; ``by_class`` or else by property.

    https://www.w3.org/TR/void/#class-property-partitions
    """

    by_class: bool
    parts: tuple[DatasetPart, ...]


@dataclass(frozen=True, slots=True)
class PropertyFacts:
    """A property and the facts that a thing has of it, under the name that its shape gives.

    ``more`` are those that are not here, since there are too many for a page; ``partition`` is
    there if the facts lead to the parts of a dataset. An ``incoming`` property is read backwards:
    its facts are those of other things. ``between`` is what to name beside a value: what stands
    between it and the thing, if the property is a shortcut. ``also`` are the facts that need no row
    of their own, since the fact with a value tells them. ``omissions`` are the notes on what the
    text does not say where a reader looks for it here.
    """

    predicate: Named
    definition: str
    facts: tuple[Fact, ...]
    omissions: tuple[Note, ...] = ()
    more: int = 0
    partition: Partition | None = None
    incoming: bool = False
    between: Mapping[Term, tuple[Named, ...]] = field(default_factory=dict)
    also: Mapping[Term, tuple[tuple[Named, Fact], ...]] = field(default_factory=dict)

    @property
    def notes(self) -> tuple[Note, ...]:
        """Return the notes on its facts, each once."""
        return tuple({note.iri: note for fact in self.facts for note in fact.notes}.values())


@dataclass(frozen=True, slots=True)
class Group:
    """A group of properties (``sh:group``); the one without a label holds what no shape places.

    ``queries`` ask for what it shows, each under the words for it.
    """

    label: str
    properties: tuple[PropertyFacts, ...]
    language: str | None
    queries: tuple[tuple[str, BoundQuery], ...]


@dataclass(frozen=True, slots=True)
class ExpectedGroup:
    """Properties of one group that the shapes expect of a thing, and that nothing states."""

    label: str
    properties: tuple[Named, ...]
    language: str | None


@dataclass(frozen=True, slots=True)
class Unstated:
    """What the shapes expect of a thing and nothing states, group by group."""

    groups: tuple[ExpectedGroup, ...]
    query: BoundQuery


@dataclass(frozen=True, slots=True)
class Incoming:
    """The facts of one property that point to a thing: the first ones, and how many in all.

    ``is_partial`` tells that there are more, which were not counted.
    """

    predicate: Named
    total: int
    is_partial: bool
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Fragment:
    """A thing whose IRI ends in ``#id``, with its properties and their values.

    A browser that follows the IRI of such a thing comes to the page of the document, and to the
    element that has the fragment as its id.
    """

    thing: Named
    id: str
    properties: tuple[tuple[Named, tuple[Named, ...]], ...]
    query: BoundQuery


@dataclass(frozen=True, slots=True)
class Notes:
    """The notes on a thing, those on what does not agree apart from the others.

    Not among the others are notes on what the text leaves out: they stand beside the property.
    ``on_passages`` are those on the sentences about the thing, by the IRI of the passage.
    """

    discrepancies: tuple[Note, ...]
    others: tuple[Note, ...]
    on_passages: Mapping[str, tuple[Note, ...]]
    query: BoundQuery

    def __contains__(self, note: object) -> bool:
        """Tell whether a note is one of these."""
        return note in self.discrepancies or note in self.others


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement as it stands in a graph."""

    subject: Named
    predicate: Named
    value: Named


@dataclass(frozen=True, slots=True)
class Content:
    """What stands in a graph; ``role`` is the property by which the thing has it, if it does.

    ``is_cut`` tells that more stands there.
    """

    graph: Named
    role: Named | None
    statements: tuple[Statement, ...]
    is_cut: bool
    query: BoundQuery


@dataclass(frozen=True, slots=True)
class Thing:
    """All that the page of a thing shows.

    ``lead`` is the sentence with which its page begins; ``kinds`` are the classes that say most;
    ``key`` are the facts that lead, ``others`` the rest. ``comparable`` are the classes whose
    things it can be compared with; ``derived`` is what it is derived from as a whole; ``contents``
    is what stands in the graphs that it is made of; ``query`` asks for all its facts, ``pointing``
    for those that point to it. It ``is_cut`` if more graphs state its facts than are read.
    """

    iri: str
    label: str
    language: str | None
    names: tuple[str, ...]
    types: tuple[Fact, ...]
    kinds: tuple[Named, ...]
    lead: Lead | None
    key: Group | None
    others: tuple[Group, ...]
    fragments: tuple[Fragment, ...]
    unstated: Unstated | None
    notes: Notes
    incoming: tuple[Incoming, ...]
    pointing: BoundQuery
    comparable: tuple[Named, ...]
    blocks: Blocks
    derived: tuple[Named, ...]
    contents: tuple[Content, ...]
    query: BoundQuery
    direction: str | None = None
    is_cut: bool = False

    @property
    def groups(self) -> tuple[Group, ...]:
        """Return all groups of facts, what leads first."""
        return self.others if self.key is None else (self.key, *self.others)

    @property
    def facts(self) -> Iterator[tuple[Named, Fact]]:
        """Yield the facts of the thing itself, each with its property, in the order of the page."""
        for group in self.groups:
            for entry in group.properties:
                if not entry.incoming:
                    yield from ((entry.predicate, fact) for fact in entry.facts)
                for also in entry.also.values():
                    yield from also

    def values(self, prop: Term) -> list[Term]:
        """Return the values of a property."""
        return [fact.other.term for named, fact in self.facts if named.term == prop]
