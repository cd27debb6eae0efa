"""Geometries on the earth, as graphs write them: well-known text, GeoJSON, and pairs of numbers.

Positions are longitude and latitude in degrees (WGS 84). Well-known text has the longitude first
unless it names a system that does otherwise:
https://docs.ogc.org/is/22-047r1/22-047r1.html#10-8-1-well-known-text
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

Position: TypeAlias = tuple[float, float]
Ring: TypeAlias = tuple[Position, ...]

_MOST_NORTH, _MOST_EAST = 90, 180
_TURN = 360

LONGEST = 1_000_000
"""How many characters of a geometry are read: a longer one is not drawn."""

_DEEPEST = 8
"""How deep collections may lie in collections."""

_CRS = re.compile(r"\s*<([^<>\s]*)>\s*")
_LONGITUDE_FIRST = frozenset(
    (
        "www.opengis.net/def/crs/OGC/1.3/CRS84",
        "www.opengis.net/def/crs/OGC/0/CRS84h",
        "www.wikidata.org/entity/Q2",
    )
)
# WGS 84, the same with heights, and ETRS 89, which differs from it by less than a metre.
_LATITUDE_FIRST = frozenset(
    f"www.opengis.net/def/crs/EPSG/{version}/{code}"
    for version in ("0", "9.9.1")
    for code in ("4326", "4979", "4258")
)
_TOKEN = re.compile(r"\s*([A-Za-z]+|[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?|[(),])")
_KINDS = re.compile(
    r"(POINT|LINESTRING|LINEARRING|POLYGON|MULTIPOINT|MULTILINESTRING|MULTIPOLYGON|"
    r"GEOMETRYCOLLECTION)(Z|M|ZM)?"
)


class OtherSystemError(ValueError):
    """A geometry is in coordinates that cannot be drawn here; the words name their system."""


#: The kinds of GeoJSON that hold others, and under which name.
_COLLECTED = {"GeometryCollection": "geometries", "FeatureCollection": "features"}


@dataclass(frozen=True, slots=True)
class Geometry:
    """Points, lines and areas; an area is a ring and the rings of its holes."""

    points: tuple[Position, ...] = ()
    lines: tuple[Ring, ...] = ()
    areas: tuple[tuple[Ring, ...], ...] = ()

    @property
    def rings(self) -> Iterator[Ring]:
        """Return every line, the outlines of areas too."""
        return chain(self.lines, chain.from_iterable(self.areas))

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to draw."""
        return not (self.points or self.lines or self.areas)

    @property
    def extent(self) -> Extent:
        """Return the part of the earth that it takes."""
        if len(self.points) == 1 and not self.lines and not self.areas:
            return Extent(self.points[0] * 2)
        return Extent.around([*((point,) for point in self.points), *self.rings])

    @property
    def middle(self) -> Position:
        """Return a position that stands for all of it."""
        if len(self.points) == 1 and not self.lines and not self.areas:
            return self.points[0]
        return self.extent.middle


@dataclass(frozen=True, slots=True)
class Extent:
    """Degrees from the west to the east and from the south to the north.

    The east is no less than the west: beyond the antimeridian it is more than 180.
    """

    bounds: tuple[float, float, float, float]

    @property
    def middle(self) -> Position:
        """Return the position in the middle."""
        west, south, east, north = self.bounds
        return (wrapped((west + east) / 2), (south + north) / 2)

    @classmethod
    def around(cls, rings: Iterable[Sequence[Position]]) -> Extent:
        """Return what holds some lines; the way around the earth is the shorter one."""
        parts = []
        for ring in rings:
            longitudes = [longitude for longitude, _ in unrolled(ring)]
            latitudes = [latitude for _, latitude in ring]
            parts.append(cls((min(longitudes), min(latitudes), max(longitudes), max(latitudes))))
        return cls.of(parts)

    @classmethod
    def of(cls, extents: Iterable[Extent]) -> Extent:
        """Return what holds several: all around the earth but the widest part where none is."""
        bounds = [extent.bounds for extent in extents]
        spans = sorted((wrapped(west), east - west) for west, _, east, _ in bounds)
        reach, widest, west = sum(spans[0]), -1.0, spans[0][0]
        for start, width in [*spans[1:], (spans[0][0] + _TURN, 0.0)]:
            if start - reach > widest:
                widest, west = start - reach, start
            reach = max(reach, start + width)
        south, north = min(each[1] for each in bounds), max(each[3] for each in bounds)
        if widest <= 0:
            return cls((-_MOST_EAST, south, _MOST_EAST, north))
        west = wrapped(west)
        return cls((west, south, west + _TURN - widest, north))


def wrapped(longitude: float) -> float:
    """Return a longitude from -180 to 180."""
    if abs(longitude) <= _MOST_EAST:
        return longitude
    return (longitude + _MOST_EAST) % _TURN - _MOST_EAST


def unrolled(ring: Sequence[Position]) -> list[Position]:
    """Return a line that goes on beyond the antimeridian where it crosses it."""
    found: list[Position] = []
    shift = 0
    for longitude, latitude in ring:
        if found:
            step = longitude + shift - found[-1][0]
            shift -= round(step / _TURN) * _TURN if abs(step) > _MOST_EAST else 0
        found.append((longitude + shift, latitude))
    return found


def read(text: str) -> Geometry:
    """Return the geometry that a literal writes: well-known text, or GeoJSON.

    Errors: ValueError; OtherSystemError if it is in coordinates that are not degrees of the earth.
    """
    if len(text) > LONGEST:
        raise ValueError("too long")
    stripped = text.lstrip()
    return _geojson(stripped) if stripped.startswith("{") else _wkt(text)


def pairs(text: str) -> tuple[Position, ...]:
    """Return the positions in a row of numbers, the latitude first, as GeoRSS has them.

    https://docs.ogc.org/cs/17-002r1/17-002r1.html Errors: ValueError.
    """
    numbers = [float(each) for each in re.split(r"[\s,]+", text.strip())]
    if len(numbers) % 2:
        raise ValueError(text)
    return tuple(
        position(longitude, latitude)
        for latitude, longitude in zip(numbers[::2], numbers[1::2], strict=True)
    )


def position(longitude: float, latitude: float) -> Position:
    """Return a place on the earth. Errors: ValueError; what is no number is out of every bound."""
    if not (abs(latitude) <= _MOST_NORTH and abs(longitude) <= _MOST_EAST):
        raise ValueError("no place on the earth")
    return (longitude, latitude)


def _wkt(text: str) -> Geometry:
    named = _CRS.match(text)
    latitude_first = False
    if named is not None:
        system = named[1].removeprefix("http://").removeprefix("https://")
        latitude_first = system in _LATITUDE_FIRST
        if not latitude_first and system not in _LONGITUDE_FIRST:
            raise OtherSystemError(named[1])
        text = text[named.end() :]
    elif text.lstrip().upper().startswith("SRID"):
        raise OtherSystemError(text.split(";", maxsplit=1)[0])
    reader = _Wkt(_tokens(text.strip()), latitude_first=latitude_first)
    reader.geometry()
    reader.end()
    return reader.found.geometry()


def _tokens(text: str) -> list[str]:
    found: list[str] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise ValueError(text[at : at + 20])
        found.append(match[1])
        at = match.end()
    return found


@dataclass(slots=True)
class _Found:
    points: list[Position] = field(default_factory=list)
    lines: list[Ring] = field(default_factory=list)
    areas: list[tuple[Ring, ...]] = field(default_factory=list)

    def geometry(self) -> Geometry:
        return Geometry(tuple(self.points), tuple(self.lines), tuple(self.areas))


class _Wkt:
    """Reads the tokens of well-known text from the left to the right."""

    def __init__(self, tokens: Sequence[str], *, latitude_first: bool) -> None:
        self._tokens = tokens
        self._at = 0
        self._latitude_first = latitude_first
        self.found = _Found()

    def end(self) -> None:
        """Errors: ValueError if anything is left."""
        if self._at != len(self._tokens):
            raise ValueError(self._tokens[self._at])

    def geometry(self, depth: int = 0) -> None:
        """Read one geometry. Errors: ValueError."""
        match = _KINDS.fullmatch(self._next().upper())
        if match is None or depth > _DEEPEST:
            raise ValueError("no geometry that can be drawn")
        if match[2] is None and self._peek().upper() in ("Z", "M", "ZM"):
            self._at += 1
        if self._peek().upper() == "EMPTY":
            self._at += 1
            return
        kind = match[1]
        if kind == "GEOMETRYCOLLECTION":
            self._each(lambda: self.geometry(depth + 1))
        elif kind in ("POINT", "MULTIPOINT"):
            self.found.points.extend(self._positions())
        elif kind in ("LINESTRING", "LINEARRING"):
            self.found.lines.append(self._line())
        elif kind == "MULTILINESTRING":
            self._each(lambda: self.found.lines.append(self._line()))
        elif kind == "POLYGON":
            self.found.areas.append(self._area())
        else:
            self._each(lambda: self.found.areas.append(self._area()))

    def _each(self, read_one: Callable[[], object]) -> None:
        self._take("(")
        while True:
            read_one()
            if self._next() != ",":
                break
        self._at -= 1
        self._take(")")

    def _area(self) -> tuple[Ring, ...]:
        rings: list[Ring] = []
        self._each(lambda: rings.append(self._line()))
        return tuple(rings)

    def _line(self) -> Ring:
        line = self._positions()
        if len(line) < 2:  # noqa: PLR2004
            raise ValueError("a line of one position")
        return line

    def _positions(self) -> Ring:
        found: list[Position] = []

        def one() -> None:
            # The points of a multipoint may have brackets of their own.
            if self._peek() == "(":
                found.extend(self._positions())
            else:
                found.append(self._position())

        self._each(one)
        return tuple(found)

    def _position(self) -> Position:
        numbers = [float(self._next())]
        while self._peek() not in (",", ")", ""):
            numbers.append(float(self._next()))
        if not 2 <= len(numbers) <= 4:  # noqa: PLR2004
            raise ValueError("no position")
        first, second = numbers[:2]
        return position(second, first) if self._latitude_first else position(first, second)

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _next(self) -> str:
        token = self._peek()
        self._at += 1
        return token

    def _take(self, token: str) -> None:
        if self._next() != token:
            raise ValueError(f"no {token}")


def _geojson(text: str) -> Geometry:
    """Return a geometry, or that of a feature (https://www.rfc-editor.org/rfc/rfc7946)."""
    found = _Found()
    try:
        told = json.loads(text)
        if "crs" in told:
            # GeoJSON of before the RFC may name another system.
            _must_be_degrees(json.dumps(told["crs"]))
        _add_geojson(told, found, 0)
    except (KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise ValueError("no GeoJSON") from error
    return found.geometry()


def _must_be_degrees(system: str) -> None:
    if not any(name in system for name in ("CRS84", "4326")):
        raise OtherSystemError(system)


def _add_geojson(told: Mapping[str, Any], found: _Found, depth: int) -> None:
    kind = told["type"]
    if depth > _DEEPEST:
        raise ValueError("too deep")
    if kind == "Feature":
        _add_geojson(told["geometry"], found, depth + 1)
    elif kind in _COLLECTED:
        for each in _listed(told[_COLLECTED[kind]]):
            _add_geojson(each, found, depth + 1)
    else:
        _add_coordinates(kind.removeprefix("Multi"), told["coordinates"], found, kind)


def _add_coordinates(part: str, inner: Any, found: _Found, kind: str) -> None:
    parts = _listed(inner) if kind != part else [inner] if inner else []
    if part == "Point":
        found.points.extend(_line_of(parts))
    elif part == "LineString":
        found.lines.extend(map(_line_of, parts))
    elif part == "Polygon":
        found.areas.extend(tuple(map(_line_of, _listed(each))) for each in parts)
    else:
        raise ValueError(kind)


def _line_of(listed: Any) -> Ring:
    return tuple(position(float(each[0]), float(each[1])) for each in _listed(listed))


def _listed(inner: Any) -> Sequence[Any]:
    if not isinstance(inner, list):
        raise ValueError("no list")  # noqa: TRY004 - it is the text that is wrong
    return inner


def degrees_across(latitude: float) -> float:
    """Return how wide a degree of longitude is, as a part of a degree of latitude."""
    return max(math.cos(math.radians(latitude)), 0.01)
