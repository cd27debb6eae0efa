"""Which things a page of a collection lists, and which properties they have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from pyoxigraph import Literal

from graphsvc.naming import WORDS
from graphsvc.views.collection.members import Members, backwards, descending
from graphsvc.views.collection.ordering import is_number
from graphsvc.views.collection.state import BY_LABEL, Sort
from graphsvc.views.layout import PropertyRef
from graphsvc.views.queries import view_query
from graphsvc.views.values import as_int

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphsvc.queries import BoundQuery
    from graphsvc.store.base import Term
    from graphsvc.views.collection.columns import Column
    from graphsvc.views.collection.state import State
    from graphsvc.views.graph import Graph

TOTAL = view_query("collection/total")
PROPERTIES = view_query("collection/properties")
BY_NAME = view_query("collection/by-name")
BY_VALUE = view_query("collection/by-value")
UNORDERED = view_query("collection/unordered")

SORTED_THINGS = 10_000
"""How many things are sorted, and their facets counted: to sort takes reading all of them.

Of more things so many are looked at to know their properties; it stands in the query.
"""

_WORDS = PropertyRef(WORDS)
_NUMBERS = ("things", "values", "links")


@dataclass(frozen=True, slots=True)
class Usage:
    """How many things have a property, how many values there are, and how often they stand."""

    things: int
    values: int
    links: int
    sample: Term
    """One of the values: those of a property are all of a kind, or nearly so."""


Usages: TypeAlias = Mapping[PropertyRef, Usage]


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of the things that fit, and the query that found them.

    ``sort`` is by what they are sorted, or None if they are too many.
    """

    things: tuple[Term, ...]
    sort: Sort | None
    query: BoundQuery


def count(graph: Graph, state: State) -> int:
    """Return how many things fit a state."""
    rows = graph.rows(members_of(graph, state).ask(TOTAL, {}))
    return next((as_int(row["things"]) or 0 for row in rows), 0)


def members_of(graph: Graph, state: State) -> Members:
    """Return the things that fit a state."""
    return Members(state, graph.classes.is_defined)


def usages(graph: Graph, members: Members) -> Usages:
    """Return which properties the things have, read either way."""
    found: dict[PropertyRef, Usage] = {}
    for incoming, query in ((False, PROPERTIES), (True, backwards(PROPERTIES))):
        for row in graph.rows(members.ask(query, {})):
            if "property" in row:
                things, values, links = (as_int(row[name]) or 0 for name in _NUMBERS)
                usage = Usage(things, values, links, row["sample"])
                found[PropertyRef(row["property"], incoming)] = usage
    return found


def page(graph: Graph, members: Members, sort: Sort | None, languages: str, size: int) -> Listing:
    """Return the page of a collection that its state asks for; without a sort in no order."""
    terms: dict[str, Term | Sequence[Term]] = {
        "limit": Literal(size),
        "offset": Literal(size * (members.state.page - 1)),
    }
    if sort is None:
        query = members.ask(UNORDERED, terms)
    else:
        terms["language"] = Literal(languages.split(",", maxsplit=1)[0].strip())
        terms["naming"] = graph.naming.plain
        by_label = sort.ref == BY_LABEL.ref
        named = BY_NAME if by_label else backwards(BY_VALUE) if sort.ref.incoming else BY_VALUE
        if not by_label:
            terms["property"] = sort.ref.property
        query = members.ask(descending(named) if sort.descending else named, terms)
    things = tuple(row["thing"] for row in graph.rows(query))
    return Listing(things, sort, query)


def fitting_sort(graph: Graph, used: Usages, columns: Sequence[Column], total: int) -> Sort:
    """Return the order that suits things: that of their names.

    Things that have no names but the words that they quote stand by their numbers, if the shapes
    place a number that each has, and each another.
    """
    names = (PropertyRef(label) for label in graph.naming.labels if label != WORDS)
    if _WORDS not in used or any(name in used for name in names):
        return BY_LABEL
    numbers = (
        column.id
        for column in columns
        if (usage := used.get(column.id)) is not None
        and is_number(usage.sample)
        and usage.things == usage.values == usage.links == total
    )
    number = next(numbers, None)
    return BY_LABEL if number is None else Sort(number)
