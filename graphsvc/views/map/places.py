"""The locations of things, from the codes of countries and from coordinates.

They are the same for every request, so they are read once.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from graphsvc.phrases import Phrase
from graphsvc.pictures.geometry import OtherSystemError
from graphsvc.pictures.region import World, chart_of
from graphsvc.views.map.codes import CODES, Codes
from graphsvc.views.map.rows import extent_of, geometry_of, is_cut, is_geometric
from graphsvc.views.model import Status
from graphsvc.views.queries import view_query

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from graphsvc.pictures.geometry import Extent, Geometry
    from graphsvc.pictures.region import Chart
    from graphsvc.queries import BoundQuery
    from graphsvc.store.base import Table, Term
    from graphsvc.views.map.codes import CountryThings
    from graphsvc.views.queries import Row

PLACED = view_query("map/placed")
PLACES = view_query("map/places")

MOST_WHOLE = 150
"""The most things whose long geometries are read completely to choose the map."""

MOST_DOTS = 5_000
"""The most places on the map, most of them dots without names."""


@dataclass(frozen=True, slots=True)
class MapPlace:
    """Coordinates in degrees (WGS 84), north and east positive, and their status.

    They are those of the middle, if ``geometry`` is more than a point.
    """

    latitude: float
    longitude: float
    status: Status
    geometry: Geometry

    @property
    def words(self) -> str:
        """Return the coordinates in the usual form of maps."""
        return Phrase(
            "%(latitude)s° %(north)s, %(longitude)s° %(east)s",
            latitude=f"{abs(self.latitude):.2f}",
            north=Phrase("N") if self.latitude >= 0 else Phrase("S"),
            longitude=f"{abs(self.longitude):.2f}",
            east=Phrase("E") if self.longitude >= 0 else Phrase("W"),
        )

    @property
    def kind(self) -> str:
        """Return the kind of geometry, or nothing for a point."""
        if self.geometry.areas:
            return Phrase("area")
        if self.geometry.lines:
            return Phrase("line")
        return Phrase("points") if len(self.geometry.points) > 1 else ""


@dataclass(frozen=True, slots=True)
class Undrawn:
    """The number of things that are not drawn: in another reference system, or unreadable."""

    elsewhere: int = 0
    unreadable: int = 0


@dataclass(frozen=True, slots=True)
class Places:
    """What can be drawn: countries of the graph, and things with coordinates.

    ``land`` is the outline of all other countries, as an SVG path. ``spots`` has, for each thing on
    the map, the thing whose name its place has. ``chart`` is the map that fits all of them best,
    and ``dots`` are the places on it, as an SVG path.
    """

    countries: tuple[CountryThings, ...]
    located: tuple[NamedNode, ...]
    land: str
    spots: Mapping[Term, NamedNode]
    chart: Chart
    dots: str
    undrawn: Undrawn

    @classmethod
    def read(cls, rows: Callable[[BoundQuery], Table]) -> Places:
        """Read them with a function that answers queries."""
        survey = _Survey()
        for row in rows(PLACED.bind({})):
            thing = row.get("thing")
            if isinstance(thing, NamedNode):
                survey.take(thing, row)
        # Long geometries are read completely, so that the map has room for them.
        for row in rows(PLACES.bind({"thing": survey.begun[:MOST_WHOLE]})):
            survey.take_whole(row)
        countries = Codes(rows(CODES.bind({}))).countries()
        spots: dict[Term, NamedNode] = {
            thing: each.things[0] for each in countries for thing in each.things
        }
        # A country is not drawn as a spot too.
        others = tuple(
            thing for thing in survey.extents if thing not in spots and isinstance(thing, NamedNode)
        )
        spots |= {thing: thing for thing in others}
        if not others and not countries:
            return cls((), (), "", spots, World(), "", survey.undrawn())
        extents = [survey.extents[thing] for thing in others]
        named = [each.country.extent for each in countries if each.things]
        chart = chart_of([*named, *extents])
        drawn = {each.name: each for each in chart.countries()}
        countries = tuple(
            replace(each, country=drawn.get(each.country.name, each.country)) for each in countries
        )
        own = {each.country.name for each in countries if each.things}
        land = "".join(each.path for each in drawn.values() if each.name not in own)
        return cls(countries, others, land, spots, chart, _dots(chart, extents), survey.undrawn())


class _Survey:
    """Collects the extents of things, and the things that cannot be drawn."""

    def __init__(self) -> None:
        self.extents: dict[Term, Extent] = {}
        self.begun: list[NamedNode] = []
        self._elsewhere: set[NamedNode] = set()
        self._unreadable: set[NamedNode] = set()

    def take(self, thing: NamedNode, row: Row) -> None:
        """Add a row about a thing; it has only the beginning of a long geometry."""
        try:
            self.extents.setdefault(thing, extent_of(row))
            if is_cut(row):
                self.begun.append(thing)
        except OtherSystemError:
            self._elsewhere.add(thing)
        except ValueError:
            self._unreadable.add(thing)

    def take_whole(self, row: Row) -> None:
        """Add a row with a complete geometry."""
        if is_geometric(row):
            with suppress(ValueError):
                self.extents[row["thing"]] = geometry_of(row).extent

    def undrawn(self) -> Undrawn:
        """Return the number of things that cannot be drawn."""
        located = self.extents.keys()
        elsewhere = self._elsewhere - located
        return Undrawn(len(elsewhere), len(self._unreadable - located - elsewhere))


def _dots(chart: Chart, extents: Iterable[Extent]) -> str:
    """Return the middles of some extents as points of an SVG path, each once."""
    points = dict.fromkeys(
        (round(x), round(y)) for x, y in (chart.project(*extent.middle) for extent in extents)
    )
    return "".join(f"M{x} {y}h0" for x, y in islice(points, MOST_DOTS))


def places_of(
    rows: Iterable[Row], status: Callable[[Collection[Term]], Status]
) -> Mapping[Term, MapPlace]:
    """Return the place of each thing with coordinates in the rows of the query for places.

    ``status`` returns the status of a fact from its graphs. If a thing has several places, the one
    with the best status is used.
    """
    statuses = list(Status)
    best: dict[Term, tuple[tuple[int, int, float, float], Geometry]] = {}
    for row in rows:
        if not is_geometric(row):
            continue
        try:
            geometry = geometry_of(row)
        except ValueError:
            continue
        longitude, latitude = geometry.middle
        rank = statuses.index(status([row["graph"]]))
        # An area is better than a point.
        candidate = (rank, -bool(geometry.areas) - bool(geometry.lines), latitude, longitude)
        current = best.get(row["thing"])
        if current is None or candidate < current[0]:
            best[row["thing"]] = (candidate, geometry)
    return {
        thing: MapPlace(latitude, longitude, statuses[rank], geometry)
        for thing, ((rank, _, latitude, longitude), geometry) in best.items()
    }
