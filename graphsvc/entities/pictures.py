"""What pictures show: dated facts, and what stands around a thing."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graphsvc.entities.describe import called
from graphsvc.entities.evidence import QUOTE_CLAUSE, passages
from graphsvc.entities.labels import LABEL_CLAUSE, Labels, spelled
from graphsvc.entities.model import Named, Status
from graphsvc.entities.prologue import PROLOGUE
from graphsvc.namespaces import RDF
from graphsvc.pictures.span import Stretch, stretch

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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

_QUOTE = PROLOGUE + f"SELECT DISTINCT ?passage ?quote ?number WHERE {{ {QUOTE_CLAUSE} }}"

_TYPES = "SELECT DISTINCT ?thing ?type WHERE { ?thing a ?type }"

_AROUND = (
    PROLOGUE
    + f"""
SELECT DISTINCT ?entity ?property ?thing ?incoming ?rank ?label WHERE {{
  {{
    SELECT DISTINCT ?entity ?property ?thing ?incoming WHERE {{
      ?entity ?property ?thing FILTER(isIRI(?thing) && ?property != rdf:type)
      BIND(false AS ?incoming)
    }} LIMIT %d
  }} UNION {{
    SELECT DISTINCT ?entity ?property ?thing ?incoming WHERE {{
      ?thing ?property ?entity
      FILTER(?property != oa:hasTarget)
      FILTER NOT EXISTS {{ ?thing rdf:predicate ?derived }}
      BIND(true AS ?incoming)
    }} LIMIT %d
  }}
  {LABEL_CLAUSE}
}}
"""
)

MOST_NEIGHBOURS = 60
"""How many neighbours on each side are shown at most."""


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
    limits = (MOST_NEIGHBOURS, MOST_NEIGHBOURS)
    rows = list(catalogue.store.select(_AROUND % limits, {"entity": NamedNode(iri)}))
    labels = Labels.read(rows)
    beside: dict[Term, dict[bool, dict[Term, None]]] = defaultdict(lambda: defaultdict(dict))
    for row in rows:
        thing = row["thing"]
        if isinstance(thing, NamedNode) and thing.value.startswith(catalogue.base + "id/"):
            incoming = getattr(row["incoming"], "value", "") == "true"
            beside[thing][incoming][row["property"]] = None
    found = [
        _neighbour(catalogue, labels.name(thing, language) or spelled(thing), ways, language)
        for thing, ways in beside.items()
        if thing != NamedNode(iri)
    ]
    return sorted(found, key=lambda one: (one.properties[0].label, one.thing.label))


def _neighbour(
    catalogue: Catalogue, thing: Named, ways: Mapping[bool, Mapping[Term, None]], language: str
) -> Neighbour:
    incoming = False not in ways
    names = (catalogue.term(prop, language) for prop in ways[incoming])
    return Neighbour(thing, tuple(sorted(names, key=lambda one: one.label)), incoming)


def _quoted(catalogue: Catalogue, graphs: set[str]) -> tuple[Passage, ...]:
    found = [
        passages(catalogue.store.select(_QUOTE, {"passage": NamedNode(graph)})).values()
        for graph in graphs & catalogue.positions.keys()
    ]
    quoted: Sequence[Passage] = [entry for entries in found for entry in entries]
    return tuple(sorted(quoted, key=lambda entry: entry.order))


def _types(catalogue: Catalogue, thing: NamedNode) -> frozenset[Term]:
    rows = catalogue.store.select(_TYPES, {"thing": thing})
    return frozenset(row["type"] for row in rows if row["type"] != RDF.type)
