"""The things of a state as a table: sorted, a page at a time, with true totals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphsvc.browse.cells import Row, rows
from graphsvc.browse.patterns import things_query
from graphsvc.entities.layout import Place
from graphsvc.entities.model import PAGE_SIZE
from graphsvc.namespaces import RDF

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphsvc.browse.browser import Browser
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
    shown, walk = rows(browser, things, chosen, language)
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
