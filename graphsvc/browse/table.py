"""The things of a state as a table: sorted, a page at a time, with true totals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import Literal

from graphsvc.browse.cells import Row, rows
from graphsvc.browse.patterns import fitting, link, things_query
from graphsvc.browse.state import BY_LABEL
from graphsvc.entities.evidence import place as whole_number
from graphsvc.entities.labels import LABEL_CLAUSE, Labels, spelled
from graphsvc.entities.layout import Place
from graphsvc.entities.layout import number as as_number
from graphsvc.entities.model import PAGE_SIZE
from graphsvc.entities.prologue import PROLOGUE
from graphsvc.namespaces import RDF, XSD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphsvc.browse.browser import Browser
    from graphsvc.browse.lanes import Lane
    from graphsvc.browse.state import State
    from graphsvc.browse.walk import Walk
    from graphsvc.store.base import Term

SORTED_THINGS = 10_000
"""How many things are sorted, and their facets counted: to sort takes reading all of them."""

MOST_COLUMNS = 24
"""How many columns a table shows at most."""

_FIRST_COLUMNS = 5
_DATES = frozenset({XSD.gYear, XSD.gYearMonth, XSD.date, XSD.dateTime})


@dataclass(frozen=True, slots=True)
class Listed:
    """Which things fit: how many in all, and their order, or None if they are too many to sort."""

    total: int
    order: tuple[Term, ...] | None


@dataclass(frozen=True, slots=True)
class Table:
    """One page of the things of a state, and the columns that it shows or could show."""

    total: int
    page: int
    columns: tuple[Lane, ...]
    choices: tuple[Lane, ...]
    rows: tuple[Row, ...]
    is_sorted: bool
    walk: Walk

    @property
    def pages(self) -> int:
        """Return on how many pages all things stand."""
        return max(1, -(-self.total // PAGE_SIZE))

    @property
    def first(self) -> int:
        """Return the number of the first thing on the page, counted from 1."""
        return PAGE_SIZE * (self.page - 1) + 1


def table(browser: Browser, state: State, language: str, *, size: int = PAGE_SIZE) -> Table:
    """Return the page of a state: rows of ``size`` things, with the columns that it asks for."""
    found = browser.listed(state, language)
    start = size * (state.page - 1)
    if found.order is None:
        query = f"{things_query(state, browser.catalogue.ontology)} LIMIT {size} OFFSET {start}"
        things = [row["thing"] for row in browser.catalogue.store.select(query)]
    else:
        things = list(found.order[start : start + size])
    choices = browser.choices(state, language)
    chosen = columns(browser, state, choices, language)
    shown, walk = rows(browser.catalogue, things, chosen, language)
    if not state.columns:
        chosen, shown = _filled(chosen, shown)
    return Table(
        total=found.total,
        page=state.page,
        columns=chosen,
        choices=tuple(dict.fromkeys((*choices, *chosen))),
        rows=shown,
        is_sorted=found.order is not None,
        walk=walk,
    )


def _filled(
    chosen: Sequence[Lane], shown: Sequence[Row]
) -> tuple[tuple[Lane, ...], tuple[Row, ...]]:
    """Leave out the columns in which nothing stands; one is left in any case."""
    kept = [at for at in range(len(chosen)) if any(row.cells[at].values for row in shown)] or [0]
    cut = (Row(row.thing, tuple(row.cells[at] for at in kept)) for row in shown)
    return tuple(chosen[at] for at in kept), tuple(cut)


def columns(
    browser: Browser, state: State, choices: Sequence[Lane], language: str
) -> tuple[Lane, ...]:
    """Return the columns that a state asks for, or else those that the shapes put first."""
    if state.columns:
        known = {lane.id: lane for lane in choices}
        wanted = state.columns[:MOST_COLUMNS]
        return tuple(known.get(at) or browser.lanes.plain(at, language) for at in wanted)
    asked = {place for place, _ in state.conditions}
    first = [lane for lane in choices if lane.id in asked]
    used = browser.used(state)
    rest = [lane for lane in choices if lane.id in used and lane not in first and not lane.details]
    return tuple([*first, *rest][: max(_FIRST_COLUMNS, len(first))]) or (
        browser.lanes.plain(Place(RDF.type), language),
    )


def listed(browser: Browser, state: State, language: str) -> Listed:
    """Return which things fit a state, in its order."""
    store, ontology = browser.catalogue.store, browser.catalogue.ontology
    bounded = f"{things_query(state, ontology)} LIMIT {SORTED_THINGS + 1}"
    things = [row["thing"] for row in store.select(bounded)]
    if len(things) > SORTED_THINGS:
        return Listed(_count(browser, state), None)
    labels = _labels(browser, state)
    keys = {} if state.sort.place == BY_LABEL else _keys(browser, state, language)

    def by_label(thing: Term) -> tuple[str, str]:
        named = labels.name(thing, language) or spelled(thing)
        return (named.label.casefold(), str(thing))

    things.sort(key=by_label, reverse=state.sort.descending and not keys)
    if keys:
        # Stable: things with the same value stay in the order of their labels.
        having = sorted(
            (thing for thing in things if thing in keys),
            key=lambda thing: keys[thing],
            reverse=state.sort.descending,
        )
        things = [*having, *(thing for thing in things if thing not in keys)]
    return Listed(len(things), tuple(things))


def _count(browser: Browser, state: State) -> int:
    inner = fitting(state, browser.catalogue.ontology)
    query = f"{PROLOGUE}SELECT (COUNT(DISTINCT ?thing) AS ?count) WHERE {{ {inner} }}"
    return next(
        (whole_number(row["count"]) or 0 for row in browser.catalogue.store.select(query)), 0
    )


def _labels(browser: Browser, state: State) -> Labels:
    inner = fitting(state, browser.catalogue.ontology)
    query = f"{PROLOGUE}SELECT DISTINCT ?thing ?rank ?label WHERE {{ {inner} {LABEL_CLAUSE} }}"
    return Labels.read(browser.catalogue.store.select(query))


_Key = tuple[int, float, str]


def _keys(browser: Browser, state: State, language: str) -> dict[Term, _Key]:
    """Return by what each thing is sorted: the least of its values, or for the last the most."""
    inner = fitting(state, browser.catalogue.ontology)
    place = state.sort.place
    query = f"""{PROLOGUE}SELECT DISTINCT ?thing ?key ?rank ?label WHERE {{
      {inner} {link(place, "key")}
      OPTIONAL {{ {LABEL_CLAUSE.replace("?thing", "?key")} }}
    }}"""
    table = list(browser.catalogue.store.select(query))
    names = Labels.read({**row, "thing": row["key"]} for row in table if "label" in row)
    keys: dict[Term, _Key] = {}
    for row in table:
        named = names.name(row["key"], language) or spelled(row["key"])
        key = sort_key(row["key"], named.label)
        better = max if state.sort.descending else min
        keys[row["thing"]] = better(keys.get(row["thing"], key), key)
    return keys


def sort_key(term: Term, label: str) -> _Key:
    """Return by what a value is sorted: numbers first, then dates, then words.

    A date that is known to the year comes before those known to the month of that year, so the
    lexical form sorts dates, but for the years before the common era.
    """
    if isinstance(term, Literal):
        if term.datatype in _DATES:
            year = term.value[:5] if term.value.startswith("-") else term.value[:4]
            return (1, as_number(Literal(year)), term.value)
        value = as_number(term) if term.datatype in _NUMBERS else None
        if value is not None:
            return (0, value, "")
    return (2, 0.0, label.casefold())


_NUMBERS = frozenset(
    XSD[name]
    for name in (
        *("integer", "decimal", "double", "float", "byte", "short", "int", "long"),
        *("unsignedByte", "unsignedShort", "unsignedInt", "unsignedLong"),
        *("nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger"),
    )
)


def is_number(term: Term) -> bool:
    """Tell whether a term is a literal number."""
    return isinstance(term, Literal) and term.datatype in _NUMBERS


def is_date(term: Term) -> bool:
    """Tell whether a term is a date, as precise as it may be."""
    return isinstance(term, Literal) and term.datatype in _DATES
