"""Where things lie: by the codes that the world knows them by, and by their coordinates.

Which things these are is the same for every request, and so it is read once.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graphsvc.phrases import Phrase
from graphsvc.pictures import world
from graphsvc.views.model import Status
from graphsvc.views.queries import view_query

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from graphsvc.queries import BoundQuery
    from graphsvc.store.base import Table, Term

PLACED = view_query("map/placed")
PLACES = view_query("map/places")

# A point of well-known text has its longitude first unless it names a system that does otherwise:
# https://docs.ogc.org/is/22-047r1/22-047r1.html#10-8-1-well-known-text
_POINT = re.compile(
    r"(?:<http://www\.opengis\.net/def/crs/OGC/1\.3/CRS84>\s*)?"
    r"POINT\s*\(\s*(-?[0-9]+(?:\.[0-9]+)?)\s+(-?[0-9]+(?:\.[0-9]+)?)\s*\)",
    re.IGNORECASE,
)
_MOST_NORTH, _MOST_EAST = 90, 180


@dataclass(frozen=True, slots=True)
class Country:
    """A country of the world, and the things of the graph that are it or lie in it."""

    country: world.Country
    things: tuple[NamedNode, ...]
    within: tuple[NamedNode, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Coordinates in degrees (WGS 84), north and east positive, and who states them."""

    latitude: float
    longitude: float
    status: Status

    @property
    def words(self) -> str:
        """Return the coordinates as they are written on maps."""
        return Phrase(
            "%(latitude)s° %(north)s, %(longitude)s° %(east)s",
            latitude=f"{abs(self.latitude):.2f}",
            north=Phrase("N") if self.latitude >= 0 else Phrase("S"),
            longitude=f"{abs(self.longitude):.2f}",
            east=Phrase("E") if self.longitude >= 0 else Phrase("W"),
        )


@dataclass(frozen=True, slots=True)
class Places:
    """What can be drawn: the countries that the graph knows, and things with coordinates.

    ``land`` is the outline of all other countries, as an SVG path. ``spots`` gives, for each thing
    that is drawn, the one that its place on the map is named after.
    """

    countries: tuple[Country, ...]
    located: tuple[NamedNode, ...]
    land: str
    spots: Mapping[Term, NamedNode]

    @classmethod
    def read(cls, rows: Callable[[BoundQuery], Table]) -> Places:
        """Read them by what answers queries."""
        codes: dict[NamedNode, set[str]] = defaultdict(set)
        located: dict[NamedNode, None] = {}
        for row in rows(PLACED.bind({})):
            thing = row.get("thing")
            if not isinstance(thing, NamedNode):
                continue
            if "code" in row:
                codes[thing].add(_words(row["code"]).rstrip("/").rpartition("/")[2])
            elif _coordinates(row):
                located[thing] = None
        countries = _countries(codes)
        spots: dict[Term, NamedNode] = {
            thing: each.things[0] for each in countries for thing in each.things
        }
        # What is drawn as a country is no spot as well.
        others = tuple(thing for thing in located if thing not in spots)
        spots |= {thing: thing for thing in others}
        own = {each.country for each in countries if each.things}
        land = "".join(each.path for each in world.countries() if each not in own)
        return cls(countries, others, land, spots)


def _countries(codes: Mapping[NamedNode, Iterable[str]]) -> tuple[Country, ...]:
    known = world.by_code()
    things: dict[str, list[NamedNode]] = defaultdict(list)
    within: dict[str, list[NamedNode]] = defaultdict(list)
    for thing, own in codes.items():
        named = {known[code].name for code in own if code in known}
        # A subdivision's code begins with its country's: ISO 3166-2.
        above = {known[code[:2]].name for code in own if code[2:3] == "-" and code[:2] in known}
        for name in named:
            things[name].append(thing)
        for name in above - named:
            within[name].append(thing)
    return tuple(
        Country(each, tuple(things[each.name]), tuple(within[each.name]))
        for each in world.countries()
        if each.name in things or each.name in within
    )


def places_of(
    rows: Iterable[Mapping[str, Term]], status: Callable[[Collection[Term]], Status]
) -> Mapping[Term, Place]:
    """Return the place of each thing that has coordinates in the answers of the query for places.

    ``status`` tells by its graph who states a fact. Of a thing that has several places the text's
    comes before the editors', and one is taken.
    """
    statuses = list(Status)
    found: dict[Term, tuple[int, float, float]] = {}
    for row in rows:
        if "code" not in row and (place := _coordinates(row)):
            candidate = (statuses.index(status([row["graph"]])), *place)
            found[row["thing"]] = min(found.get(row["thing"], candidate), candidate)
    return {
        thing: Place(latitude, longitude, statuses[rank])
        for thing, (rank, latitude, longitude) in found.items()
    }


def _coordinates(row: Mapping[str, Term]) -> tuple[float, float] | None:
    if "point" in row:
        match = _POINT.fullmatch(_words(row["point"]).strip())
        place = None if match is None else (float(match[2]), float(match[1]))
    else:
        try:
            place = (float(_words(row["latitude"])), float(_words(row["longitude"])))
        except ValueError:
            place = None
    # What is no number at all is out of every bound.
    if place is None or not (abs(place[0]) <= _MOST_NORTH and abs(place[1]) <= _MOST_EAST):
        return None
    return place


def _words(term: Term) -> str:
    return term.value if isinstance(term, NamedNode | Literal) else ""
