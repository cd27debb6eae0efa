"""The cells of tables and comparisons: values, each with the passages that state it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from graphsvc.browse.paths import first_places
from graphsvc.browse.walk import Reached, Walk
from graphsvc.entities.layout import Place
from graphsvc.entities.model import Status
from graphsvc.namespaces import RDF

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pyoxigraph import Triple

    from graphsvc.browse.browser import Browser
    from graphsvc.browse.lanes import Lane
    from graphsvc.entities.model import Named, Passage
    from graphsvc.store.base import Term


@dataclass(frozen=True, slots=True)
class Detail:
    """What is told of a value: the property's name, and its values there."""

    name: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Value:
    """One value in a cell, what vouches for it, and the facts that lead to it."""

    named: Named
    status: Status
    passages: tuple[Passage, ...]
    facts: tuple[Triple, ...]
    details: tuple[Detail, ...] = ()

    @property
    def order(self) -> tuple[tuple[float, str], str]:
        """Return the key that puts values in the order of the text."""
        first = min((passage.order for passage in self.passages), default=(float("inf"), ""))
        return (first, self.named.label)


@dataclass(frozen=True, slots=True)
class Cell:
    """The values of one thing in one lane."""

    values: tuple[Value, ...]

    @property
    def terms(self) -> frozenset[Term]:
        """Return what the cell says, whoever says it."""
        return frozenset(value.named.term for value in self.values)


@dataclass(frozen=True, slots=True)
class Row:
    """A thing and its cells, one for each lane."""

    thing: Named
    cells: tuple[Cell, ...]


_TYPE = Place(RDF.type)
_EMPTY = Cell(())
_BEST = list(Status)

_Found = dict[tuple["Term", "Lane"], list[Reached]]


def rows(
    browser: Browser, things: Sequence[Term], lanes: Sequence[Lane], language: str
) -> tuple[tuple[Row, ...], Walk]:
    """Return the cells of some things, in their order, and the walk with the facts in them."""
    walk = Walk(browser.catalogue, browser.facts, language)
    places = {place for lane in lanes for place in first_places(lane.path)}
    walk.load(things, places)
    found = _found(walk, things, lanes)
    details: _Found = {}
    for lane in lanes:
        if lane.details:
            ends = {one.term for thing in things for one in found[thing, lane]}
            details.update(_found(walk, sorted(ends, key=str), lane.details))
    cells = [
        [_cell(walk, _telling(walk, found[thing, lane], lane), lane, details) for thing in things]
        for lane in lanes
    ]
    made = tuple(
        Row(walk.name(thing), tuple(column[number] for column in cells))
        for number, thing in enumerate(things)
    )
    return made, walk


def _found(walk: Walk, things: Iterable[Term], lanes: Iterable[Lane]) -> _Found:
    starts = [Reached(thing, thing) for thing in things]
    found: _Found = {}
    for lane in lanes:
        found.update({(one.term, lane): [] for one in starts})
        reached = walk.follow(starts, lane.path)
        for qualifier in lane.qualifiers:
            reached = walk.qualified(reached, qualifier)
        for one in reached:
            found[one.start, lane].append(one)
    return found


def _telling(walk: Walk, found: list[Reached], lane: Lane) -> list[Reached]:
    """Leave out facts that only restate: alone they repeat what another lane says better."""
    if not found or not lane.is_plain:
        return found
    return [one for one in found if not any(map(walk.restates, one.steps))]


def _cell(walk: Walk, found: Sequence[Reached], lane: Lane, details: _Found) -> Cell:
    if not found:
        return _EMPTY
    ways: dict[Term, list[Reached]] = {}
    for one in found:
        ways.setdefault(one.term, []).append(one)
    made = [_value(walk, term, reached, lane, details) for term, reached in ways.items()]
    if lane.path == _TYPE:
        # What follows from its classes for every thing of them tells nothing of this one.
        made = [value for value in made if value.status is not Status.INFERRED] or made
    return Cell(tuple(sorted(made, key=lambda value: value.order)))


def _value(walk: Walk, term: Term, ways: Sequence[Reached], lane: Lane, details: _Found) -> Value:
    """Return a value with the best evidence of the ways that lead to it, and that of its equals."""
    evidence = [walk.evidence(way.steps) for way in ways]
    best = min((one.status for one in evidence), key=_BEST.index)
    return Value(
        named=walk.name(term),
        status=best,
        passages=_passages([one.passages for one in evidence if one.status is best]),
        facts=tuple(dict.fromkeys(fact for way in ways for fact in way.steps)),
        details=tuple(_details(walk, term, lane, details)) if lane.details else (),
    )


def _passages(found: Sequence[tuple[Passage, ...]]) -> tuple[Passage, ...]:
    if len(found) == 1:
        return found[0]
    distinct = set(chain.from_iterable(found))
    return tuple(sorted(distinct, key=lambda passage: passage.order))


def _details(walk: Walk, term: Term, lane: Lane, details: _Found) -> Iterator[Detail]:
    for inner in lane.details if isinstance(term, NamedNode) else ():
        cell = _cell(walk, details.get((term, inner), ()), inner, {})
        if cell.values:
            yield Detail(inner.name, cell.values)
