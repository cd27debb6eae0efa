"""Things side by side: what is said of each, property by property in the shapes' order."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from graphsvc.browse.cells import Cell, rows
from graphsvc.browse.state import State
from graphsvc.entities.describe import known
from graphsvc.errors import ParameterError, UnknownEntity
from graphsvc.phrases import Phrase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphsvc.browse.browser import Browser
    from graphsvc.browse.lanes import Lane
    from graphsvc.browse.walk import Walk
    from graphsvc.entities.model import Named
    from graphsvc.store.base import Term

MOST_COMPARED = 24
"""How many things are compared at most: more cannot be taken in at a glance."""

HIGHLIGHTS = {
    "": Phrase("nothing"),
    "differences": Phrase("differences"),
    "agreements": Phrase("agreements"),
}
"""What can be highlighted, and what people call it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One property of all the things."""

    lane: Lane
    cells: tuple[Cell, ...]
    expected: tuple[bool, ...]
    """Of each thing, whether a text that tells of it would be looked through for the property."""
    agrees: bool
    """Whether every thing has the same values, and any at all."""
    shared: frozenset[object]
    """The values that more than one thing has."""

    @classmethod
    def of(cls, lane: Lane, cells: tuple[Cell, ...], expected: tuple[bool, ...]) -> Line:
        """Return the line of a property."""
        told = [cell.terms for cell in cells]
        counts = Counter(chain.from_iterable(told))
        shared = frozenset(term for term, count in counts.items() if count > 1)
        agrees = bool(told[0]) and told.count(told[0]) == len(told)
        return cls(lane, cells, expected, agrees, shared)


@dataclass(frozen=True, slots=True)
class Section:
    """The lines of one group of the shapes."""

    label: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Things compared; ``silent`` are the properties of which nothing is said of any of them."""

    things: tuple[Named, ...]
    sections: tuple[Section, ...]
    silent: tuple[Lane, ...]
    total: int
    walk: Walk

    @property
    def lines(self) -> tuple[Line, ...]:
        """Return all lines, in order."""
        return tuple(line for section in self.sections for line in section.lines)

    @property
    def alike(self) -> int:
        """Return in how many properties the things agree."""
        return sum(line.agrees for line in self.lines)


def compare(
    browser: Browser, iris: Sequence[NamedNode], classes: Sequence[NamedNode], language: str
) -> Matrix:
    """Return things side by side: those named, or all of the classes if none is.

    Errors: UnknownEntity; ParameterError if they are more than can be compared, or none.
    """
    for iri in iris:
        if not known(browser.catalogue.near, iri.value):
            raise UnknownEntity(iri.value)
    things = list(iris) or _instances(browser, classes, language)
    if len(things) > MOST_COMPARED:
        raise ParameterError(
            f"{len(things)} things are more than can be compared.",
            remedy=f"Name up to {MOST_COMPARED} of them with iri=.",
        )
    types = [browser.facts.types(thing) for thing in things]
    lanes = browser.lanes.of(classes or types[0].intersection(*types), language)
    found, walk = rows(browser, things, lanes, language)
    told = _told(browser, walk)
    wanted = [
        {lane.id for lane in browser.lanes.of(own, language) if lane.is_plain}
        if thing in told
        else set()
        for thing, own in zip(things, types, strict=True)
    ]
    lines = [
        Line.of(
            lane,
            tuple(row.cells[number] for row in found),
            tuple(lane.id in own for own in wanted),
        )
        for number, lane in enumerate(lanes)
    ]
    said = [line for line in lines if any(cell.values for cell in line.cells)]
    groups = list(dict.fromkeys(line.lane.group for line in said))
    return Matrix(
        things=tuple(row.thing for row in found),
        sections=tuple(
            Section(group, tuple(line for line in said if line.lane.group == group))
            for group in groups
        ),
        silent=tuple(line.lane for line in lines if line not in said),
        total=len(things),
        walk=walk,
    )


def _instances(browser: Browser, classes: Sequence[NamedNode], language: str) -> list[NamedNode]:
    listed = browser.listed(State(classes=tuple(classes)), language)
    if not listed.total:
        raise UnknownEntity(classes[0].value)
    if listed.total > MOST_COMPARED or listed.order is None:
        raise ParameterError(
            f"{listed.total} things are more than can be compared.",
            remedy=f"Name up to {MOST_COMPARED} of them with iri=.",
        )
    return [thing for thing in listed.order if isinstance(thing, NamedNode)]


def _told(browser: Browser, walk: Walk) -> set[Term]:
    """Return the things of which a text says something: only of these can it leave anything out."""
    is_passage = browser.catalogue.is_passage
    return {fact.subject for fact, graphs in walk.graphs.items() if any(map(is_passage, graphs))}
