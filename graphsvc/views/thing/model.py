"""What the page of a thing shows: plain values, ready to be formatted.

Beside what came of a query stands the query itself, which "Query this" opens.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graphsvc.queries import BoundQuery
    from graphsvc.store.base import Term
    from graphsvc.views.model import Fact, Named, Note
    from graphsvc.views.thing.blocks import Blocks


@dataclass(frozen=True, slots=True)
class Part:
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
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class PropertyFacts:
    """A property and the facts that a thing has of it, under the name that its shape gives.

    ``more`` are those that are not here, since there are too many for a page; ``partition`` is
    there if the facts lead to the parts of a dataset.
    """

    predicate: Named
    definition: str
    facts: tuple[Fact, ...]
    omissions: tuple[Note, ...] = ()
    more: int = 0
    partition: Partition | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """A group of properties (``sh:group``); the one without a label holds what no shape places.

    ``derivations`` asks from what facts follow, if some of these do from others.
    """

    label: str
    properties: tuple[PropertyFacts, ...]
    language: str | None
    query: BoundQuery
    derivations: BoundQuery | None


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
    query: BoundQuery


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
    """

    discrepancies: tuple[Note, ...]
    others: tuple[Note, ...]
    query: BoundQuery


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

    ``comparable`` are the classes whose things it can be compared with; ``derived`` is what it is
    derived from as a whole; ``contents`` is what stands in the graphs that it is made of; ``query``
    asks for all its facts. It ``is_cut`` if more graphs state its facts than are read.
    """

    iri: str
    label: str
    language: str | None
    names: tuple[str, ...]
    types: tuple[Fact, ...]
    groups: tuple[Group, ...]
    fragments: tuple[Fragment, ...]
    unstated: Unstated | None
    notes: Notes
    incoming: tuple[Incoming, ...]
    comparable: tuple[Named, ...]
    blocks: Blocks
    derived: tuple[Named, ...]
    contents: tuple[Content, ...]
    query: BoundQuery
    direction: str | None = None
    is_cut: bool = False

    def values(self, prop: Term) -> list[Term]:
        """Return the values of a property."""
        return [
            fact.other.term
            for group in self.groups
            for entry in group.properties
            if entry.predicate.term == prop
            for fact in entry.facts
        ]
