"""A time line: the dated facts, at the precision at which they are recorded.

Of a graph with very many the first ones that are found are shown, and that there are more is told.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from math import ceil, floor
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graphsvc.namespaces import graph_iri
from graphsvc.pictures.span import Stretch, stretch, ticks
from graphsvc.views.names import Names
from graphsvc.views.queries import view_query
from graphsvc.views.values import as_int

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from graphsvc.queries import BoundQuery
    from graphsvc.store.base import Table, Term
    from graphsvc.views.graph import Graph
    from graphsvc.views.model import Named, Passage, Status

PROPERTIES = view_query("timeline/properties")
DATED = view_query("timeline/dated")
DATED_OF_CLASS = view_query("timeline/dated-of-class")
CLASSES = view_query("timeline/classes")

MOST_ROWS = 1000
"""How many rows are read; it stands in the queries."""

_LEFT_OUT = ("dataset", "examples", "inferred", "ontology", "passages", "schemes", "shapes")
"""The graphs whose dates are of the data itself, not of what it is about, or follow by rules."""

_NARROWEST = 0.6
"""How wide a moment is drawn at least, in per cent: never out of sight."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A dated fact: ``words`` is the date as it is recorded, ``time`` how long that is."""

    thing: Named
    property: Named
    words: str
    time: Stretch
    status: Status
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """Moments in the order of time: the first of ``total``, between two years.

    ``is_partial`` tells that there are more facts than were read.
    """

    begin: int
    end: int
    moments: tuple[Moment, ...]
    total: int
    is_partial: bool
    query: BoundQuery

    def place(self, year: float) -> str:
        """Return where a moment is drawn, from the left, in per cent."""
        return f"{100 * (year - self.begin) / (self.end - self.begin):.3f}%"

    def anchor(self, year: int) -> str:
        """Return which part of a year's name stands at its place: it keeps within the picture."""
        return {self.begin: "start", self.end: "end"}.get(year, "middle")

    def width(self, moment: Moment) -> str:
        """Return how wide a moment is drawn: as its precision says."""
        share = 100 * (moment.time.end - moment.time.begin) / (self.end - self.begin)
        return f"{max(share, _NARROWEST):.3f}%"

    @property
    def ticks(self) -> list[int]:
        """Return the years that the axis names."""
        return ticks(self.begin, self.end, 8)


@dataclass(frozen=True, slots=True)
class DatedClass:
    """A class of things that are dated, and how many dated facts these have."""

    cls: Named
    facts: int


@dataclass(frozen=True, slots=True)
class _Draft:
    time: Stretch
    thing: NamedNode
    property: Term
    words: str
    graphs: tuple[Term, ...]


def timeline(
    graph: Graph, languages: str, cls: str | None = None, most: int = MOST_ROWS
) -> Timeline:
    """Return the dated facts, or those of the things of a class; no more than so many in words."""
    query = _query(graph, cls)
    rows = graph.rows(query)
    drafts = sorted(_drafts(rows), key=lambda draft: (draft.time, str(draft.thing)))
    shown = drafts[:most]
    named = (term for each in shown for term in (each.thing, each.property, *each.graphs))
    names = Names(graph, named, languages)
    moments = [_moment(graph, draft, names) for draft in shown]
    return Timeline(
        begin=floor(min((draft.time.begin for draft in drafts), default=0)),
        end=ceil(max((draft.time.end for draft in drafts), default=1)),
        moments=tuple(sorted(moments, key=lambda moment: (moment.time, moment.thing.label))),
        total=len(drafts),
        is_partial=len(rows.rows) == MOST_ROWS,
        query=query,
    )


def dated_classes(graph: Graph, languages: str) -> tuple[DatedClass, ...]:
    """Return the classes of the things that are dated, those with the most facts first."""
    counts = {
        row["class"]: as_int(row["facts"]) or 0
        for row in graph.rows(CLASSES.bind(_about(graph)))
        if row.get("class") in graph.classes.counts
    }
    names = Names(graph, counts, languages)
    found = (DatedClass(names[cls], facts) for cls, facts in counts.items())
    return tuple(sorted(found, key=lambda entry: (-entry.facts, entry.cls.label)))


def _query(graph: Graph, cls: str | None) -> BoundQuery:
    about = _about(graph)
    return DATED.bind(about) if cls is None else _of_class(about, NamedNode(cls))


def _of_class(about: Mapping[str, Sequence[Term]], cls: NamedNode) -> BoundQuery:
    return DATED_OF_CLASS.bind({"class": cls, **about})


def _about(graph: Graph) -> Mapping[str, Sequence[Term]]:
    left_out = [graph_iri(graph.base, name) for name in _LEFT_OUT]
    return {"property": graph.dating, "graph": left_out}


def _drafts(rows: Table) -> Iterable[_Draft]:
    """Yield each fact once, with the graphs that state it."""
    graphs: dict[tuple[Term, Term, Term], list[Term]] = defaultdict(list)
    for row in rows:
        graphs[row["thing"], row["property"], row["when"]].append(row["graph"])
    for (thing, prop, when), stating in graphs.items():
        time = stretch(when.value) if isinstance(when, Literal) else None
        if time is not None and isinstance(thing, NamedNode) and isinstance(when, Literal):
            yield _Draft(time, thing, prop, when.value, tuple(stating))


def _moment(graph: Graph, draft: _Draft, names: Names) -> Moment:
    passages = filter(None, map(names.passage, draft.graphs))
    return Moment(
        thing=names[draft.thing],
        property=names[draft.property],
        words=draft.words,
        time=draft.time,
        status=graph.status(draft.graphs),
        passages=tuple(sorted(passages, key=lambda entry: entry.order)),
    )
