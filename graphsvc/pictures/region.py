"""The map of a part of the earth: as large as the picture allows, with the countries around it.

For some tens of degrees a plane map is enough: a degree of longitude is everywhere as wide as in
the middle of the picture. A larger part is drawn on the map of the world.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from graphsvc.pictures import world
from graphsvc.pictures.geometry import Extent, degrees_across, unwrap_longitudes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from graphsvc.pictures.geometry import Position
    from graphsvc.pictures.labels import Point

_LEFT, _TOP, _WIDTH, _HEIGHT = 0.0, 18.0, 800.0, 350.0
"""The part of the picture that a map shows: its ``viewBox``."""

_MARGIN = 0.12
"""The margin at each side, as a part of the picture."""

_LEAST = 0.05
"""The least degrees that a picture shows: a street is not recognised without its town."""

_WIDEST, _HIGHEST = 100, 60
"""The most degrees that a map of a part of the earth shows."""

_MOST_NORTH = 89.0
_STEPS = (30, 20, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005)
_MOST_LINES = 4


@dataclass(frozen=True, slots=True)
class Degree:
    """A line of the grid: its position in the picture, and its degrees."""

    at: float
    degrees: float


@dataclass(frozen=True, slots=True)
class Region:
    """A plane map around a position; ``scale`` is the units of the picture in a degree."""

    longitude: float
    latitude: float
    scale: float

    def project(self, longitude: float, latitude: float) -> Point:
        """Return the point of the picture for a position."""
        away = longitude - self.longitude
        away -= round(away / 360) * 360
        return self._at(away, latitude, degrees_across(self.latitude))

    def line(self, positions: Sequence[Position]) -> list[Point]:
        """Return a line in the picture; it has no gap at the antimeridian."""
        whole = unwrap_longitudes(positions)
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
        """Yield the countries in the picture, clipped at its edges."""
        for outline in world.outlines():
            clipped = (_clip(self.line(ring)) for ring in outline.rings if self._may_show(ring))
            rings = world.visible_rings(world.simplify(ring, _FINE) for ring in clipped)
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
"""The unit to which the outlines are rounded."""


@dataclass(frozen=True, slots=True)
class World:
    """The map of the world, in the projection of its outlines."""

    def project(self, longitude: float, latitude: float) -> Point:
        """Return the point of the picture for a position."""
        return world.project(longitude, latitude)

    def line(self, positions: Sequence[Position]) -> list[Point]:
        """Return a line in the picture; points beyond its edge are moved to the edge."""
        return [
            world.project(min(max(x, -180.0), 180.0), y) for x, y in unwrap_longitudes(positions)
        ]

    def countries(self) -> Iterable[world.Country]:
        """Return every country."""
        return world.countries()

    def parallels(self) -> list[Degree]:
        """Return no lines: the map of the world needs no grid."""
        return []

    meridians = parallels


Chart: TypeAlias = Region | World


def chart_of(extents: Iterable[Extent]) -> Chart:
    """Return the map that fits some parts of the earth best."""
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
    """Return a few round numbers of degrees between two others."""
    step = next((each for each in reversed(_STEPS) if (end - begin) / each <= _MOST_LINES), 30)
    first = math.ceil(begin / step)
    return [round(number * step, 3) for number in range(first, math.floor(end / step) + 1)]


def _shows(point: Point) -> bool:
    x, y = point
    return _LEFT <= x <= _LEFT + _WIDTH and _TOP <= y <= _TOP + _HEIGHT


def _middle(ring: Sequence[Point]) -> Point:
    xs, ys = zip(*ring, strict=True)
    return ((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2)


def _clip(ring: list[Point]) -> list[Point]:
    """Return the part of a ring that is in the picture or just outside, by Sutherland and Hodgman.

    https://doi.org/10.1145/360767.360802
    """
    low, high = (_LEFT - 5, _TOP - 5), (_LEFT + _WIDTH + 5, _TOP + _HEIGHT + 5)
    for axis in (0, 1):
        ring = _clip_at(ring, axis, low[axis], 1)
        ring = _clip_at(ring, axis, high[axis], -1)
    return ring


def _clip_at(ring: list[Point], axis: int, edge: float, side: int) -> list[Point]:
    clipped: list[Point] = []
    for number, point in enumerate(ring):
        before = ring[number - 1]
        inside, was_inside = side * (point[axis] - edge) >= 0, side * (before[axis] - edge) >= 0
        if inside != was_inside:
            share = (edge - before[axis]) / (point[axis] - before[axis])
            crossing = [one + (two - one) * share for one, two in zip(before, point, strict=True)]
            clipped.append((crossing[0], crossing[1]))
        if inside:
            clipped.append(point)
    return clipped
