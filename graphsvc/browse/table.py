"""The things of a state as a table: sorted, a page at a time, with true totals."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from graphsvc.browse.cells import Row, rows
from graphsvc.browse.ordering import is_number
from graphsvc.browse.patterns import things_query
from graphsvc.browse.state import BY_LABEL, Sort
from graphsvc.entities.labels import LABELLING
from graphsvc.entities.layout import Place
from graphsvc.entities.model import PAGE_SIZE
from graphsvc.namespaces import OA, RDF

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graphsvc.browse.browser import Browser
    from graphsvc.browse.counting import Used
    from graphsvc.browse.lanes import Lane
    from graphsvc.browse.state import State
    from graphsvc.browse.walk import Walk

MOST_COLUMNS = 24
"""How many columns a table shows at most."""

_FIRST_COLUMNS = 5


@dataclass(frozen=True, slots=True)
class Table:
    """One page of the things of a state, and the columns that it shows or could show."""

    total: int
    page: int
    columns: tuple[Lane, ...]
    choices: tuple[Lane, ...]
    rows: tuple[Row, ...]
    order: Sort | None
    """By what the things are sorted, or None if they are too many."""
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
    sort = browser.order(state, language)
    found = browser.listed(replace(state, sort=sort), language)
    start = size * (state.page - 1)
    if found.order is None:
        query = f"{things_query(state, browser.catalogue.ontology)} LIMIT {size} OFFSET {start}"
        things = [row["thing"] for row in browser.catalogue.store.select(query)]
    else:
        things = list(found.order[start : start + size])
    choices = browser.choices(state, language)
    chosen = columns(browser, state, choices, language)
    shown, walk = rows(browser, things, chosen, language)
    if not state.columns:
        chosen, shown = _filled(chosen, shown)
    return Table(
        total=found.total,
        page=state.page,
        columns=chosen,
        choices=tuple(dict.fromkeys((*choices, *chosen))),
        rows=shown,
        order=None if found.order is None else sort,
        walk=walk,
    )


def _filled(
    chosen: Sequence[Lane], shown: Sequence[Row]
) -> tuple[tuple[Lane, ...], tuple[Row, ...]]:
    """Leave out the columns that say nothing beside the names; one is left in any case."""
    kept = [at for at in range(len(chosen)) if any(_says(row, at) for row in shown)] or [0]
    cut = (Row(row.thing, tuple(row.cells[at] for at in kept)) for row in shown)
    return tuple(chosen[at] for at in kept), tuple(cut)


def _says(row: Row, column: int) -> bool:
    """Tell whether a cell has a value that is not just the name of the thing again."""
    return any(value.named.label != row.thing.label for value in row.cells[column].values)


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
    used, total = browser.used(state), browser.listed(state, language).total
    rest = [lane for lane in choices if lane not in first and _tells(lane, used, total)]
    return tuple([*first, *rest][: max(_FIRST_COLUMNS, len(first))]) or (
        browser.lanes.plain(Place(RDF.type), language),
    )


def _tells(lane: Lane, used: Mapping[Place, Used], total: int) -> bool:
    """Tell whether a column says more than the names do, and not the same of all things."""
    held = used.get(lane.id)
    if held is None or lane.details:
        return False
    return total == 1 or held.values > 1 or held.things < total


def order(browser: Browser, state: State, language: str) -> Sort:
    """Return the order that suits the things of a state: that of their names.

    Things that have no names but the words that they quote stand by their numbers, if the shapes
    place a number that each has, and each another.
    """
    listed = browser.listed(state, language)
    if listed.order is None or not listed.total:
        return BY_LABEL
    used = browser.counting(state).used(state)
    if _WORDS not in used or any(name in used for name in _NAMES):
        return BY_LABEL
    numbers = (
        lane.id
        for lane in browser.choices(state, language)
        if (held := used.get(lane.id)) is not None
        and is_number(held.sample)
        and held.things == held.values == held.links == listed.total
    )
    number = next(numbers, None)
    return BY_LABEL if number is None else Sort(number)


_NAMES = tuple(Place(name) for name in LABELLING if name != OA.exact)
_WORDS = Place(OA.exact)
