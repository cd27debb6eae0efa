"""The map: the countries of the world, and the locations of things of the graph.

`places` reads once what can be drawn, and chooses the map; this module adds names for a reader. If
there are very many things, the first ones have names, and all others are dots.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from graphsvc.pictures import labels as lettering
from graphsvc.views.map.places import PLACES, places_of
from graphsvc.views.names import Names
from graphsvc.views.queries import view_query

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pyoxigraph import NamedNode

    from graphsvc.pictures.geometry import Geometry, Position
    from graphsvc.pictures.labels import Box, Label, Point
    from graphsvc.pictures.region import Chart, Degree
    from graphsvc.queries import BoundQuery
    from graphsvc.store.base import Term
    from graphsvc.views.graph import Graph
    from graphsvc.views.map.places import MapPlace, Places, Undrawn
    from graphsvc.views.model import Named, Passage

SENTENCES = view_query("map/sentences")

MOST_SPOTS = 150
"""The most places with names."""

MOST_OF_COUNTRY = 100
"""The most things in the list of one country."""

_WIDE, _NARROW = 10, 18
"""The font sizes of the style sheet on a wide map and on a narrow one."""

_SPOT, _KNOT = 4, 16
"""The radius of a place on a wide map, and of several places on a narrow one."""

_TOUCH = 56
"""The distance of points on a narrow screen that a finger can hit separately."""


@dataclass(frozen=True, slots=True)
class MapCountry:
    """A country on the map, the things that stand for it, and the things within it."""

    name: str
    path: str
    centre: Point
    things: tuple[Named, ...]
    within: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Title:
    """The name of a country, and its label on a wide map and on a narrow one."""

    thing: Named
    wide: Label
    narrow: Label


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on the map; ``label`` is the position of its name, if there is room for it.

    If it is more than a point, ``path`` has its lines and areas, and ``dots`` its points, as SVG
    paths.
    """

    thing: Named
    place: MapPlace
    x: float
    y: float
    label: Label | None
    path: str
    dots: str


@dataclass(frozen=True, slots=True)
class Knot:
    """Places that are too close together on a narrow screen."""

    spots: tuple[Spot, ...]
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Map:
    """The data of the map; ``land`` is the outline of the countries without things of the graph.

    ``countries`` are those with things of the graph. ``more`` is the number of places without a
    name here; if there are any, ``dots`` has all places. ``undrawn`` counts the things whose places
    cannot be drawn. ``meridians`` and ``parallels`` are the grid of a part of the world.
    ``sentences`` are the passages about each thing, if requested.
    """

    land: str
    countries: tuple[MapCountry, ...]
    titles: tuple[Title, ...]
    spots: tuple[Spot, ...]
    knots: tuple[Knot, ...]
    more: int
    dots: str
    undrawn: Undrawn
    meridians: Sequence[Degree]
    parallels: Sequence[Degree]
    sentences: Mapping[Term, Sequence[Passage]]
    query: BoundQuery

    @property
    def named(self) -> list[MapCountry]:
        """Return the countries that are things of the graph."""
        return [entry for entry in self.countries if entry.things]

    @property
    def things(self) -> list[Named]:
        """Return all things on the map."""
        countries = chain.from_iterable(entry.things for entry in self.named)
        return [*countries, *(spot.thing for spot in self.spots)]


def drawn_map(graph: Graph, languages: str) -> Map:
    """Return the map, without sentences."""
    return _build(graph, Names(graph, _things_on_map(graph.places), languages), {})


def map_with_sentences(graph: Graph, languages: str) -> Map:
    """Return the map, with the passages about each thing on it."""
    things = _things_on_map(graph.places)
    rows = list(graph.rows(SENTENCES.bind({"thing": things})))
    names = Names(graph, [*things, *(row["passage"] for row in rows)], languages)
    by_thing: dict[Term, list[Passage]] = {}
    for row in rows:
        passage = names.passage(row["passage"])
        by_thing.setdefault(row["thing"], []).extend([passage] if passage else [])
    sentences = {
        thing: sorted(passages, key=lambda entry: entry.order)
        for thing, passages in by_thing.items()
    }
    return _build(graph, names, sentences)


def _things_on_map(places: Places) -> Sequence[NamedNode]:
    """Return the things on the map or in its lists."""
    listed = chain.from_iterable(
        part[:MOST_OF_COUNTRY] for each in places.countries for part in (each.things, each.within)
    )
    return [*dict.fromkeys(listed), *places.located[:MOST_SPOTS]]


def _build(graph: Graph, names: Names, sentences: Mapping[Term, Sequence[Passage]]) -> Map:
    places, things = graph.places, graph.places.located[:MOST_SPOTS]
    countries = [
        MapCountry(
            name=each.country.name,
            path=each.country.path,
            centre=each.country.centre,
            things=_by_label(names, each.things[:MOST_OF_COUNTRY]),
            within=_by_label(names, each.within[:MOST_OF_COUNTRY]),
        )
        for each in places.countries
    ]
    named = [thing.term for entry in countries for thing in entry.things]
    query = PLACES.bind({"thing": [*named, *things]})
    place_of = places_of(graph.rows(query), graph.status)
    places_of_things = [(names[thing], place_of[thing]) for thing in things if thing in place_of]
    places_of_things.sort(key=lambda pair: pair[0].label)
    chart = places.chart
    points = [chart.project(place.longitude, place.latitude) for _, place in places_of_things]
    groups = lettering.cluster(points, _TOUCH)
    middles = [lettering.middle(points[number] for number in group) for group in groups]
    titles, covered = _titles(countries, points, middles)
    labels = lettering.place_point_labels(
        [(thing.label, point) for (thing, _), point in zip(places_of_things, points, strict=True)],
        covered,
        _WIDE,
    )
    spots = [
        Spot(*pair, *point, label, *_paths(chart, pair[1].geometry))
        for pair, point, label in zip(places_of_things, points, labels, strict=True)
    ]
    return Map(
        land=places.land,
        countries=tuple(countries),
        titles=tuple(titles),
        spots=tuple(spots),
        knots=tuple(
            Knot(tuple(spots[number] for number in sorted(group)), *middle)
            for group, middle in zip(groups, middles, strict=True)
        ),
        more=max(0, len(places.located) - MOST_SPOTS),
        dots=places.dots if len(places.located) > MOST_SPOTS else "",
        undrawn=places.undrawn,
        meridians=chart.meridians(),
        parallels=chart.parallels(),
        sentences=sentences,
        query=query,
    )


def _paths(chart: Chart, geometry: Geometry) -> tuple[str, str]:
    """Return the lines and areas of a geometry, and its points, as SVG paths."""
    lines = "".join(_line(chart, line) for line in geometry.lines)
    areas = "".join(f"{_line(chart, ring)}z" for ring in chain.from_iterable(geometry.areas))
    points = geometry.points if len(geometry.points) > 1 or lines or areas else ()
    dots = "".join(f"M{x:.1f} {y:.1f}h0" for x, y in (chart.project(*point) for point in points))
    return lines + areas, dots


def _line(chart: Chart, positions: Sequence[Position]) -> str:
    points = dict.fromkeys((round(x, 1), round(y, 1)) for x, y in chart.line(positions))
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points)


def _by_label(names: Names, things: Iterable[NamedNode]) -> tuple[Named, ...]:
    return tuple(sorted((names[thing] for thing in things), key=lambda named: named.label))


def _titles(
    countries: Iterable[MapCountry], points: Iterable[Point], middles: Iterable[Point]
) -> tuple[list[Title], list[Box]]:
    """Return the names of the countries, and their boxes on a wide map."""
    named = [(entry.things[0], entry.centre) for entry in countries if entry.things]
    words = [(thing.label, centre) for thing, centre in named]
    spots = [lettering.square_around(x, y, _SPOT) for x, y in points]
    wide, covered = lettering.place_area_labels(words, spots, _WIDE)
    circles = [lettering.square_around(x, y, _KNOT) for x, y in middles]
    narrow, _ = lettering.place_area_labels(words, circles, _NARROW)
    titles = [Title(thing, *at) for (thing, _), *at in zip(named, wide, narrow, strict=True)]
    return titles, covered
