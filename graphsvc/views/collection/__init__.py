"""Collections: things narrowed by what is said of them, as facets, a table and a comparison.

Nothing here knows a class or a property of the graph: the columns come from its shapes, the facets
from what the things have. What an address asks for is a `State` (see `address`); `members` makes
the patterns of it that stand in the queries. A page of `/browse` asks, in this order:

    total         how many things fit
    properties    which properties they have, read either way
    by-name       which things stand on the page (or by-value, or unordered)
    facts         the cells of the table; once more for each step of a path
    derivations   from what those facts follow that rules reach, if there are such
    values        the facets: those of free properties together, one with choices by itself
    classes       of which classes the things are, where something is chosen

and one of `names` for all of this. A comparison (`compare`) and the first page (`glance`) ask for
facts, derivations and names alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from graphsvc.views import page_sizes
from graphsvc.views.collection.cells import Draft
from graphsvc.views.collection.classes import CLASSES, count_classes
from graphsvc.views.collection.columns import PlainColumns
from graphsvc.views.collection.facets import Facets, chosen, narrowing
from graphsvc.views.collection.listing import (
    SORTED_THINGS,
    Listing,
    Usages,
    counted,
    fitting_sort,
    members_of,
    page,
    takes_long,
    usages,
)
from graphsvc.views.collection.state import WITHOUT_CLASS, State
from graphsvc.views.collection.table import Table, columns_in_use, columns_of, filled
from graphsvc.views.names import Names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from graphsvc.queries import BoundQuery
    from graphsvc.store.base import Term
    from graphsvc.views.collection.columns import Column
    from graphsvc.views.collection.facets import Chosen, Facet, Property
    from graphsvc.views.graph import Graph
    from graphsvc.views.model import ClassCount


@dataclass(frozen=True, slots=True)
class Collection:
    """A page of `/browse`: the table, the facets, and what is chosen.

    The facets are counted over ``counted_over`` things: if these are not all, over the first ones.
    ``more_classes`` are left out of the tree; ``untyped`` counts the things without a class, where
    nothing is asked but that.
    """

    table: Table
    classes: tuple[ClassCount, ...]
    class_counts: Mapping[Term, int]
    classes_query: BoundQuery
    facets: tuple[Facet, ...]
    others: tuple[Property, ...]
    chosen: tuple[Chosen, ...]
    counted_over: int
    more_classes: int
    untyped: int


class _Reading:
    """What the table and the facets of one state have in common."""

    def __init__(self, graph: Graph, state: State, languages: str) -> None:
        self.graph = graph
        self.state = state
        self.languages = languages
        self.counted = counted(graph, state)
        self.total = self.counted.total
        self.used: Usages = usages(graph, self.counted.members) if self.total else {}
        self.class_counts = self._count_classes()
        plain = partial(graph.columns.plain, languages=languages)
        self.choices = graph.columns.of(state.classes or self._common_classes(), languages)
        if not self.choices and not graph.classes.is_defined:
            self.choices = columns_in_use(narrowing(self.used), plain)
        self.plain = PlainColumns(self.choices, plain)

    def listing(self, size: int) -> Listing:
        sort = self.state.sort or fitting_sort(
            self.graph, self.used, self.choices, self.counted.over
        )
        wanted = sort if self.total <= SORTED_THINGS else None
        members = (
            self.counted.members if self.counted.is_all else members_of(self.graph, self.state)
        )
        return page(self.graph, members, wanted, self.languages, size)

    def table(self, listing: Listing, draft: Draft, names: Names) -> Table:
        columns, grid = draft.columns, draft.grid(names)
        if not self.state.columns:
            columns, grid = filled(columns, grid)
        return Table(
            total=self.total,
            page=self.state.page,
            columns=tuple(columns),
            choices=tuple(dict.fromkeys((*self.choices, *columns))),
            grid=grid,
            sort=listing.sort,
            query=listing.query,
        )

    def columns(self) -> tuple[Column, ...]:
        used = narrowing(self.used)
        return columns_of(self.state, self.choices, self.plain, used, self.counted.over)

    def _count_classes(self) -> Mapping[Term, int]:
        """Return how many things of each class fit all else that is asked."""
        if not self.state.conditions:
            return self.graph.classes.counts
        bare = State(conditions=self.state.conditions)
        chosen = self.state.classes if len(self.state.classes) == 1 else ()
        if self.state.classes and takes_long(self.graph, bare):
            return dict.fromkeys(chosen, self.total)
        found = counted(self.graph, bare) if self.state.classes else self.counted
        counts = count_classes(self.graph, found.members)
        # Of a chosen one it is known how many fit, over however many things the others are counted.
        return {**counts, **dict.fromkeys(chosen, self.total)}

    def _common_classes(self) -> Iterable[Term]:
        """Return the classes that all things have."""
        if not self.total:
            return ()
        return [cls for cls, things in self.class_counts.items() if things == self.counted.over]


def collection(graph: Graph, state: State, languages: str) -> Collection:
    """Return what the page of a state shows, in the languages of a priority list.

    Errors: ParameterError if a column would show more than a page holds.
    """
    reading = _Reading(graph, state, languages)
    listing = reading.listing(page_sizes.THINGS)
    draft = Draft(graph, listing.things, reading.columns())
    used = narrowing(reading.used)
    facets = Facets(
        graph,
        state,
        reading.plain,
        used,
        reading.counted,
    )
    names = Names(graph, (*draft.terms(), *facets.terms(), *state.classes), languages)
    bare = State(conditions=state.conditions)
    table = reading.table(listing, draft, names)
    if not state.columns and not graph.classes.is_defined:
        table = table.telling()
    return Collection(
        table=table,
        classes=graph.classes.tree(languages),
        class_counts=reading.class_counts,
        classes_query=members_of(graph, bare).ask(CLASSES, {}),
        facets=facets.shown(names),
        others=facets.others(),
        chosen=tuple(chosen(graph, state, reading.plain, names, reading.total)),
        counted_over=reading.counted.over,
        more_classes=0 if state.conditions else graph.classes.more,
        untyped=graph.classes.untyped if state.filter in (State(), WITHOUT_CLASS) else 0,
    )


def whole_table(graph: Graph, state: State, languages: str, most: int) -> Table:
    """Return the table of all things that fit, for a file, if they are not more than ``most``."""
    state = replace(state, page=1)
    reading = _Reading(graph, state, languages)
    listing = reading.listing(most)
    draft = Draft(graph, listing.things, reading.columns())
    names = Names(graph, (*draft.terms(), *state.classes), languages)
    return reading.table(listing, draft, names)
