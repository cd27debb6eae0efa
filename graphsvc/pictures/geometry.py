"""Geometries on the earth in the forms that graphs use: well-known text, GeoJSON, number pairs.

A position is a longitude and a latitude in degrees (WGS 84). In well-known text the longitude comes
first, unless the coordinate reference system says otherwise:
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

_MAX_LATITUDE, _MAX_LONGITUDE = 90, 180
_TURN = 360

MAX_LENGTH = 1_000_000
"""The most characters that a geometry may have: a longer one is not drawn."""

_MAX_DEPTH = 8
"""The most levels of collections inside collections."""

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
    """The geometry has an unsupported coordinate reference system; the message names it."""


#: The types of GeoJSON that contain other objects, and the member that lists these.
_COLLECTION_MEMBERS = {"GeometryCollection": "geometries", "FeatureCollection": "features"}


@dataclass(frozen=True, slots=True)
class Geometry:
    """Points, lines and areas; an area is a ring and the rings of its holes."""

    points: tuple[Position, ...] = ()
    lines: tuple[Ring, ...] = ()
    areas: tuple[tuple[Ring, ...], ...] = ()

    @property
    def rings(self) -> Iterator[Ring]:
        """Return every line and the outline of every area."""
        return chain(self.lines, chain.from_iterable(self.areas))

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to draw."""
        return not (self.points or self.lines or self.areas)

    @property
    def extent(self) -> Extent:
        """Return the part of the earth that the geometry covers."""
        if len(self.points) == 1 and not self.lines and not self.areas:
            return Extent(self.points[0] * 2)
        return Extent.around([*((point,) for point in self.points), *self.rings])

    @property
    def middle(self) -> Position:
        """Return one position that represents the geometry."""
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
        west, south, east, north = self.bounds
        return (normalise_longitude((west + east) / 2), (south + north) / 2)

    @classmethod
    def around(cls, rings: Iterable[Sequence[Position]]) -> Extent:
        """Return the extent of some lines, on the shorter way around the earth."""
        parts = []
        for ring in rings:
            longitudes = [longitude for longitude, _ in unwrap_longitudes(ring)]
            latitudes = [latitude for _, latitude in ring]
            parts.append(cls((min(longitudes), min(latitudes), max(longitudes), max(latitudes))))
        return cls.of(parts)

    @classmethod
    def of(cls, extents: Iterable[Extent]) -> Extent:
        """Return the extent of several extents: the whole circle without its widest empty part."""
        bounds = [extent.bounds for extent in extents]
        spans = sorted((normalise_longitude(west), east - west) for west, _, east, _ in bounds)
        reach, widest, west = sum(spans[0]), -1.0, spans[0][0]
        for start, width in [*spans[1:], (spans[0][0] + _TURN, 0.0)]:
            if start - reach > widest:
                widest, west = start - reach, start
            reach = max(reach, start + width)
        south, north = min(each[1] for each in bounds), max(each[3] for each in bounds)
        if widest <= 0:
            return cls((-_MAX_LONGITUDE, south, _MAX_LONGITUDE, north))
        west = normalise_longitude(west)
        return cls((west, south, west + _TURN - widest, north))


def normalise_longitude(longitude: float) -> float:
    """Return a longitude from -180 to 180."""
    if abs(longitude) <= _MAX_LONGITUDE:
        return longitude
    return (longitude + _MAX_LONGITUDE) % _TURN - _MAX_LONGITUDE


def unwrap_longitudes(ring: Sequence[Position]) -> list[Position]:
    """Return a line whose longitudes continue beyond 180 where it crosses the antimeridian."""
    line: list[Position] = []
    shift = 0
    for longitude, latitude in ring:
        if line:
            step = longitude + shift - line[-1][0]
            shift -= round(step / _TURN) * _TURN if abs(step) > _MAX_LONGITUDE else 0
        line.append((longitude + shift, latitude))
    return line


def read(text: str) -> Geometry:
    """Return the geometry of a literal: well-known text, or GeoJSON.

    Errors: ValueError; OtherSystemError if the coordinates are not degrees of the earth.
    """
    if len(text) > MAX_LENGTH:
        raise ValueError("too long")
    stripped = text.lstrip()
    return _geojson(stripped) if stripped.startswith("{") else _wkt(text)


def pairs(text: str) -> tuple[Position, ...]:
    """Return the positions in a list of numbers, the latitude first, as in GeoRSS.

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
    """Return a position on the earth. Errors: ValueError if it is out of range or not a number."""
    if not (abs(latitude) <= _MAX_LATITUDE and abs(longitude) <= _MAX_LONGITUDE):
        raise ValueError("no place on the earth")
    return (longitude, latitude)


def _wkt(text: str) -> Geometry:
    crs = _CRS.match(text)
    latitude_first = False
    if crs is not None:
        system = crs[1].removeprefix("http://").removeprefix("https://")
        latitude_first = system in _LATITUDE_FIRST
        if not latitude_first and system not in _LONGITUDE_FIRST:
            raise OtherSystemError(crs[1])
        text = text[crs.end() :]
    elif text.lstrip().upper().startswith("SRID"):
        raise OtherSystemError(text.split(";", maxsplit=1)[0])
    reader = _Wkt(_tokens(text.strip()), latitude_first=latitude_first)
    reader.geometry()
    reader.end()
    return reader.builder.geometry()


def _tokens(text: str) -> list[str]:
    tokens: list[str] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise ValueError(text[at : at + 20])
        tokens.append(match[1])
        at = match.end()
    return tokens


@dataclass(slots=True)
class _GeometryBuilder:
    points: list[Position] = field(default_factory=list)
    lines: list[Ring] = field(default_factory=list)
    areas: list[tuple[Ring, ...]] = field(default_factory=list)

    def geometry(self) -> Geometry:
        return Geometry(tuple(self.points), tuple(self.lines), tuple(self.areas))


class _Wkt:
    """A parser of the tokens of well-known text."""

    def __init__(self, tokens: Sequence[str], *, latitude_first: bool) -> None:
        self._tokens = tokens
        self._at = 0
        self._latitude_first = latitude_first
        self.builder = _GeometryBuilder()

    def end(self) -> None:
        """Check that all tokens are read. Errors: ValueError."""
        if self._at != len(self._tokens):
            raise ValueError(self._tokens[self._at])

    def geometry(self, depth: int = 0) -> None:
        """Read one geometry. Errors: ValueError."""
        match = _KINDS.fullmatch(self._next().upper())
        if match is None or depth > _MAX_DEPTH:
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
            self.builder.points.extend(self._positions())
        elif kind in ("LINESTRING", "LINEARRING"):
            self.builder.lines.append(self._line())
        elif kind == "MULTILINESTRING":
            self._each(lambda: self.builder.lines.append(self._line()))
        elif kind == "POLYGON":
            self.builder.areas.append(self._area())
        else:
            self._each(lambda: self.builder.areas.append(self._area()))

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
        positions: list[Position] = []

        def one() -> None:
            # Each point of a multipoint may have its own brackets.
            if self._peek() == "(":
                positions.extend(self._positions())
            else:
                positions.append(self._position())

        self._each(one)
        return tuple(positions)

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
    builder = _GeometryBuilder()
    try:
        document = json.loads(text)
        if "crs" in document:
            # Before the RFC, GeoJSON could name another coordinate reference system.
            _must_be_degrees(json.dumps(document["crs"]))
        _add_geojson(document, builder, 0)
    except (KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise ValueError("no GeoJSON") from error
    return builder.geometry()


def _must_be_degrees(system: str) -> None:
    if not any(name in system for name in ("CRS84", "4326")):
        raise OtherSystemError(system)


def _add_geojson(document: Mapping[str, Any], builder: _GeometryBuilder, depth: int) -> None:
    kind = document["type"]
    if depth > _MAX_DEPTH:
        raise ValueError("too deep")
    if kind == "Feature":
        _add_geojson(document["geometry"], builder, depth + 1)
    elif kind in _COLLECTION_MEMBERS:
        for each in _as_list(document[_COLLECTION_MEMBERS[kind]]):
            _add_geojson(each, builder, depth + 1)
    else:
        _add_coordinates(kind.removeprefix("Multi"), document["coordinates"], builder, kind)


def _add_coordinates(part: str, inner: Any, builder: _GeometryBuilder, kind: str) -> None:
    parts = _as_list(inner) if kind != part else [inner] if inner else []
    if part == "Point":
        builder.points.extend(_line_of(parts))
    elif part == "LineString":
        builder.lines.extend(map(_line_of, parts))
    elif part == "Polygon":
        builder.areas.extend(tuple(map(_line_of, _as_list(each))) for each in parts)
    else:
        raise ValueError(kind)


def _line_of(positions: Any) -> Ring:
    return tuple(position(float(each[0]), float(each[1])) for each in _as_list(positions))


def _as_list(inner: Any) -> Sequence[Any]:
    if not isinstance(inner, list):
        raise ValueError("no list")  # noqa: TRY004 - it is the text that is wrong
    return inner


def degrees_across(latitude: float) -> float:
    """Return the width of a degree of longitude, measured in degrees of latitude."""
    return max(math.cos(math.radians(latitude)), 0.01)
