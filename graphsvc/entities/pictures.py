"""What a time line shows: the dated facts."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graphsvc.entities.describe import called
from graphsvc.entities.evidence import quoted
from graphsvc.entities.model import Named, Status
from graphsvc.entities.prologue import PROLOGUE
from graphsvc.namespaces import RDF
from graphsvc.pictures.span import Stretch, stretch

if TYPE_CHECKING:
    from graphsvc.entities.catalogue import Catalogue
    from graphsvc.entities.model import Passage
    from graphsvc.store.base import Term

_DATED = (
    PROLOGUE
    + """
SELECT ?thing ?property ?when ?graph WHERE {
  GRAPH ?graph { ?thing ?property ?when }
  FILTER(DATATYPE(?when) IN (xsd:gYear, xsd:gYearMonth, xsd:date, xsd:dateTime))
}
"""
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A dated fact: ``words`` is the date as it is recorded, ``time`` how long that is."""

    thing: Named
    property: Named
    words: str
    time: Stretch
    status: Status
    passages: tuple[Passage, ...]
    types: frozenset[Term]


def moments(catalogue: Catalogue, language: str) -> list[Moment]:
    """Return the dated facts that texts or editors state, in the order of time."""
    drafts: dict[tuple[Term, Term, Term], set[str]] = defaultdict(set)
    for row in catalogue.store.select(_DATED):
        graph = row["graph"]
        if isinstance(graph, NamedNode) and (
            graph.value in catalogue.positions or graph == catalogue.editorial
        ):
            drafts[row["thing"], row["property"], row["when"]].add(graph.value)
    found = []
    for (thing, prop, when), graphs in drafts.items():
        time = stretch(when.value) if isinstance(when, Literal) else None
        if time is not None and isinstance(thing, NamedNode) and isinstance(when, Literal):
            found.append(
                Moment(
                    thing=called(catalogue, thing.value, language),
                    property=catalogue.term(prop, language),
                    words=when.value,
                    time=time,
                    status=Status.STATED
                    if graphs & catalogue.positions.keys()
                    else Status.EDITORIAL,
                    passages=_quoted(catalogue, graphs),
                    types=_types(catalogue, thing),
                )
            )
    return sorted(found, key=lambda moment: (moment.time, moment.thing.label))


def _quoted(catalogue: Catalogue, graphs: set[str]) -> tuple[Passage, ...]:
    found = quoted(catalogue, (NamedNode(g) for g in graphs & catalogue.positions.keys()))
    return tuple(sorted(found.values(), key=lambda entry: entry.order))


def _types(catalogue: Catalogue, thing: NamedNode) -> frozenset[Term]:
    return frozenset(quad.object for quad in catalogue.near.triples(thing, RDF.type))
