"""The things on a page of a collection, and the properties that they have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from pyoxigraph import Literal, NamedNode

from graphsvc.namespaces import OWL
from graphsvc.naming import WORDS
from graphsvc.views.collection.classes import TOTAL
from graphsvc.views.collection.members import Members, reverse_order, reverse_properties
from graphsvc.views.collection.ordering import is_number
from graphsvc.views.collection.state import BY_LABEL, WITHOUT_CLASS, Absent, Is, Sort, Span
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

PROPERTIES = view_query("collection/properties")
BY_NAME = view_query("collection/by-name")
BY_VALUE = view_query("collection/by-value")
UNORDERED = view_query("collection/unordered")

SORTED_THINGS = 5_000
"""The most things that are sorted and fully counted: sorting needs all of them."""

COUNTED_THINGS = 2_000
"""The number of things over which facets are counted if there are too many."""

_LOOKED_AT = 10_000
"""The most candidates that an engine may check to find matches, each time it counts a facet."""

_WORDS = PropertyRef(WORDS)
_NUMBERS = ("things", "values", "links")


@dataclass(frozen=True, slots=True)
class Usage:
    """The number of things with a property, of its values, and of its facts."""

    things: int
    values: int
    links: int
    sample: Term
    """One of the values: nearly all values of a property have the same kind."""


Usages: TypeAlias = Mapping[PropertyRef, Usage]


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of the things that match, and the query for them.

    ``sort`` is their order, or None if they are too many to be sorted.
    """

    things: tuple[Term, ...]
    sort: Sort | None
    query: BoundQuery


def count(graph: Graph, state: State) -> int:
    """Return the number of things that match a state."""
    if not state.narrows:
        return graph.classes.total
    if state.filter == WITHOUT_CLASS:
        return graph.classes.untyped
    rows = graph.rows(members_of(graph, state).ask(TOTAL, {}))
    return next((as_int(row["things"]) or 0 for row in rows), 0)


def members_of(graph: Graph, state: State) -> Members:
    """Return the things that match a state."""
    return Members(state, graph.classes.everything)


@dataclass(frozen=True, slots=True)
class Selection:
    """The number of things that match a state, and the things over which facets are counted.

    These are all of them, or the first ones; ``over`` is their number.
    """

    total: int
    over: int
    members: Members

    @property
    def is_all(self) -> bool:
        """Tell whether the facets are counted over all things."""
        return self.over == self.total


def select(graph: Graph, state: State) -> Selection:
    """Return the things over which the facets of a state are counted.

    If it takes long to find the things, and few of many match, one query finds them and the others
    use their IRIs. If nearly all match, a query finds the first ones quickly.
    """
    members, is_long = members_of(graph, state), takes_long(graph, state)
    if is_long and any(
        isinstance(one, Span | Absent) for _, some in state.conditions for one in some
    ):
        query = members.ask(UNORDERED, {"limit": Literal(COUNTED_THINGS + 1), "offset": Literal(0)})
        matches = [row["thing"] for row in graph.rows(query)]
        total = len(matches) if len(matches) <= COUNTED_THINGS else count(graph, state)
        named = [thing for thing in matches[:COUNTED_THINGS] if isinstance(thing, NamedNode)]
        return Selection(total, len(named), members.naming(named) if named else members)
    total = count(graph, state)
    if total <= SORTED_THINGS and not (is_long and state.conditions):
        return Selection(total, total, members)
    over = min(total, COUNTED_THINGS)
    return Selection(total, over, members.first(over))


def takes_long(graph: Graph, state: State) -> bool:
    """Tell whether an engine has to check very many things to find the matches.

    It starts with the smallest set: with a value, else with a class or a property of known size.
    """
    required = [(ref, some) for ref, some in state.conditions if Absent() not in some]
    if any(isinstance(one, Is) for _, some in required for one in some):
        return False
    sizes = [graph.property_sizes.get(ref.property, 0) for ref, _ in required]
    if state.classes:
        sizes.append(sum(graph.terms.members(cls) for cls in state.classes))
    return min(sizes, default=graph.classes.total) > _LOOKED_AT


def usages(graph: Graph, members: Members) -> Usages:
    """Return the properties of the things, in both directions."""
    by_property: dict[PropertyRef, Usage] = {}
    for incoming, query in ((False, PROPERTIES), (True, reverse_properties(PROPERTIES))):
        for row in graph.rows(members.ask(query, {})):
            if "property" in row:
                things, values, links = (as_int(row[name]) or 0 for name in _NUMBERS)
                usage = Usage(things, values, links, row["sample"])
                by_property[PropertyRef(row["property"], incoming)] = usage
    return by_property


def page(graph: Graph, members: Members, sort: Sort | None, languages: str, size: int) -> Listing:
    """Return the page of a collection that its state selects; without ``sort`` in no order.

    The query for "Query this" contains patterns in place of the IRIs of things.
    """
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
        named = (
            BY_NAME if by_label else reverse_properties(BY_VALUE) if sort.ref.incoming else BY_VALUE
        )
        if by_label:
            terms["record"] = graph.classes.records or (OWL.Nothing,)
        else:
            terms["property"] = sort.ref.property
        query = members.ask(reverse_order(named) if sort.descending else named, terms)
    things = tuple(row["thing"] for row in graph.rows(query))
    if members.named:
        query = replace(members, named=()).ask(query.query, terms)
    return Listing(things, sort, query)


def default_sort(graph: Graph, used: Usages, columns: Sequence[Column], total: int) -> Sort:
    """Return the default order: by name.

    Things whose only names are quoted words are sorted by a number, if there is a column with a
    different number for each of them.
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
