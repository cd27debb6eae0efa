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

from graphsvc.views.collection.cells import Draft
from graphsvc.views.collection.classes import CLASSES, count_classes
from graphsvc.views.collection.columns import PlainColumns
from graphsvc.views.collection.facets import Facets, chosen, narrowing
from graphsvc.views.collection.listing import (
    SORTED_THINGS,
    Listing,
    Usages,
    count,
    fitting_sort,
    members_of,
    page,
    usages,
)
from graphsvc.views.collection.state import State
from graphsvc.views.collection.table import Table, columns_of, filled
from graphsvc.views.model import PAGE_SIZE
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

    ``is_counted`` tells whether the facets are: those of very many things are not.
    """

    table: Table
    classes: tuple[ClassCount, ...]
    class_counts: Mapping[Term, int]
    classes_query: BoundQuery
    facets: tuple[Facet, ...]
    others: tuple[Property, ...]
    chosen: tuple[Chosen, ...]
    is_counted: bool


class _Reading:
    """What the table and the facets of one state have in common."""

    def __init__(self, graph: Graph, state: State, languages: str) -> None:
        self.graph = graph
        self.state = state
        self.languages = languages
        self.members = members_of(graph, state)
        self.total = count(graph, state)
        self.is_counted = self.total <= SORTED_THINGS
        self.used: Usages = usages(graph, self.members) if self.total else {}
        self.class_counts = self._count_classes()
        self.choices = graph.columns.of(state.classes or self._common_classes(), languages)
        self.plain = PlainColumns(self.choices, partial(graph.columns.plain, languages=languages))

    def listing(self, size: int) -> Listing:
        sort = self.state.sort or fitting_sort(self.graph, self.used, self.choices, self.total)
        wanted = sort if self.is_counted else None
        return page(self.graph, self.members, wanted, self.languages, size)

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
        total = min(self.total, SORTED_THINGS)
        return columns_of(self.state, self.choices, self.plain, used, total)

    def _count_classes(self) -> Mapping[Term, int]:
        """Return how many things of each class fit all else that is asked."""
        if not self.state.conditions:
            return self.graph.classes.counts
        bare = State(conditions=self.state.conditions)
        if self.state.classes and count(self.graph, bare) > SORTED_THINGS:
            return {}
        return count_classes(self.graph, members_of(self.graph, bare)) if self.is_counted else {}

    def _common_classes(self) -> Iterable[Term]:
        """Return the classes that all things have."""
        if not self.total:
            return ()
        return [cls for cls, things in self.class_counts.items() if things == self.total]


def collection(graph: Graph, state: State, languages: str) -> Collection:
    """Return what the page of a state shows, in the languages of a priority list.

    Errors: ParameterError if a column would show more than a page holds.
    """
    reading = _Reading(graph, state, languages)
    listing = reading.listing(PAGE_SIZE)
    draft = Draft(graph, listing.things, reading.columns())
    used = narrowing(reading.used) if reading.is_counted else {}
    facets = Facets(graph, state, reading.plain, used, reading.total)
    names = Names(graph, (*draft.terms(), *facets.terms(), *state.classes), languages)
    bare = State(conditions=state.conditions)
    return Collection(
        table=reading.table(listing, draft, names),
        classes=graph.classes.tree(languages),
        class_counts=reading.class_counts,
        classes_query=members_of(graph, bare).ask(CLASSES, {}),
        facets=facets.shown(names),
        others=facets.others(),
        chosen=tuple(chosen(graph, state, reading.plain, names, reading.total)),
        is_counted=reading.is_counted,
    )


def whole_table(graph: Graph, state: State, languages: str, most: int) -> Table:
    """Return the table of all things that fit, for a file, if they are not more than ``most``."""
    state = replace(state, page=1)
    reading = _Reading(graph, state, languages)
    listing = reading.listing(most)
    draft = Draft(graph, listing.things, reading.columns())
    names = Names(graph, (*draft.terms(), *state.classes), languages)
    return reading.table(listing, draft, names)
