"""A part of the earth as a picture: as large as the picture allows, with what lies around it.

Within some tens of degrees a plain map does: degrees of longitude as wide as they are in the middle
of the picture. What takes more than that is drawn on the map of the world.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from graphsvc.pictures import world
from graphsvc.pictures.geometry import Extent, degrees_across, unrolled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from graphsvc.pictures.geometry import Position
    from graphsvc.pictures.labels import Point

_LEFT, _TOP, _WIDTH, _HEIGHT = 0.0, 18.0, 800.0, 350.0
"""The part of the picture that a map shows: its ``viewBox``."""

_MARGIN = 0.12
"""How much of the picture is left free at each side."""

_LEAST = 0.05
"""How many degrees a picture shows at least: a street would tell nothing without its town."""

_WIDEST, _HIGHEST = 100, 60
"""How many degrees a part of the earth has at most."""

_MOST_NORTH = 89.0
_STEPS = (30, 20, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005)
_MOST_LINES = 4


@dataclass(frozen=True, slots=True)
class Degree:
    """A line of the grid: its place in the picture, and how many degrees it stands for."""

    at: float
    degrees: float


@dataclass(frozen=True, slots=True)
class Region:
    """A plain map around a position; ``scale`` is how many units of the picture a degree has."""

    longitude: float
    latitude: float
    scale: float

    def project(self, longitude: float, latitude: float) -> Point:
        """Return where a place stands in the picture."""
        away = longitude - self.longitude
        away -= round(away / 360) * 360
        return self._at(away, latitude, degrees_across(self.latitude))

    def line(self, positions: Sequence[Position]) -> list[Point]:
        """Return where a line stands in the picture; it does not tear at the antimeridian."""
        whole = unrolled(positions)
        middle = sum(longitude for longitude, _ in whole) / len(whole)
        turns = round((middle - self.longitude) / 360) * 360
        across = degrees_across(self.latitude)
        return [
            self._at(longitude - turns - self.longitude, latitude, across)
            for longitude, latitude in whole
        ]

    def _at(self, away: float, latitude: float, across: float) -> Point:
        latitude = min(max(latitude, -_MOST_NORTH), _MOST_NORTH)
        x = away * across * self.scale
        return (
            _LEFT + _WIDTH / 2 + x,
            _TOP + _HEIGHT / 2 - (latitude - self.latitude) * self.scale,
        )

    def countries(self) -> Iterator[world.Country]:
        """Yield the countries that the picture shows a part of, cut at its edges."""
        for outline in world.outlines():
            cut = (_cut(self.line(ring)) for ring in outline.rings if self._may_show(ring))
            rings = world.distinct(world.coarse(ring, _FINE) for ring in cut)
            if rings:
                centre = self.project(*outline.centre)
                if not _shows(centre):
                    centre = _middle(rings[0])
                yield world.Country(
                    outline.name,
                    world.path(rings),
                    (round(centre[0], 1), round(centre[1], 1)),
                    outline.codes,
                    outline.extent,
                )

    def _may_show(self, ring: Sequence[Position]) -> bool:
        """Tell whether a ring may have a part in the picture."""
        half = _HEIGHT / self.scale
        return any(abs(latitude - self.latitude) < half for _, latitude in ring) or (
            min(each[1] for each in ring) < self.latitude < max(each[1] for each in ring)
        )

    def parallels(self) -> list[Degree]:
        """Return the lines of the grid from the west to the east."""
        half = _HEIGHT / 2 / self.scale
        return [
            Degree(self.project(self.longitude, degrees)[1], degrees)
            for degrees in _round(self.latitude - half, self.latitude + half)
            if abs(degrees) < _MOST_NORTH
        ]

    def meridians(self) -> list[Degree]:
        """Return the lines of the grid from the north to the south."""
        half = _WIDTH / 2 / self.scale / degrees_across(self.latitude)
        return [
            Degree(self.project(degrees, self.latitude)[0], (degrees + 180) % 360 - 180)
            for degrees in _round(self.longitude - half, self.longitude + half)
        ]


_FINE = 0.5
"""To which part of a unit the outlines are rounded."""


@dataclass(frozen=True, slots=True)
class World:
    """The map of the world, in the projection of its outlines."""

    def project(self, longitude: float, latitude: float) -> Point:
        """Return where a place stands in the picture."""
        return world.project(longitude, latitude)

    def line(self, positions: Sequence[Position]) -> list[Point]:
        """Return where a line stands in the picture; what lies beyond its edge is at the edge."""
        return [world.project(min(max(x, -180.0), 180.0), y) for x, y in unrolled(positions)]

    def countries(self) -> Iterable[world.Country]:
        """Return every country."""
        return world.countries()

    def parallels(self) -> list[Degree]:
        """Return no grid: everybody knows the world."""
        return []

    meridians = parallels


Chart: TypeAlias = Region | World


def chart_of(extents: Iterable[Extent]) -> Chart:
    """Return the map that shows all of some parts of the earth best."""
    parts = list(extents)
    if not parts:
        return World()
    west, south, east, north = Extent.of(parts).bounds
    if east - west > _WIDEST or north - south > _HIGHEST:
        return World()
    latitude = (south + north) / 2
    across = max((east - west) * degrees_across(latitude), _LEAST)
    free = 1 - 2 * _MARGIN
    scale = min(_WIDTH * free / across, _HEIGHT * free / max(north - south, _LEAST))
    return Region((west + east) / 2, latitude, scale)


def _round(begin: float, end: float) -> list[float]:
    """Return round degrees between two others: few, and at least one of them if there is one."""
    step = next((each for each in reversed(_STEPS) if (end - begin) / each <= _MOST_LINES), 30)
    first = math.ceil(begin / step)
    return [round(number * step, 3) for number in range(first, math.floor(end / step) + 1)]


def _shows(point: Point) -> bool:
    x, y = point
    return _LEFT <= x <= _LEFT + _WIDTH and _TOP <= y <= _TOP + _HEIGHT


def _middle(ring: Sequence[Point]) -> Point:
    xs, ys = zip(*ring, strict=True)
    return ((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2)


def _cut(ring: list[Point]) -> list[Point]:
    """Return the part of a ring in the picture, and a little more, by Sutherland and Hodgman.

    https://doi.org/10.1145/360767.360802
    """
    low, high = (_LEFT - 5, _TOP - 5), (_LEFT + _WIDTH + 5, _TOP + _HEIGHT + 5)
    for axis in (0, 1):
        ring = _cut_at(ring, axis, low[axis], 1)
        ring = _cut_at(ring, axis, high[axis], -1)
    return ring


def _cut_at(ring: list[Point], axis: int, edge: float, side: int) -> list[Point]:
    found: list[Point] = []
    for number, point in enumerate(ring):
        before = ring[number - 1]
        inside, was_inside = side * (point[axis] - edge) >= 0, side * (before[axis] - edge) >= 0
        if inside != was_inside:
            share = (edge - before[axis]) / (point[axis] - before[axis])
            crossing = [one + (two - one) * share for one, two in zip(before, point, strict=True)]
            found.append((crossing[0], crossing[1]))
        if inside:
            found.append(point)
    return found
