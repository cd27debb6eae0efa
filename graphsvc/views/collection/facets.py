"""The facets of a collection: the properties of its things, with the number of things per value.

The numbers count distinct things. The facet of a property with conditions is counted without these
conditions, so that it shows what another choice would give. Facets that narrow well come first with
their values; for the others only the name is shown, and they are counted when they are opened.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum
from math import inf
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, Literal, NamedNode

from graphsvc.namespaces import OA, PROV, RDF
from graphsvc.naming import LABELS
from graphsvc.phrases import Phrase
from graphsvc.views.collection.listing import COUNTED_THINGS, count, members_of, takes_long
from graphsvc.views.collection.members import reverse_properties
from graphsvc.views.collection.ordering import is_date, is_number, sort_key
from graphsvc.views.collection.state import Absent, Is, Present, Span, State
from graphsvc.views.queries import view_query
from graphsvc.views.values import as_int

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from graphsvc.queries import BoundQuery
    from graphsvc.store.base import Term
    from graphsvc.views.collection.columns import Column
    from graphsvc.views.collection.listing import Selection, Usage, Usages
    from graphsvc.views.collection.members import Members
    from graphsvc.views.collection.state import Condition
    from graphsvc.views.graph import Graph
    from graphsvc.views.layout import PropertyRef
    from graphsvc.views.model import Named
    from graphsvc.views.names import Names

VALUES = view_query("collection/values")
COMMON_VALUES = view_query("collection/common-values")

FACETS = 6
"""The number of facets with values, unless the state has more."""

_MOST_OF = 0.5
"""The share of things that must have a property to show its values by default."""

MOST_VALUES = 8
"""The values of a facet before it is opened."""

MOST_OPEN_VALUES = 500
"""The most values of an opened facet."""

_FEW = 50
"""The most values that are still easy to read as a list."""

_COUNTED_VALUES = 400
"""A property with more values is counted only when it is opened."""

_REPEATED = 1.5
"""The average number of facts per value from which values count as repeated."""

# Names of things, and nodes about facts, are no useful facets.
_PASSED_OVER = frozenset({RDF.type, *LABELS})
_PASSED_OVER_IN = frozenset(
    {RDF.type, RDF.subject, RDF.object, RDF.predicate, OA.hasTarget, PROV.wasDerivedFrom}
)


class _Use(IntEnum):
    """How well the values of a property narrow the things, the best first."""

    GROUPS = 0
    """Few values that several things share, or numbers and dates, which allow a span."""
    POINTS = 1
    """Many things or codes that are hardly shared."""
    DISTINCT = 2
    """Texts that are nearly all different, or too many values to choose from."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a facet: the number of its things, and whether it is chosen."""

    condition: Condition
    label: Named | None
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """A property and its values with counts; ``total`` is the number of all values.

    ``counted_over`` is the number of things if only the first things with the property are counted.
    """

    ref: PropertyRef
    name: str
    definition: str
    choices: tuple[Choice, ...]
    total: int
    things: int
    missing: int
    is_scale: bool
    is_open: bool
    has_chosen: bool
    counted_over: int | None
    query: BoundQuery

    @property
    def has_shared_values(self) -> bool:
        """Tell whether several things share a value."""
        return any(choice.count > 1 for choice in self.choices)

    @property
    def ends(self) -> tuple[str, str]:
        """Return the least and the greatest value of a facet of numbers or dates."""
        terms = [
            choice.condition.value
            for choice in self.choices
            if isinstance(choice.condition, Is) and isinstance(choice.condition.value, Literal)
        ]
        ordered = sorted(terms, key=lambda term: sort_key(term, term.value))
        return (ordered[0].value, ordered[-1].value) if ordered else ("", "")


@dataclass(frozen=True, slots=True)
class Property:
    """A property without its values: its name, and the number of things that have it."""

    ref: PropertyRef
    name: str
    definition: str
    things: int


@dataclass(frozen=True, slots=True)
class ActiveCondition:
    """A condition with its labels; ``without`` is the number of things if it is removed."""

    ref: PropertyRef | None
    name: str
    label: str
    condition: Condition | NamedNode
    without: int | None = None


@dataclass(frozen=True, slots=True)
class _ValueCounts:
    """The values of a property with their counts, and the query for them.

    ``is_partial`` tells that only the first things with the property are counted.
    """

    values: Mapping[Term, int]
    query: BoundQuery
    is_partial: bool


def narrowing_properties(used: Usages) -> Usages:
    """Return the properties whose values can narrow a collection."""
    return {
        ref: usage
        for ref, usage in used.items()
        if ref.property not in (_PASSED_OVER_IN if ref.incoming else _PASSED_OVER)
    }


class Facets:
    """The facets of a state with their counts, before the names of the values are read."""

    def __init__(
        self,
        graph: Graph,
        state: State,
        columns: Mapping[PropertyRef, Column],
        used: Usages,
        selection: Selection,
    ) -> None:
        """Count the values. ``columns`` are the plain columns of the shapes, in order."""
        self._graph = graph
        self._state = state
        self._columns = columns
        self._numbers = {ref: number for number, ref in enumerate(columns)}
        self._used = used
        self._members = selection.members
        self._total = selection.over
        self._expanded, self._rest = self._divide()
        self._value_counts = dict(self._count())

    def terms(self) -> Iterator[Term]:
        """Yield every value that needs a name."""
        for ref, counts in self._value_counts.items():
            yield from self._top_values(ref, counts.values)
        for _, conditions in self._state.conditions:
            yield from (one.value for one in conditions if isinstance(one, Is))

    def facets(self, names: Names) -> tuple[Facet, ...]:
        """Return the facets with values."""
        return tuple(self._facet(ref, self._value_counts[ref], names) for ref in self._expanded)

    def others(self) -> tuple[Property, ...]:
        """Return the other properties, without their values."""
        return tuple(
            Property(ref, column.name, column.definition, self._used[ref].things)
            for ref in self._rest
            for column in (self._columns[ref],)
        )

    def _divide(self) -> tuple[list[PropertyRef], list[PropertyRef]]:
        """Return the properties with values, and those of which only the name is shown."""
        active = [ref for ref, _ in self._state.conditions]
        opened = self._state.facet
        if opened is not None and opened not in active:
            active.insert(0, opened)
        rest = sorted((ref for ref in self._used if ref not in active), key=self._rank)
        rest = [ref for ref in rest if self._narrows(self._used[ref])]
        useful = [
            ref
            for ref in rest
            if self._is_main(ref)
            and _use(self._used[ref]) is not _Use.DISTINCT
            and self._used[ref].things >= _MOST_OF * self._total
        ]
        expanded = sorted((*active, *useful[: max(FACETS - len(active), 0)]), key=self._rank)
        return expanded, [ref for ref in rest if ref not in expanded]

    def _count(self) -> Iterator[tuple[PropertyRef, _ValueCounts]]:
        """Yield the counts; properties without conditions are counted together."""
        for ref, _ in self._state.conditions:
            state = self._state.without(ref)
            members, is_partial = members_of(self._graph, state), takes_long(self._graph, state)
            if is_partial:
                # Few of the very first things may have the property.
                members = members_of(self._graph, state.toggle(ref, Present()))
                members = members.first(COUNTED_THINGS)
            yield from self._ask(members, [ref], is_partial=is_partial)
        free = [ref for ref in self._expanded if not self._state.on(ref)]
        for incoming in (False, True):
            refs = [each for each in free if each.incoming is incoming]
            yield from self._ask(self._members, refs)

    def _ask(
        self, members: Members, refs: Sequence[PropertyRef], *, is_partial: bool = False
    ) -> Iterator[tuple[PropertyRef, _ValueCounts]]:
        if not refs:
            return
        query = VALUES if self._are_few(members, refs) else COMMON_VALUES
        query = reverse_properties(query) if refs[0].incoming else query
        values_query = members.ask(query, {"property": [ref.property for ref in refs]})
        values: dict[Term, dict[Term, int]] = {ref.property: {} for ref in refs}
        for row in self._graph.rows(values_query):
            if isinstance(value := row.get("value"), NamedNode | Literal):
                values[row["property"]][value] = as_int(row["things"]) or 0
        for ref in refs:
            # One query counts all of them, for speed; a reader opens the query of the one facet.
            own = replace(members, named=()).ask(query, {"property": ref.property})
            yield ref, _ValueCounts(values[ref.property], own, is_partial)

    def _are_few(self, members: Members, refs: Sequence[PropertyRef]) -> bool:
        """Tell whether a look-up of each thing is cheaper than reading all values.

        Without statistics in the graph there may be very many values.
        """
        if members.named or members.most:
            return True
        sizes = [self._graph.property_sizes.get(ref.property, inf) for ref in refs]
        return members.state.narrows and self._total * len(refs) < sum(sizes)

    def _narrows(self, usage: Usage) -> bool:
        """Tell whether a choice in the facet leaves out any thing."""
        has_values = usage.values > 1 and not isinstance(usage.sample, BlankNode)
        return has_values or 0 < usage.things < self._total

    def _is_main(self, ref: PropertyRef) -> bool:
        """Tell whether a property has a column from a shape; without shapes, is of the ontology."""
        if self._numbers:
            return ref in self._numbers
        prop = ref.property
        is_own = isinstance(prop, NamedNode) and prop.value.startswith(self._graph.base)
        return is_own and not ref.incoming

    def _rank(self, ref: PropertyRef) -> tuple[object, ...]:
        """Return the sort key of a facet: its use, its order in the shapes, its number of things.

        A condition does not change the position of its facet, so that nothing jumps.
        """
        usage = self._used.get(ref)
        use = _Use.POINTS if usage is None else _use(usage)
        number = self._numbers.get(ref, inf)
        name = self._columns[ref].name
        return (
            not self._is_main(ref),
            use,
            number,
            -(usage.things if usage else 0),
            name,
            str(ref),
        )

    def _top_values(self, ref: PropertyRef, counts: Mapping[Term, int]) -> list[Term]:
        """Return the most frequent values, and those that are chosen."""
        most = MOST_OPEN_VALUES if ref == self._state.facet else MOST_VALUES
        chosen = {one.value for one in self._state.on(ref) if isinstance(one, Is)}
        ordered = sorted(counts, key=lambda term: (term not in chosen, -counts[term], str(term)))
        return ordered[: max(most, len(chosen))]

    def _facet(self, ref: PropertyRef, counts: _ValueCounts, names: Names) -> Facet:
        column = self._columns[ref]
        conditions = self._state.on(ref)
        things = self._used[ref].things if ref in self._used else 0
        values = counts.values
        return Facet(
            ref=ref,
            name=column.name,
            definition=column.definition,
            choices=tuple(self._choices(ref, values, names)),
            total=len(values),
            things=things,
            missing=0 if conditions and Absent() not in conditions else self._total - things,
            is_scale=bool(values) and all(is_number(term) or is_date(term) for term in values),
            is_open=ref == self._state.facet,
            has_chosen=bool(conditions),
            counted_over=COUNTED_THINGS if counts.is_partial else None,
            query=counts.query,
        )

    def _choices(
        self, ref: PropertyRef, values: Mapping[Term, int], names: Names
    ) -> Iterable[Choice]:
        conditions = self._state.on(ref)
        choices = [
            Choice(Is(term), names[term], values[term], Is(term) in conditions)  # type: ignore[arg-type]
            for term in self._top_values(ref, values)
        ]
        choices += [
            Choice(one, names[one.value], 0, chosen=True)
            for one in conditions
            if isinstance(one, Is) and one.value not in values
        ]
        return sorted(choices, key=_by_count)


def active_conditions(
    graph: Graph, state: State, columns: Mapping[PropertyRef, Column], names: Names, total: int
) -> Iterator[ActiveCondition]:
    """Yield the conditions of a state; if no thing matches, with the number without each."""

    def without(less: State) -> int | None:
        return count(graph, less) if not total else None

    for cls in state.classes:
        label = names[cls].label
        yield ActiveCondition(
            None, Phrase("Kind"), label, cls, without(State(conditions=state.conditions))
        )
    for ref, conditions in state.conditions:
        remaining = without(state.without(ref))
        for one in conditions:
            yield ActiveCondition(
                ref, columns[ref].name, condition_label(one, names), one, remaining
            )


def condition_label(condition: Condition, names: Names) -> str:
    """Return a condition in words."""
    if isinstance(condition, Is):
        return names[condition.value].label
    if isinstance(condition, Span):
        return _span(condition.low, condition.high)
    return Phrase("any value") if isinstance(condition, Present) else Phrase("no value")


def _span(low: str, high: str) -> Phrase:
    if low and high:
        return Phrase("%(low)s to %(high)s", low=low, high=high)
    return Phrase("from %(low)s", low=low) if low else Phrase("up to %(high)s", high=high)


def _use(usage: Usage) -> _Use:
    if usage.values > _COUNTED_VALUES:
        return _Use.DISTINCT
    if is_number(usage.sample) or is_date(usage.sample):
        return _Use.GROUPS
    repeats = usage.links >= _REPEATED * usage.values
    if repeats and usage.values <= _FEW:
        return _Use.GROUPS
    return _Use.DISTINCT if isinstance(usage.sample, Literal) else _Use.POINTS


def _by_count(choice: Choice) -> tuple[object, ...]:
    term = choice.condition.value if isinstance(choice.condition, Is) else None
    label = choice.label.label if choice.label else ""
    if term is not None and (is_number(term) or is_date(term)):
        return (0, *sort_key(term, label), 0)
    return (1, -choice.count, 0.0, label.casefold(), 0)
