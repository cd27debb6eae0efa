"""The data of the page of a thing: plain values, ready to be formatted.

Beside the result of a query is the query itself, for "Query this".
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
    """The part of a dataset for one class or property; ``fact`` links the dataset to the part."""

    fact: Fact
    of: Named
    count: int

    @property
    def order(self) -> tuple[int, str, str]:
        """Return the sort key: the largest part comes first."""
        return (-self.count, self.of.label.casefold(), str(self.of.term))


@dataclass(frozen=True, slots=True)
class Partition:
    """The parts of a dataset, the largest first; by class (``by_class``) or by property.

    https://www.w3.org/TR/void/#class-property-partitions
    """

    by_class: bool
    parts: tuple[DatasetPart, ...]


@dataclass(frozen=True, slots=True)
class PropertyFacts:
    """A property and its facts, with the name from its shape.

    ``more`` is the number of facts that are not here, since they are too many for a page;
    ``partition`` is there if the facts lead to the parts of a dataset. The facts of an ``incoming``
    property have the thing as their object. ``between`` has the nodes between the thing and a
    value, if the property is a shortcut. ``also`` has the facts without their own row, by the
    value whose fact contains them. ``omissions`` are the notes on what the text omits here.
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
        """Return the notes on its facts without repetition."""
        return tuple({note.iri: note for fact in self.facts for note in fact.notes}.values())


@dataclass(frozen=True, slots=True)
class Group:
    """A group of properties (``sh:group``); properties without a shape are in one without a label.

    ``queries`` are the queries for its facts, with their labels.
    """

    label: str
    properties: tuple[PropertyFacts, ...]
    language: str | None
    queries: tuple[tuple[str, BoundQuery], ...]


@dataclass(frozen=True, slots=True)
class ExpectedGroup:
    """Properties of one group that the shapes expect, and that no fact states."""

    label: str
    properties: tuple[Named, ...]
    language: str | None


@dataclass(frozen=True, slots=True)
class Unstated:
    """Properties that the shapes expect and no fact states, group by group."""

    groups: tuple[ExpectedGroup, ...]
    query: BoundQuery


@dataclass(frozen=True, slots=True)
class Incoming:
    """The incoming facts of one property: the first ones, and the number of all.

    ``is_partial`` tells that there are more that were not counted.
    """

    predicate: Named
    total: int
    is_partial: bool
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Fragment:
    """A thing whose IRI ends in ``#id``, with its properties and their values.

    A browser that opens the IRI gets the page of the document and scrolls to the element with this
    id.
    """

    thing: Named
    id: str
    properties: tuple[tuple[Named, tuple[Named, ...]], ...]
    query: BoundQuery


@dataclass(frozen=True, slots=True)
class Notes:
    """The notes on a thing: those on discrepancies, and the others.

    Notes on omissions are not here: they are beside the property.
    ``on_passages`` are the notes on sentences about the thing, by the IRI of the passage.
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
    """A statement in a graph."""

    subject: Named
    predicate: Named
    value: Named


@dataclass(frozen=True, slots=True)
class Content:
    """The statements of a graph; ``role`` is the property from the thing to the graph, if any.

    ``is_cut`` tells that there are more.
    """

    graph: Named
    role: Named | None
    statements: tuple[Statement, ...]
    is_cut: bool
    query: BoundQuery


@dataclass(frozen=True, slots=True)
class Thing:
    """The page of a thing.

    ``lead`` is the first sentence; ``kinds`` are the most specific classes; ``key`` is the group of
    key properties, ``others`` are the other groups. ``comparable`` are the classes for
    comparisons; ``derived`` are the sources of the thing as a whole; ``contents`` are the
    statements in its graphs; ``query`` selects its facts, ``pointing`` the incoming ones. It
    ``is_cut`` if more graphs state its facts than were read.
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
        """Return all groups of facts, the key properties first."""
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
