"""Some things at a glance: of each the few facts that tell it from the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from pyoxigraph import NamedNode

from graphsvc.browse.cells import Cell, rows
from graphsvc.browse.compare import MOST_COMPARED
from graphsvc.browse.paths import first_places
from graphsvc.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from graphsvc.browse.browser import Browser
    from graphsvc.browse.lanes import Lane
    from graphsvc.entities.layout import Place
    from graphsvc.entities.model import Named

MOST_LANES = 4
"""How many properties are shown: with more, nothing is taken in at a glance."""


@dataclass(frozen=True, slots=True)
class Line:
    """A thing and what is said of it; ``expected`` tells where a text would be expected to."""

    thing: Named
    cells: tuple[Cell, ...]
    expected: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Glance:
    """Things at a glance: the properties that tell them apart, and a line for each thing."""

    lanes: tuple[Lane, ...]
    lines: tuple[Line, ...]


class _Column(NamedTuple):
    lane: Lane
    cells: tuple[Cell, ...]


def glance(browser: Browser, named: Sequence[Named], language: str) -> Glance:
    """Return things at a glance; without lanes if nothing tells them apart, or they are too many.

    The first properties of their classes, in the order of the shapes, that say something of at
    least half of the things and not the same of all; names and parts of what a property says
    are left out.
    """
    known = {each.term: each for each in named if isinstance(each.term, NamedNode)}
    things = list(known)
    if not 1 < len(things) <= MOST_COMPARED:
        return Glance((), ())
    types = [browser.facts.types(thing) for thing in things]
    common = browser.lanes.of(types[0].intersection(*types), language)
    columns = _columns(browser, things, common, language)
    lanes = tuple(column.lane for column in columns)
    return Glance(
        lanes,
        tuple(
            Line(
                known[thing],
                tuple(column.cells[number] for column in columns),
                tuple(lane.is_plain for lane in lanes)
                if _is_told(browser, thing)
                else (False,) * len(lanes),
            )
            for number, thing in enumerate(things)
        ),
    )


def _columns(
    browser: Browser, things: Sequence[NamedNode], lanes: Iterable[Lane], language: str
) -> list[_Column]:
    """Return the first lanes that tell the things apart; no more are read than are shown."""
    found: list[_Column] = []
    for lane in lanes:
        if len(found) < MOST_LANES and _is_likely(browser, lane, things):
            cells = _cells(browser, things, lane, language)
            found += [_Column(lane, cells)] if _tells(cells) else []
    return found


def _cells(
    browser: Browser, things: Sequence[NamedNode], lane: Lane, language: str
) -> tuple[Cell, ...]:
    """Return what a lane says of each thing; nothing if that is too much to be read for a page."""
    try:
        shown, _ = rows(browser, things, [lane], language)
    except ParameterError:
        return ()
    return tuple(row.cells[0] for row in shown)


def _is_likely(browser: Browser, lane: Lane, things: Sequence[NamedNode]) -> bool:
    """Tell whether a lane may say something of half of the things: its first steps are there."""
    names = browser.catalogue.namings
    if lane.qualifiers or lane.id.property in names:
        return False
    places = list(first_places(lane.path))
    having = sum(any(_has(browser, thing, place) for place in places) for thing in things)
    return 2 * having >= len(things)


def _has(browser: Browser, thing: NamedNode, place: Place) -> bool:
    if not isinstance(place.property, NamedNode):
        return False
    near = browser.catalogue.near
    found = (
        near.triples(predicate=place.property, value=thing)
        if place.incoming
        else near.triples(thing, place.property)
    )
    return next(found, None) is not None


def _tells(cells: Sequence[Cell]) -> bool:
    """Tell whether something is said of half of the things, and not the same of all."""
    said = [cell.terms for cell in cells if cell.values]
    return 2 * len(said) >= len(cells) and len(set(said)) > 1


def _is_told(browser: Browser, thing: NamedNode) -> bool:
    """Tell whether a text says something of a thing: only then can it leave anything out."""
    is_passage = browser.catalogue.is_passage
    said = browser.catalogue.near.quads(subject=thing)
    return any(is_passage(quad.graph_name) for quad in said)
