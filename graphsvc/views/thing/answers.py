"""The answers of the queries about a thing, and of what they speak.

Sizes are asked first, so that whatever is long is not read whole: of a property with very many
values the first ones are asked for, with the limit that stands in the query.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, TypeAlias

from pyoxigraph import Literal, NamedNode

from graphsvc.namespaces import RDF, VOID
from graphsvc.views.queries import view_query
from graphsvc.views.values import as_int

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from graphsvc.queries import BoundQuery
    from graphsvc.store.base import Term
    from graphsvc.views.graph import Graph

    Row: TypeAlias = Mapping[str, Term]
    Sizes: TypeAlias = Mapping[NamedNode, int]

SIZES = view_query("thing/sizes")
FACTS = view_query("thing/facts")
POINTING = view_query("thing/pointing")
DERIVATIONS = view_query("thing/derivations")
NOTES = view_query("thing/notes")
UNSTATED = view_query("thing/unstated")
PARTS = view_query("thing/parts")

MOST_FACTS, FIRST_FACTS = 2000, 100
"""How many facts are read together, and how many of a property that has too many for that."""

MOST_POINTING, FIRST_POINTING = 1000, 5
"""The same of facts that point to a thing."""

_MOST_LARGE = 20
"""Of how many properties with very many facts the first ones are read."""

_MOST_COUNTED = 200_000
"""How many facts are counted in one direction; it stands in the query."""

_MOST_ROUNDS = 5
"""How many steps are followed from fragment to fragment of a document."""

_PARTITIONS = (VOID.classPartition, VOID.propertyPartition)


@dataclass(frozen=True, slots=True)
class Answers:
    """What the queries about a thing found: rows, by the names of their columns.

    ``parts`` are by the part that they speak of.
    """

    thing: NamedNode
    out: Sizes
    into: Sizes
    facts: Sequence[Row]
    pointing: Sequence[Row]
    derivations: Sequence[Row]
    notes: Sequence[Row]
    unstated: Sequence[Row]
    parts: Mapping[Term, Sequence[Row]]

    @classmethod
    def read(cls, graph: Graph, thing: NamedNode) -> Answers:
        """Ask the queries."""
        sizes = list(graph.rows(SIZES.bind({"thing": thing})))
        out, into = _sizes(sizes, "out"), _sizes(sizes, "in")
        about = {"thing": thing}
        facts = [*_rows(graph, facts_queries(thing, out))]
        return cls(
            thing=thing,
            out=out,
            into=into,
            facts=facts,
            pointing=[*_rows(graph, pointing_queries(thing, into))],
            derivations=[*graph.rows(DERIVATIONS.bind(about))],
            notes=[*graph.rows(NOTES.bind({"target": _targets(graph, thing, facts)}))],
            unstated=[*graph.rows(UNSTATED.bind(about))] if _has_shape(graph, facts) else [],
            parts=_parts(graph, thing, facts),
        )

    @property
    def is_partial(self) -> bool:
        """Tell whether more points to the thing than was counted."""
        return sum(self.into.values()) >= _MOST_COUNTED

    def terms(self) -> Iterator[Term]:
        """Yield every term that the answers hold: what a page names is among them."""
        yield self.thing
        yield from chain(self.out, self.into)
        rows = chain(
            self.facts,
            self.pointing,
            self.derivations,
            self.notes,
            self.unstated,
            *self.parts.values(),
        )
        for row in rows:
            yield from row.values()


def facts_queries(thing: NamedNode, sizes: Sizes) -> Iterator[BoundQuery]:
    """Yield the queries for the facts of some properties, of each of which the size is known."""
    for properties, limit in _portions(sizes, MOST_FACTS, FIRST_FACTS):
        yield FACTS.bind({"thing": thing, "property": properties, "limit": Literal(limit)})


def pointing_queries(thing: NamedNode, sizes: Sizes) -> Iterator[BoundQuery]:
    """Yield the queries for what points to a thing with some properties."""
    for properties, limit in _portions(sizes, MOST_POINTING, FIRST_POINTING):
        yield POINTING.bind({"thing": thing, "property": properties, "limit": Literal(limit)})


def _portions(sizes: Sizes, most: int, first: int) -> Iterator[tuple[Sequence[NamedNode], int]]:
    """Yield the properties to ask for together, and the limit: the small ones at once.

    Then come some of the large ones, each by itself: of these only the first facts are wanted.
    """
    together: list[NamedNode] = []
    large: list[NamedNode] = []
    total = 0
    for prop in sorted(sizes, key=lambda each: (sizes[each], each.value)):
        total += sizes[prop]
        (together if total <= most else large).append(prop)
    yield together, most
    yield from (([prop], first) for prop in large[:_MOST_LARGE])


def _rows(graph: Graph, queries: Iterator[BoundQuery]) -> Iterator[Row]:
    return chain.from_iterable(map(graph.rows, queries))


def _sizes(rows: Sequence[Row], direction: str) -> Sizes:
    return {
        prop: as_int(row["count"]) or 0
        for row in rows
        if isinstance(prop := row.get("property"), NamedNode)
        and row["direction"] == Literal(direction)
    }


def _targets(graph: Graph, thing: NamedNode, facts: Sequence[Row]) -> list[NamedNode]:
    """Return on what notes are read: on the thing, and on all that the editors say, if they do."""
    speaks = any(row["graph"] == graph.editorial for row in facts)
    return [thing, *([graph.editorial] if speaks else [])]


def _has_shape(graph: Graph, facts: Sequence[Row]) -> bool:
    types = (row["value"] for row in facts if row["property"] == RDF.type)
    return bool(graph.terms.layout.shapes(types))


def _parts(graph: Graph, thing: NamedNode, facts: Sequence[Row]) -> Mapping[Term, Sequence[Row]]:
    """Return what is said of the fragments that facts name, and of those that these name."""
    start = f"{thing.value}#"
    wanted = [
        row["value"]
        for row in facts
        if isinstance(value := row["value"], NamedNode)
        and (value.value.startswith(start) or row["property"] in _PARTITIONS)
        # What is listed has a page of its own.
        and value.value not in graph.addresses.listed
    ]
    found: dict[Term, list[Row]] = {}
    for _ in range(_MOST_ROUNDS):
        new = [part for part in dict.fromkeys(wanted) if part not in found]
        found.update((part, []) for part in new)
        rows = list(graph.rows(PARTS.bind({"part": new})))
        for row in rows:
            found[row["part"]].append(row)
        values = (row["value"] for row in rows)
        wanted = [
            each
            for each in values
            if isinstance(each, NamedNode)
            and each.value.startswith(start)
            and each.value not in graph.addresses.listed
        ]
    return found
