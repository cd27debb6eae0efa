"""The state of browsing: classes, conditions on properties, and the layout of the table."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from pyoxigraph import Literal, NamedNode

from graphsvc.namespaces import RDF
from graphsvc.views.layout import PropertyRef

if TYPE_CHECKING:
    from collections.abc import Iterable

ConditionValue: TypeAlias = NamedNode | Literal
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Is:
    """The thing has this value."""

    value: ConditionValue


@dataclass(frozen=True, slots=True)
class Present:
    """The thing has a value, whatever it is."""


@dataclass(frozen=True, slots=True)
class Absent:
    """The thing has no value."""


@dataclass(frozen=True, slots=True)
class Span:
    """The thing has a number or a date from ``low`` to ``high``, both included.

    Each bound is a decimal number, or a date of any precision (``2017``, ``2017-04``,
    ``2017-04-05``); an empty bound leaves that end open.
    """

    low: str
    high: str


Condition: TypeAlias = Is | Present | Absent | Span


@dataclass(frozen=True, slots=True)
class Sort:
    """The column that sorts the table, and whether the order is descending."""

    ref: PropertyRef
    descending: bool = False


#: The order by label, which belongs to no property.
BY_LABEL = Sort(PropertyRef(NamedNode("urn:label")))


@dataclass(frozen=True, slots=True)
class State:
    """All parameters of a page of `/browse`.

    A thing matches if it has one of the classes (or there are none), and if for each property in
    ``conditions`` at least one of its conditions is true. Without ``columns`` the table has the
    first columns of the shapes, without ``sort`` the default order. ``facet`` is the opened facet.
    """

    classes: tuple[NamedNode, ...] = ()
    conditions: tuple[tuple[PropertyRef, tuple[Condition, ...]], ...] = ()
    sort: Sort | None = None
    columns: tuple[PropertyRef, ...] = ()
    facet: PropertyRef | None = None
    page: int = 1

    def on(self, ref: PropertyRef) -> tuple[Condition, ...]:
        """Return the conditions on one property."""
        return dict(self.conditions).get(ref, ())

    def without(self, ref: PropertyRef) -> State:
        """Return the state without any condition on a property."""
        rest = tuple(entry for entry in self.conditions if entry[0] != ref)
        return replace(self, conditions=rest, page=1)

    def toggle(self, ref: PropertyRef, condition: Condition) -> State:
        """Return the state with a condition added, or removed if it is there."""
        now = self.on(ref)
        changed = _toggle(now, condition)
        if not now:
            return replace(self, conditions=(*self.conditions, (ref, changed)), page=1)
        if not changed:
            return self.without(ref)
        entries = ((at, changed if at == ref else existing) for at, existing in self.conditions)
        return replace(self, conditions=tuple(entries), page=1)

    def with_span(self, ref: PropertyRef, span: Span) -> State:
        """Return the state with a span that replaces the previous one."""
        others = tuple(each for each in self.on(ref) if not isinstance(each, Span))
        spans = (span,) if span.low or span.high else ()
        bare = self.without(ref)
        if not others + spans:
            return bare
        return replace(bare, conditions=(*bare.conditions, (ref, others + spans)))

    def toggle_class(self, cls: NamedNode) -> State:
        """Return the state with a class added, or removed if it is there."""
        return replace(self, classes=_toggle(self.classes, cls), page=1)

    @property
    def narrows(self) -> bool:
        """Tell whether there is any class or condition."""
        return bool(self.classes or self.conditions)

    @property
    def filter(self) -> State:
        """Return the classes and conditions alone."""
        return State(self.classes, self.conditions)


#: The things that have no class.
WITHOUT_CLASS = State(conditions=((PropertyRef(RDF.type), (Absent(),)),))


def _toggle(items: Iterable[Item], item: Item) -> tuple[Item, ...]:
    present = tuple(items)
    return tuple(one for one in present if one != item) if item in present else (*present, item)
