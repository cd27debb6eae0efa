"""What pictures show: dated facts, and what stands around a thing."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graphsvc.entities.describe import called
from graphsvc.entities.evidence import quoted
from graphsvc.entities.model import Named, Status
from graphsvc.entities.prologue import PROLOGUE
from graphsvc.namespaces import OA, RDF
from graphsvc.pictures.span import Stretch, stretch

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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


MOST_NEIGHBOURS = 60
"""How many neighbours on each side are shown at most."""

_MOST_LOOKED_THROUGH = 1000
_BESIDE = frozenset({RDF.subject, RDF.object, OA.hasTarget})


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


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A thing beside another one, and by which properties; ``incoming`` if it is their subject."""

    thing: Named
    properties: tuple[Named, ...]
    incoming: bool


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


def neighbours(catalogue: Catalogue, iri: str, language: str) -> list[Neighbour]:
    """Return what stands around a thing: each neighbour once, what the thing points to first."""
    node = NamedNode(iri)
    beside: dict[NamedNode, dict[bool, dict[Term, None]]] = defaultdict(lambda: defaultdict(dict))
    for thing, predicate, incoming in chain(_out(catalogue, node), _in(catalogue, node)):
        if thing.value.startswith(catalogue.base + "id/") and thing != node:
            beside[thing][incoming][predicate] = None
    found = [
        _neighbour(catalogue, catalogue.name(thing, language), ways, language)
        for thing, ways in beside.items()
    ]
    return sorted(found, key=lambda one: (one.properties[0].label, one.thing.label))


def _out(catalogue: Catalogue, node: NamedNode) -> Iterator[tuple[NamedNode, NamedNode, bool]]:
    """Yield what a thing points to, and by which property."""
    found = (
        (quad.object, quad.predicate, False)
        for quad in catalogue.near.triples(node)
        if isinstance(quad.object, NamedNode) and quad.predicate != RDF.type
    )
    yield from islice(found, MOST_NEIGHBOURS)


def _in(catalogue: Catalogue, node: NamedNode) -> Iterator[tuple[NamedNode, NamedNode, bool]]:
    """Yield what points to a thing, and by which property; what vouches for facts does not count.

    Of a thing to which very much points, the first are looked through.
    """
    found = (
        (quad.subject, quad.predicate, True)
        for quad in islice(catalogue.near.triples(value=node), _MOST_LOOKED_THROUGH)
        if isinstance(quad.subject, NamedNode)
        and quad.predicate not in _BESIDE
        and next(catalogue.near.triples(quad.subject, RDF.predicate), None) is None
    )
    yield from islice(found, MOST_NEIGHBOURS)


def _neighbour(
    catalogue: Catalogue, thing: Named, ways: Mapping[bool, Mapping[Term, None]], language: str
) -> Neighbour:
    incoming = False not in ways
    names = (catalogue.term(prop, language) for prop in ways[incoming])
    return Neighbour(thing, tuple(sorted(names, key=lambda one: one.label)), incoming)


def _quoted(catalogue: Catalogue, graphs: set[str]) -> tuple[Passage, ...]:
    found = quoted(catalogue, (NamedNode(g) for g in graphs & catalogue.positions.keys()))
    return tuple(sorted(found.values(), key=lambda entry: entry.order))


def _types(catalogue: Catalogue, thing: NamedNode) -> frozenset[Term]:
    return frozenset(quad.object for quad in catalogue.near.triples(thing, RDF.type))
