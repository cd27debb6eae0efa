"""A time line: the dated facts, at the precision of their dates.

If there are very many facts, one period is shown, with links to the others. A beginning and its end
are one stretch of time.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from itertools import chain
from math import ceil, floor
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graphsvc.datatypes import DATATYPES
from graphsvc.namespaces import DATES, DCAT, DERIVATIONS, PROV, Namespace, graph_iri
from graphsvc.pictures.span import Stretch, stretch, ticks
from graphsvc.views.names import Names
from graphsvc.views.queries import view_query
from graphsvc.views.values import as_int

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from graphsvc.queries import BoundQuery
    from graphsvc.store.base import Table, Term
    from graphsvc.views.graph import Graph
    from graphsvc.views.model import Named, Passage, Status

TIME = Namespace("http://www.w3.org/2006/time#")

PROPERTIES = view_query("timeline/properties")
DATED = view_query("timeline/dated")
DATED_OF_CLASS = view_query("timeline/dated-of-class")
DATED_BETWEEN = view_query("timeline/dated-between")
YEARS = view_query("timeline/years")
CLASSES = view_query("timeline/classes")

MOST_ROWS = 1000
"""The most rows; the queries have the same limit."""

_MOST_LOOKED_AT = 1_250
"""The most values that one query checks for dates.

The query has four times this limit, since engines may return a triple once for each of its graphs.
"""

_LEFT_OUT = ("dataset", DERIVATIONS, "examples", "inferred", "passages", "shapes")
"""The graphs whose dates are inferred, or are about the data and not about its subjects."""

_OF_TEXTS = ("ontology", "schemes")
"""Further such graphs if there are texts, which date their subjects."""

_SPANS = tuple(
    (NamedNode(begin), NamedNode(end))
    for begin, end in (
        ("http://schema.org/startDate", "http://schema.org/endDate"),
        ("https://schema.org/startDate", "https://schema.org/endDate"),
        (f"{DCAT}startDate", f"{DCAT}endDate"),
        (f"{PROV}startedAtTime", f"{PROV}endedAtTime"),
        (f"{TIME}hasBeginning", f"{TIME}hasEnd"),
        ("http://schema.org/birthDate", "http://schema.org/deathDate"),
        ("https://schema.org/birthDate", "https://schema.org/deathDate"),
    )
)
"""The properties for the beginning of a thing, and those for its end."""

_FORMS = tuple(DATATYPES[datatype.value] for datatype in DATES)

_STEPS = (1000, 500, 200, 100, 50, 20, 10, 5, 2, 1)
_MOST_PERIODS = 60

_NARROWEST = 0.6
"""The least width of a moment in per cent, so that it is visible."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A dated fact: ``words`` is the lexical form of the date, ``time`` its stretch of time.

    ``until`` is the date of the end, if there is one.
    """

    thing: Named
    property: Named
    words: str
    until: str | None
    time: Stretch
    status: Status
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """Moments in the order of time between two years; ``total`` is the number of all.

    ``is_partial`` tells that there are more facts than were read.
    """

    begin: int
    end: int
    moments: tuple[Moment, ...]
    total: int
    is_partial: bool
    query: BoundQuery

    def place(self, year: float) -> str:
        """Return the position of a year, from the left, in per cent."""
        return f"{100 * (year - self.begin) / (self.end - self.begin):.3f}%"

    def anchor(self, year: int) -> str:
        """Return the text anchor of a year's label, which keeps it within the picture."""
        return {self.begin: "start", self.end: "end"}.get(year, "middle")

    def width(self, moment: Moment) -> str:
        """Return the width of a moment, in per cent, from its precision."""
        share = 100 * (moment.time.end - moment.time.begin) / (self.end - self.begin)
        return f"{max(share, _NARROWEST):.3f}%"

    @property
    def ticks(self) -> list[int]:
        """Return the years with labels on the axis."""
        return ticks(self.begin, self.end, 8)


@dataclass(frozen=True, slots=True)
class DatedClass:
    """A class of things with dated facts, and the number of these facts."""

    cls: Named
    facts: int


@dataclass(frozen=True, slots=True)
class Period:
    """A period from the first to the last year, and its number of dated facts."""

    first: int
    last: int
    facts: int


@dataclass(frozen=True, slots=True)
class _MomentDraft:
    time: Stretch
    thing: NamedNode
    property: Term
    words: str
    until: str | None
    graphs: tuple[Term, ...]


def timeline(
    graph: Graph,
    languages: str,
    cls: str | None = None,
    most: int = MOST_ROWS,
    period: Period | None = None,
) -> Timeline:
    """Return the dated facts, or those of the things of a class or of a period.

    At most ``most`` of them are moments with names.
    """
    query = _query(graph, cls, period)
    rows = graph.rows(query)
    drafts = sorted(
        _join_spans(_without_redundant(graph, _drafts(rows))),
        key=lambda draft: (draft.time, str(draft.thing)),
    )
    first = drafts[:most]
    named = (term for each in first for term in (each.thing, each.property, *each.graphs))
    names = Names(graph, named, languages)
    moments = [_moment(graph, draft, names) for draft in first]
    return Timeline(
        begin=floor(min((draft.time.begin for draft in drafts), default=0)),
        end=ceil(max((draft.time.end for draft in drafts), default=1)),
        moments=tuple(sorted(moments, key=lambda moment: (moment.time, moment.thing.label))),
        total=len(drafts),
        is_partial=len(rows.rows) == MOST_ROWS,
        query=query,
    )


def date_properties(graph: Graph) -> tuple[Term, ...]:
    """Return the properties whose first values are dates."""
    return tuple(
        row["property"]
        for properties in _looked_at_together(graph.property_sizes)
        for row in graph.rows(PROPERTIES.bind({"property": properties}))
    )


def _looked_at_together(sizes: Mapping[Term, int]) -> Iterator[list[Term]]:
    """Yield groups of properties for one query each: many small ones, or one large one."""
    together: list[Term] = []
    values = 0
    for prop, size in sorted(sizes.items(), key=lambda entry: (entry[1], str(entry[0]))):
        if together and values + size > _MOST_LOOKED_AT:
            yield together
            together, values = [], 0
        together.append(prop)
        values += size
    if together:
        yield together


def years(graph: Graph) -> Mapping[int, int]:
    """Return the number of dated facts in each year."""
    rows = graph.rows(YEARS.bind(_about(graph)))
    return {
        year: as_int(row["facts"]) or 0
        for row in rows
        if (year := as_int(row.get("year"))) is not None
    }


def split_into_periods(facts: Mapping[int, int]) -> tuple[Period, ...]:
    """Return the periods of very many dated facts; none if all fit on one page."""
    if sum(facts.values()) < MOST_ROWS:
        return ()
    partition: tuple[Period, ...] = ()
    for step in _STEPS:
        sums: dict[int, int] = defaultdict(int)
        for year, count in facts.items():
            sums[year // step * step] += count
        finer = tuple(Period(begin, begin + step - 1, sums[begin]) for begin in sorted(sums))
        if partition and len(finer) > _MOST_PERIODS:
            break
        partition = finer
        if max(sums.values()) < MOST_ROWS:
            break
    return partition


def dated_classes(graph: Graph, languages: str) -> tuple[DatedClass, ...]:
    """Return the classes of things with dated facts, those with the most facts first."""
    counts = {
        row["class"]: as_int(row["facts"]) or 0
        for row in graph.rows(CLASSES.bind(_about(graph)))
        if row.get("class") in graph.classes.counts
    }
    names = Names(graph, counts, languages)
    entries = (DatedClass(names[cls], facts) for cls, facts in counts.items())
    return tuple(sorted(entries, key=lambda entry: (-entry.facts, entry.cls.label)))


def _query(graph: Graph, cls: str | None, period: Period | None) -> BoundQuery:
    about = _about(graph)
    if cls is not None:
        return _of_class(about, NamedNode(cls))
    if period is not None:
        return DATED_BETWEEN.bind(
            {"from": Literal(period.first), "to": Literal(period.last), **about}
        )
    return DATED.bind(about)


def _of_class(about: Mapping[str, Sequence[Term]], cls: NamedNode) -> BoundQuery:
    return DATED_OF_CLASS.bind({"class": cls, **about})


def _about(graph: Graph) -> Mapping[str, Sequence[Term]]:
    names = _LEFT_OUT + _OF_TEXTS if graph.texts.positions else _LEFT_OUT
    left_out = [graph_iri(graph.base, name) for name in names]
    return {"property": graph.date_properties, "graph": left_out}


def _drafts(rows: Table) -> Iterable[_MomentDraft]:
    """Yield each fact once, with the graphs that state it; a blank node counts as its owner."""
    graphs: dict[tuple[Term, Term, Term], list[Term]] = defaultdict(list)
    for row in rows:
        thing = row.get("owner", row["thing"])
        prop = row.get("edge", row["property"])
        graphs[thing, prop, row["when"]].append(row["graph"])
    for (thing, prop, when), stating in graphs.items():
        time = _time(when)
        if time is not None and isinstance(thing, NamedNode) and isinstance(when, Literal):
            yield _MomentDraft(time, thing, prop, when.value, None, tuple(dict.fromkeys(stating)))


def _without_redundant(graph: Graph, drafts: Iterable[_MomentDraft]) -> Iterable[_MomentDraft]:
    """Yield facts without those that only generalise another one."""
    groups: dict[tuple[Term, str, tuple[Term, ...]], list[_MomentDraft]] = defaultdict(list)
    for draft in drafts:
        groups[draft.thing, draft.words, draft.graphs].append(draft)
    for same in groups.values():
        for draft in same:
            others = (other.property for other in same)
            if not any(graph.terms.is_more_special(other, draft.property) for other in others):
                yield draft


def _time(when: Term) -> Stretch | None:
    """Return the time of a literal with any datatype; None if it is no date."""
    if not isinstance(when, Literal) or not any(kind.accepts(when.value) for kind in _FORMS):
        return None
    return stretch(when.value)


def _join_spans(drafts: Iterable[_MomentDraft]) -> Iterable[_MomentDraft]:
    """Yield the facts; the beginning and the end of a thing become one."""
    groups: dict[tuple[Term, Term], list[_MomentDraft]] = defaultdict(list)
    for draft in drafts:
        groups[draft.thing, draft.property].append(draft)
    for (thing, prop), own in list(groups.items()):
        end = next((end for begin, end in _SPANS if begin == prop), None)
        ends = groups.get((thing, end), []) if end is not None else []
        if len(own) == len(ends) == 1 and own[0].time.begin < ends[0].time.begin:
            groups[thing, prop] = [_span(own[0], ends.pop())]
    yield from chain.from_iterable(groups.values())


def _span(begin: _MomentDraft, end: _MomentDraft) -> _MomentDraft:
    return replace(
        begin,
        time=Stretch(begin.time.begin, end.time.end),
        until=end.words,
        graphs=tuple(dict.fromkeys((*begin.graphs, *end.graphs))),
    )


def _moment(graph: Graph, draft: _MomentDraft, names: Names) -> Moment:
    passages = filter(None, map(names.passage, draft.graphs))
    return Moment(
        thing=names[draft.thing],
        property=names[draft.property],
        words=draft.words,
        until=draft.until,
        time=draft.time,
        status=graph.status(draft.graphs),
        passages=tuple(sorted(passages, key=lambda entry: entry.order)),
    )
