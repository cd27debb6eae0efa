"""Where things lie: by the codes that the world knows them by, and by their coordinates.

Which things these are is the same for every request, and so it is read once.
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

PLACED = view_query("map/placed")
PLACES = view_query("map/places")

MOST_WHOLE = 150
"""Of how many things the long geometries decide which part of the earth is shown."""

MOST_DOTS = 5_000
"""How many places are drawn at all, most of them as dots without a name."""


@dataclass(frozen=True, slots=True)
class MapPlace:
    """Coordinates in degrees (WGS 84), north and east positive, and who states them.

    They are those of the middle, if ``geometry`` is more than a point.
    """

    latitude: float
    longitude: float
    status: Status
    geometry: Geometry

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

    @property
    def kind(self) -> str:
        """Return what the place is on the map, if it is no point."""
        if self.geometry.areas:
            return Phrase("area")
        if self.geometry.lines:
            return Phrase("line")
        return Phrase("points") if len(self.geometry.points) > 1 else ""


@dataclass(frozen=True, slots=True)
class Undrawn:
    """How many things have a place that is not drawn: in another system, or not to be read."""

    elsewhere: int = 0
    unreadable: int = 0


@dataclass(frozen=True, slots=True)
class Places:
    """What can be drawn: the countries that the graph knows, and things with coordinates.

    ``land`` is the outline of all other countries, as an SVG path. ``spots`` gives, for each thing
    that is drawn, the one that its place on the map is named after. ``chart`` is the map that shows
    all of them best, and ``dots`` are the places on it, as an SVG path.
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
        """Read them by what answers queries."""
        survey = _Survey()
        for row in rows(PLACED.bind({})):
            thing = row.get("thing")
            if isinstance(thing, NamedNode):
                survey.take(thing, row)
        # The long geometries that are drawn are read whole, so that the map has room for them.
        for row in rows(PLACES.bind({"thing": survey.begun[:MOST_WHOLE]})):
            survey.take_whole(row)
        countries = Codes(rows(CODES.bind({}))).countries()
        spots: dict[Term, NamedNode] = {
            thing: each.things[0] for each in countries for thing in each.things
        }
        # What is drawn as a country is no spot as well.
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
    """Which things are where, and which would be, if their places could be drawn."""

    def __init__(self) -> None:
        self.extents: dict[Term, Extent] = {}
        self.begun: list[NamedNode] = []
        self._elsewhere: set[NamedNode] = set()
        self._unreadable: set[NamedNode] = set()

    def take(self, thing: NamedNode, row: Mapping[str, Term]) -> None:
        """Take a row about a thing; of a long geometry it has the beginning."""
        try:
            self.extents.setdefault(thing, extent_of(row))
            if is_cut(row):
                self.begun.append(thing)
        except OtherSystemError:
            self._elsewhere.add(thing)
        except ValueError:
            self._unreadable.add(thing)

    def take_whole(self, row: Mapping[str, Term]) -> None:
        """Take a row with all of a geometry."""
        if is_geometric(row):
            with suppress(ValueError):
                self.extents[row["thing"]] = geometry_of(row).extent

    def undrawn(self) -> Undrawn:
        """Return how many things have no place that can be drawn."""
        located = self.extents.keys()
        elsewhere = self._elsewhere - located
        return Undrawn(len(elsewhere), len(self._unreadable - located - elsewhere))


def _dots(chart: Chart, extents: Iterable[Extent]) -> str:
    """Return the middles of some parts of the earth as points of an SVG path, each once."""
    points = dict.fromkeys(
        (round(x), round(y)) for x, y in (chart.project(*extent.middle) for extent in extents)
    )
    return "".join(f"M{x} {y}h0" for x, y in islice(points, MOST_DOTS))


def places_of(
    rows: Iterable[Mapping[str, Term]], status: Callable[[Collection[Term]], Status]
) -> Mapping[Term, MapPlace]:
    """Return the place of each thing that has coordinates in the answers of the query for places.

    ``status`` tells by its graph who states a fact. Of a thing that has several places the text's
    comes before the editors', and one is taken.
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
        # An area tells more than a point.
        candidate = (rank, -bool(geometry.areas) - bool(geometry.lines), latitude, longitude)
        current = best.get(row["thing"])
        if current is None or candidate < current[0]:
            best[row["thing"]] = (candidate, geometry)
    return {
        thing: MapPlace(latitude, longitude, statuses[rank], geometry)
        for thing, ((rank, _, latitude, longitude), geometry) in best.items()
    }
