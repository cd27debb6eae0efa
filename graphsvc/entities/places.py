"""Where things lie: by the codes that the world knows them by, and by their coordinates."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graphsvc.entities.describe import called
from graphsvc.entities.evidence import QUOTE_CLAUSE, passages
from graphsvc.entities.model import Named, Status
from graphsvc.entities.prologue import PROLOGUE
from graphsvc.namespaces import DCTERMS, GEO, GEOSPARQL, OWL, SCHEMA, SKOS
from graphsvc.phrases import Phrase
from graphsvc.queries.binding import written

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from graphsvc.entities.catalogue import Catalogue
    from graphsvc.entities.model import Passage
    from graphsvc.store.base import Table, Term

CODING = (DCTERMS.identifier, OWL.sameAs, SCHEMA.sameAs, SKOS.exactMatch)
"""The properties that give things codes and records elsewhere."""

LOCATING = (GEO.lat, GEO.long, SCHEMA.latitude, SCHEMA.longitude, GEOSPARQL.asWKT)
"""The properties that give things coordinates."""

HAVING = (SCHEMA.geo, GEO.location, GEOSPARQL.hasGeometry, GEOSPARQL.hasDefaultGeometry)
"""The properties that give things a geometry, which has the coordinates."""

PLACING = frozenset((*CODING, *LOCATING, *HAVING))
"""All by which things can come to be on the map."""

_CODED = (
    PROLOGUE
    + f"""
SELECT DISTINCT ?thing ?code WHERE {{
  VALUES ?property {{ {" ".join(map(written, CODING))} }}
  ?thing ?property ?code .
}}
"""
)

# The coordinates may be said of the thing, or of a geometry that it has.
_LOCATED = (
    PROLOGUE
    + f"""
SELECT DISTINCT ?graph ?thing ?latitude ?longitude ?point WHERE {{
  {{ GRAPH ?graph {{ ?at {GEO.lat} ?latitude ; {GEO.long} ?longitude }} }}
  UNION
  {{ GRAPH ?graph {{ ?at schema:latitude ?latitude ; schema:longitude ?longitude }} }}
  UNION
  {{ GRAPH ?graph {{ ?at {GEOSPARQL.asWKT} ?point }} }}
  OPTIONAL {{
    VALUES ?having {{ {" ".join(map(written, HAVING))} }}
    ?owner ?having ?at .
  }}
  BIND(COALESCE(?owner, ?at) AS ?thing)
}}
"""
)

_MENTIONING = (
    PROLOGUE
    + f"""
SELECT DISTINCT ?thing ?passage ?quote ?number WHERE {{
  VALUES ?thing {{ %s }}
  GRAPH ?passage {{ {{ ?thing ?property ?value }} UNION {{ ?subject ?property ?thing }} }}
  {QUOTE_CLAUSE}
}}
"""
)

# A point of well-known text has its longitude first unless it names a system that does otherwise:
# https://docs.ogc.org/is/22-047r1/22-047r1.html#10-8-1-well-known-text
_POINT = re.compile(
    r"(?:<http://www\.opengis\.net/def/crs/OGC/1\.3/CRS84>\s*)?"
    r"POINT\s*\(\s*(-?[0-9]+(?:\.[0-9]+)?)\s+(-?[0-9]+(?:\.[0-9]+)?)\s*\)",
    re.IGNORECASE,
)
# ISO 3166-1, alpha-2 and alpha-3.
_COUNTRY = re.compile("[A-Z]{2,3}")

_MOST_NORTH, _MOST_EAST = 90, 180


@dataclass(frozen=True, slots=True)
class Coded:
    """A thing and the codes by which the world knows it: ``CN``, ``CHN``, ``Q148``, ``US-CA``."""

    thing: Named
    codes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Located:
    """A thing and its coordinates in degrees (WGS 84), north and east positive; who says so."""

    thing: Named
    latitude: float
    longitude: float
    status: Status

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


def coded(catalogue: Catalogue, language: str) -> list[Coded]:
    """Return the things that have a code or a record elsewhere, in the order of their labels."""
    codes: dict[NamedNode, set[str]] = defaultdict(set)
    for row in catalogue.store.select(_CODED):
        thing, code = row["thing"], row["code"]
        if isinstance(thing, NamedNode) and isinstance(code, NamedNode | Literal):
            codes[thing].add(code.value.rstrip("/").rpartition("/")[2])
    found = [
        Coded(called(catalogue, thing.value, language), frozenset(own))
        for thing, own in codes.items()
    ]
    return sorted(found, key=lambda entry: entry.thing.label)


def located(catalogue: Catalogue, language: str) -> list[Located]:
    """Return the things that have coordinates, in the order of their labels.

    Of a thing that has several the text's come before the editors', and one is taken.
    """
    found: dict[NamedNode, tuple[int, float, float]] = {}
    ranks = list(Status)
    for row in catalogue.store.select(_LOCATED):
        thing, place = row["thing"], _coordinates(row)
        if isinstance(thing, NamedNode) and place is not None:
            candidate = (ranks.index(_status(catalogue, row["graph"])), *place)
            found[thing] = min(found.get(thing, candidate), candidate)
    named = [
        Located(called(catalogue, thing.value, language), latitude, longitude, ranks[rank])
        for thing, (rank, latitude, longitude) in found.items()
    ]
    return sorted(named, key=lambda entry: entry.thing.label)


def placeable(catalogue: Catalogue) -> frozenset[Term]:
    """Return the things that a map may show: they have coordinates, or the code of a country."""
    coding = (
        row["thing"]
        for row in catalogue.store.select(_CODED)
        if _COUNTRY.fullmatch(_words(row["code"]).rstrip("/").rpartition("/")[2])
    )
    locating = (
        row["thing"] for row in catalogue.store.select(_LOCATED) if _coordinates(row) is not None
    )
    return frozenset((*coding, *locating))


def mentioning(catalogue: Catalogue, things: Iterable[Named]) -> Mapping[Term, tuple[Passage, ...]]:
    """Return the passages that say something of each thing, in the order of the text."""
    terms = [written(thing.term) for thing in things]
    if not terms:
        return {}
    rows: Table = catalogue.store.select(_MENTIONING % " ".join(terms))
    quoted = passages(rows)
    found: dict[Term, set[Passage]] = defaultdict(set)
    for row in rows:
        found[row["thing"]].add(quoted[row["passage"]])
    return {
        thing: tuple(sorted(entries, key=lambda entry: entry.order))
        for thing, entries in found.items()
    }


def _coordinates(row: Mapping[str, Term]) -> tuple[float, float] | None:
    if "point" in row:
        match = _POINT.fullmatch(getattr(row["point"], "value", "").strip())
        place = None if match is None else (float(match[2]), float(match[1]))
    else:
        try:
            place = (float(_words(row["latitude"])), float(_words(row["longitude"])))
        except ValueError:
            place = None
    # What is no number at all is out of every bound.
    if place is None or not (abs(place[0]) <= _MOST_NORTH and abs(place[1]) <= _MOST_EAST):
        return None
    return place


def _words(term: Term) -> str:
    return term.value if isinstance(term, NamedNode | Literal) else ""


def _status(catalogue: Catalogue, graph: Term) -> Status:
    if catalogue.is_passage(graph):
        return Status.STATED
    if graph == catalogue.editorial:
        return Status.EDITORIAL
    return Status.INFERRED if graph == catalogue.inferred else Status.RECORDED
