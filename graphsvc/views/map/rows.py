"""The rows of the queries for places as geometries."""

from __future__ import annotations

import re
from string import whitespace
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graphsvc.pictures import geometry
from graphsvc.pictures.geometry import Extent, Geometry

if TYPE_CHECKING:
    from graphsvc.store.base import Term
    from graphsvc.views.queries import Row

CUT_AT = 2000
"""The most characters of a geometry in the first query, which has the same limit."""

_PAIR = re.compile(r"(?<![0-9])(-?[0-9]++(?:\.[0-9]++)?)[\s,]++(-?[0-9]++(?:\.[0-9]++)?)")
_BETWEEN = ",[]"


def is_geometric(row: Row) -> bool:
    """Tell whether a row has a geometry."""
    return not row.keys().isdisjoint(("latitude", "shape", "pairs"))


def is_cut(row: Row) -> bool:
    """Tell whether a row has only the beginning of a geometry."""
    return "shape" in row and len(words(row["shape"])) == CUT_AT


def geometry_of(row: Row) -> Geometry:
    """Return the geometry of a row.

    Errors: ValueError; OtherSystemError if the coordinates are not degrees of the earth.
    """
    if "shape" in row:
        parsed = geometry.read(words(row["shape"]))
        if parsed.is_empty:
            raise ValueError("empty")
        return parsed
    if "pairs" in row:
        return _of_positions(geometry.pairs(words(row["pairs"])))
    latitude, longitude = (float(words(row[name])) for name in ("latitude", "longitude"))
    return Geometry(points=(geometry.position(longitude, latitude),))


def extent_of(row: Row) -> Extent:
    """Return the extent of the geometry of a row, also if only its beginning is there.

    Errors: as `geometry_of`.
    """
    if not is_cut(row):
        return geometry_of(row).extent
    text = words(row["shape"])
    # The last number may be cut.
    end = max(map(text.rfind, _BETWEEN)) + 1
    pairs = _PAIR.findall(text[:end].rstrip(_BETWEEN + whitespace))
    # The positions of the beginning are enough for an extent.
    begun = ",".join(f"{first} {second}" for first, second in pairs)
    system = text[: text.index(">") + 1] if text.lstrip().startswith("<") else ""
    return geometry.read(f"{system} MULTIPOINT({begun})").extent


def _of_positions(positions: tuple[geometry.Position, ...]) -> Geometry:
    if len(positions) == 1:
        return Geometry(points=positions)
    if positions[0] == positions[-1]:
        return Geometry(areas=((positions,),))
    return Geometry(lines=(positions,))


def words(term: Term) -> str:
    """Return the text of a literal or an IRI."""
    return term.value if isinstance(term, NamedNode | Literal) else ""
