"""Some things at a glance: of each the few facts that tell it from the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from graphsvc.browse.cells import Cell, rows
from graphsvc.browse.compare import MOST_COMPARED
from graphsvc.browse.paths import first_places
from graphsvc.namespaces import RDF

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphsvc.browse.browser import Browser
    from graphsvc.browse.lanes import Lane
    from graphsvc.browse.walk import Walk
    from graphsvc.entities.layout import Place
    from graphsvc.entities.model import Named
    from graphsvc.store.base import Term

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


def glance(browser: Browser, named: Sequence[Named], language: str) -> Glance:
    """Return things at a glance; without lanes if nothing tells them apart, or they are too many.

    The first properties of their classes, in the order of the shapes, that say something of at
    least half of the things and not the same of all; names and parts of what a property says
    are left out.
    """
    things = [each.term for each in named if isinstance(each.term, NamedNode)]
    if not 1 < len(things) <= MOST_COMPARED:
        return Glance((), ())
    types = [_types(browser, thing) for thing in things]
    common = browser.lanes.of(sorted(types[0].intersection(*types), key=str), language)
    likely = [lane for lane in common if _is_likely(browser, lane, things)]
    found, walk = rows(browser.catalogue, things, likely, language)
    columns = [tuple(row.cells[number] for row in found) for number in range(len(likely))]
    chosen = [number for number, cells in enumerate(columns) if _tells(cells)][:MOST_LANES]
    lanes = tuple(likely[number] for number in chosen)
    told = _told(browser, walk)
    return Glance(
        lanes,
        tuple(
            Line(
                row.thing,
                tuple(row.cells[number] for number in chosen),
                tuple(lane.is_plain and row.thing.term in told for lane in lanes),
            )
            for row in found
        ),
    )


def _types(browser: Browser, thing: NamedNode) -> set[Term]:
    return {quad.object for quad in browser.catalogue.near.triples(thing, RDF.type)}


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


def _told(browser: Browser, walk: Walk) -> set[Term]:
    """Return the things of which a text says something: only of these can it leave anything out."""
    stating = browser.catalogue.passages
    return {fact.subject for fact, graphs in walk.graphs.items() if graphs & stating}
