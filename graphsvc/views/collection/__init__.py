"""Collections: things selected by their facts, as facets, a table and a comparison.

No class or property of a graph is fixed here: the columns come from the shapes, the facets from the
facts of the things. An address is read into a `State` (see `address`); `members` turns it into
patterns for the queries. A page of `/browse` runs these queries, in this order:

    total         the number of things that match
    properties    their properties, in both directions
    by-name       the things on the page (or by-value, or unordered)
    facts         the cells of the table; once more for each step of a path
    derivations   the premises of inferred facts, if there are any
    values        the facets: one query for all free properties, one for each with a condition
    classes       the classes of the things, if there is a condition

and one query of `names` for all of these. A comparison (`compare`) and the first page (`glance`)
need only facts, derivations and names.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from graphsvc.views import page_sizes
from graphsvc.views.collection.cells import GridDraft
from graphsvc.views.collection.classes import CLASSES, count_classes
from graphsvc.views.collection.columns import PlainColumns
from graphsvc.views.collection.facets import Facets, active_conditions, narrowing_properties
from graphsvc.views.collection.listing import (
    SORTED_THINGS,
    Listing,
    Usages,
    default_sort,
    members_of,
    page,
    select,
    takes_long,
    usages,
)
from graphsvc.views.collection.state import WITHOUT_CLASS, State
from graphsvc.views.collection.table import Table, columns_in_use, columns_of, without_empty_columns
from graphsvc.views.names import Names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from graphsvc.queries import BoundQuery
    from graphsvc.store.base import Term
    from graphsvc.views.collection.columns import Column
    from graphsvc.views.collection.facets import ActiveCondition, Facet, Property
    from graphsvc.views.graph import Graph
    from graphsvc.views.model import ClassCount


@dataclass(frozen=True, slots=True)
class Collection:
    """A page of `/browse`: the table, the facets, and the conditions.

    The facets are counted over ``counted_over`` things: all of them, or the first ones.
    ``more_classes`` are left out of the tree; ``untyped`` counts the things without a class if
    there is no other condition.
    """

    table: Table
    classes: tuple[ClassCount, ...]
    class_counts: Mapping[Term, int]
    classes_query: BoundQuery
    facets: tuple[Facet, ...]
    others: tuple[Property, ...]
    chosen: tuple[ActiveCondition, ...]
    counted_over: int
    more_classes: int
    untyped: int


class _CollectionReader:
    """The data that the table and the facets of a state share."""

    def __init__(self, graph: Graph, state: State, languages: str) -> None:
        self.graph = graph
        self.state = state
        self.languages = languages
        self.selection = select(graph, state)
        self.total = self.selection.total
        self.used: Usages = usages(graph, self.selection.members) if self.total else {}
        self.class_counts = self._count_classes()
        plain = partial(graph.columns.plain, languages=languages)
        self.choices = graph.columns.of(state.classes or self._common_classes(), languages)
        if not self.choices and not graph.classes.is_defined:
            self.choices = columns_in_use(narrowing_properties(self.used), plain)
        self.plain = PlainColumns(self.choices, plain)

    def listing(self, size: int) -> Listing:
        sort = self.state.sort or default_sort(
            self.graph, self.used, self.choices, self.selection.over
        )
        order = sort if self.total <= SORTED_THINGS else None
        members = (
            self.selection.members if self.selection.is_all else members_of(self.graph, self.state)
        )
        return page(self.graph, members, order, self.languages, size)

    def table(self, listing: Listing, draft: GridDraft, names: Names) -> Table:
        columns, grid = draft.columns, draft.grid(names)
        if not self.state.columns:
            columns, grid = without_empty_columns(columns, grid)
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
        used = narrowing_properties(self.used)
        return columns_of(self.state, self.choices, self.plain, used, self.selection.over)

    def _count_classes(self) -> Mapping[Term, int]:
        """Return the number of things of each class that match the other conditions."""
        if not self.state.conditions:
            return self.graph.classes.counts
        bare = State(conditions=self.state.conditions)
        chosen = self.state.classes if len(self.state.classes) == 1 else ()
        if self.state.classes and takes_long(self.graph, bare):
            return dict.fromkeys(chosen, self.total)
        selection = select(self.graph, bare) if self.state.classes else self.selection
        counts = count_classes(self.graph, selection.members)
        # The total of the chosen class is exact, even if the others are counted over some things.
        return {**counts, **dict.fromkeys(chosen, self.total)}

    def _common_classes(self) -> Iterable[Term]:
        """Return the classes that all things have."""
        if not self.total:
            return ()
        return [cls for cls, things in self.class_counts.items() if things == self.selection.over]


def collection(graph: Graph, state: State, languages: str) -> Collection:
    """Return the page of a state, in the languages of a priority list.

    Errors: ParameterError if a column has too many facts for a page.
    """
    reading = _CollectionReader(graph, state, languages)
    listing = reading.listing(page_sizes.THINGS)
    draft = GridDraft(graph, listing.things, reading.columns())
    used = narrowing_properties(reading.used)
    facets = Facets(
        graph,
        state,
        reading.plain,
        used,
        reading.selection,
    )
    names = Names(graph, (*draft.terms(), *facets.terms(), *state.classes), languages)
    bare = State(conditions=state.conditions)
    table = reading.table(listing, draft, names)
    if not state.columns and not graph.classes.is_defined:
        table = table.without_constant_columns()
    return Collection(
        table=table,
        classes=graph.classes.tree(languages),
        class_counts=reading.class_counts,
        classes_query=members_of(graph, bare).ask(CLASSES, {}),
        facets=facets.facets(names),
        others=facets.others(),
        chosen=tuple(active_conditions(graph, state, reading.plain, names, reading.total)),
        counted_over=reading.selection.over,
        more_classes=0 if state.conditions else graph.classes.more,
        untyped=graph.classes.untyped if state.filter in (State(), WITHOUT_CLASS) else 0,
    )


def whole_table(graph: Graph, state: State, languages: str, most: int) -> Table:
    """Return the table of the things that match, at most ``most`` of them, for a file."""
    state = replace(state, page=1)
    reading = _CollectionReader(graph, state, languages)
    listing = reading.listing(most)
    draft = GridDraft(graph, listing.things, reading.columns())
    names = Names(graph, (*draft.terms(), *state.classes), languages)
    return reading.table(listing, draft, names)
