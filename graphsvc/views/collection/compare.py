"""Things side by side: their values, property by property in the order of the shapes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from graphsvc.errors import ParameterError, UnknownEntity
from graphsvc.namespaces import RDF
from graphsvc.phrases import Phrase
from graphsvc.views.collection.cells import Cell, Grid, GridDraft
from graphsvc.views.collection.facets import narrowing_properties
from graphsvc.views.collection.facts import Facts
from graphsvc.views.collection.listing import count, members_of, page, usages
from graphsvc.views.collection.members import Members
from graphsvc.views.collection.state import BY_LABEL, State
from graphsvc.views.collection.table import columns_in_use
from graphsvc.views.layout import PropertyRef
from graphsvc.views.names import Names

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from collections.abc import Set as AbstractSet

    from graphsvc.store.base import Term
    from graphsvc.views.collection.columns import Column
    from graphsvc.views.graph import Graph
    from graphsvc.views.model import Named, Passage

MOST_COMPARED = 24
"""The most things in a comparison: nobody can compare more at a glance."""

HIGHLIGHTS = {
    "": Phrase("nothing"),
    "differences": Phrase("differences"),
    "agreements": Phrase("agreements"),
}
"""The values that can be highlighted, and their labels."""


def _words(cell: Cell) -> AbstractSet[tuple[str, tuple[Passage, ...]]]:
    """Return the labels and passages of a cell's values, without their datatypes."""
    return {(value.named.label, value.passages) for value in cell.values}


@dataclass(frozen=True, slots=True)
class CompareRow:
    """One property of all things: a cell for each thing."""

    column: Column
    cells: tuple[Cell, ...]
    expected: tuple[bool, ...]
    """For each thing, whether a reader expects the property in a text about it."""
    agrees: bool
    """Whether all things have the same values, and at least one."""
    shared: frozenset[object]
    """The values of more than one thing."""

    def is_covered_by(self, other: CompareRow) -> bool:
        """Tell whether another row has all labels of this one, from the same passages."""
        return all(
            _words(one) <= _words(two) for one, two in zip(self.cells, other.cells, strict=True)
        )

    @classmethod
    def of(cls, column: Column, cells: tuple[Cell, ...], expected: tuple[bool, ...]) -> CompareRow:
        """Return the row of a property."""
        terms = [cell.terms for cell in cells]
        times = Counter(chain.from_iterable(terms))
        shared = frozenset(term for term, number in times.items() if number > 1)
        agrees = bool(terms[0]) and terms.count(terms[0]) == len(terms)
        return cls(column, cells, expected, agrees, shared)


@dataclass(frozen=True, slots=True)
class CompareSection:
    """The rows of one group of the shapes."""

    label: str
    rows: tuple[CompareRow, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Things side by side; ``silent`` are the properties without any value."""

    things: tuple[Named, ...]
    rows: tuple[CompareRow, ...]
    silent: tuple[Column, ...]
    grid: Grid

    @property
    def leading(self) -> tuple[CompareSection, ...]:
        """Return the differing rows of key properties; if there are none, all differing rows."""
        rows = self._differing_rows
        return _sections([row for row in rows if row.column.is_key] or rows)

    @property
    def others(self) -> tuple[CompareSection, ...]:
        """Return the other differing rows, without those that a previous row covers."""
        differing = self._differing_rows
        covering = [row for row in differing if row.column.is_key]
        if not covering:
            return ()
        others: list[CompareRow] = []
        for row in differing:
            if not row.column.is_key and not any(row.is_covered_by(other) for other in covering):
                others.append(row)
                covering.append(row)
        return _sections(others)

    @property
    def alike(self) -> tuple[CompareSection, ...]:
        """Return the rows in which all things agree."""
        return _sections([row for row in self.rows if row.agrees])

    @property
    def _differing_rows(self) -> list[CompareRow]:
        return [row for row in self.rows if not row.agrees]


def compare(
    graph: Graph, iris: Sequence[NamedNode], classes: Sequence[NamedNode], languages: str
) -> Matrix:
    """Return things side by side: those with the IRIs, or else all of the classes.

    Errors: UnknownEntity for a class without things; ParameterError if there are too many things.
    """
    things = list(iris) or _instances(graph, classes, languages)
    if len(things) > MOST_COMPARED:
        raise ParameterError(
            f"{len(things)} things are more than can be compared.",
            remedy=f"Name up to {MOST_COMPARED} of them with iri=.",
        )
    types = types_of(graph, things)
    columns = graph.columns.of(classes or types[0].intersection(*types), languages)
    if not columns and not graph.classes.is_defined:
        used = narrowing_properties(usages(graph, Members(State()).naming(things)))
        columns = columns_in_use(used, partial(graph.columns.plain, languages=languages))
    draft = GridDraft(graph, things, columns)
    grid = draft.grid(Names(graph, draft.terms(), languages))
    own = [_expected_columns(graph, cls, languages) for cls in types]
    rows = [
        CompareRow.of(
            column,
            tuple(row.cells[number] for row in grid.rows),
            tuple(
                thing in grid.in_texts and column.id in expected
                for thing, expected in zip(things, own, strict=True)
            ),
        )
        for number, column in enumerate(columns)
    ]
    filled = [row for row in rows if any(cell.values for cell in row.cells)]
    return Matrix(
        things=tuple(row.thing for row in grid.rows),
        rows=tuple(filled),
        silent=tuple(row.column for row in rows if row not in filled),
        grid=grid,
    )


def _sections(rows: Sequence[CompareRow]) -> tuple[CompareSection, ...]:
    groups = dict.fromkeys(row.column.group for row in rows)
    return tuple(
        CompareSection(group, tuple(row for row in rows if row.column.group == group))
        for group in groups
    )


def types_of(graph: Graph, things: Iterable[NamedNode]) -> list[frozenset[Term]]:
    """Return the classes of each of some things."""
    ref, facts = PropertyRef(RDF.type), Facts(graph)
    things = list(things)
    facts.matches(things, [graph.columns.plain(ref, "en")])
    return [frozenset(fact.object for fact in facts.at(thing, ref)) for thing in things]


def _expected_columns(graph: Graph, types: Iterable[Term], languages: str) -> set[PropertyRef]:
    """Return the plain columns of a thing's classes."""
    return {column.id for column in graph.columns.of(types, languages) if column.is_plain}


def _instances(graph: Graph, classes: Sequence[NamedNode], languages: str) -> list[NamedNode]:
    state = State(classes=tuple(classes))
    total = count(graph, state)
    if not total:
        raise UnknownEntity(classes[0].value)
    if total > MOST_COMPARED:
        raise ParameterError(
            f"{total} things are more than can be compared.",
            remedy=f"Name up to {MOST_COMPARED} of them with iri=.",
        )
    members = members_of(graph, state)
    listing = page(graph, members, BY_LABEL, languages, MOST_COMPARED)
    return [thing for thing in listing.things if isinstance(thing, NamedNode)]
