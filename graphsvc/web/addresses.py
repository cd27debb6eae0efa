"""The addresses of the pages of /browse and /compare: the address has the state of the page."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import quote

from flask import request
from pyoxigraph import NamedNode

from graphsvc.views.collection.address import (
    write_condition,
    write_iri,
    write_ref,
    write_sort,
    write_state,
)
from graphsvc.views.collection.state import BY_LABEL, Absent, Present, Sort, State
from graphsvc.web.site import site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from graphsvc.namespaces import Prefixes
    from graphsvc.store.base import Term
    from graphsvc.views.collection.columns import Column
    from graphsvc.views.collection.facets import ActiveCondition
    from graphsvc.views.collection.state import Condition
    from graphsvc.views.layout import PropertyRef

Pairs: TypeAlias = "list[tuple[str, str]]"

#: Characters that are not percent-encoded in an address.
_SAFE = ":/~,"
_PLAIN = re.compile(r"[A-Za-z0-9:/~,_.-]*")

LAYOUTS = ("columns", "rows")
"""The layouts of a comparison: things as columns (the usual one) or as rows."""


def state_parameters(state: State) -> Pairs:
    return write_state(state, site().release.prefixes)


def address(path: str, pairs: Pairs) -> str:
    """Return the path of a page, with the mount point and with readable parameters."""
    query = _query(pairs)
    return f"{request.script_root}/{path}" + (f"?{query}" if query else "")


def _query(pairs: Pairs) -> str:
    return "&".join(f"{_in_address(name)}={_in_address(text)}" for name, text in pairs)


def _in_address(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else quote(text, safe=_SAFE)


def canonical(path: str, pairs: Pairs) -> str:
    """Return the address of a page under the base of the graph's IRIs; hosts do not change it."""
    return site().base + address(path, pairs).removeprefix(request.script_root + "/")


@dataclass(frozen=True, slots=True)
class Comparison:
    """The state of a comparison: its things, the highlighting, and the layout."""

    iris: tuple[NamedNode, ...]
    classes: tuple[NamedNode, ...]
    highlight: str = ""
    layout: str = LAYOUTS[0]

    def parameters(self) -> Pairs:
        """Return the parameters of the address."""
        prefixes = site().release.prefixes
        pairs = [("iri", write_iri(iri.value, prefixes)) for iri in self.iris]
        pairs += [("class", write_iri(cls.value, prefixes)) for cls in self.classes]
        pairs += [("highlight", self.highlight)] if self.highlight else []
        return pairs + ([("things", self.layout)] if self.layout != LAYOUTS[0] else [])

    @property
    def address(self) -> str:
        """Return the address of the page."""
        return address("compare", self.parameters())

    @property
    def transposed(self) -> Comparison:
        """Return the comparison with the other layout."""
        return replace(self, layout=LAYOUTS[1 - LAYOUTS.index(self.layout)])


@dataclass(frozen=True)
class Links:
    """The addresses of the links of a page of /browse: the same state with one change."""

    state: State
    order: Sort | None = None
    """The order of the page, which may be missing in the address."""

    def toggle(self, ref: PropertyRef, condition: Condition) -> str:
        """Return the address with a condition added or removed."""
        if ref in self._conditioned:
            return self._to(self.state.toggle(ref, condition))
        # A page has hundreds of these addresses, which differ only in this parameter.
        before, after = self._around
        value = _in_address(write_condition(condition, self._prefixes))
        return f"{before}{self._names(ref)}={value}{after}"

    @cached_property
    def _conditioned(self) -> frozenset[PropertyRef]:
        return frozenset(ref for ref, _ in self.state.conditions)

    @cached_property
    def _around(self) -> tuple[str, str]:
        """Return the text of an address before and after a condition on one more property."""
        state = self.state
        before = _query(state_parameters(state.filter))
        after = _query(state_parameters(replace(state, classes=(), conditions=(), page=1)))
        return self._start + (before and f"{before}&"), after and f"&{after}"

    @cached_property
    def _around_class(self) -> tuple[str, str]:
        """Return the text of an address before and after one more class."""
        before = _query(state_parameters(State(classes=self.state.classes)))
        after = _query(state_parameters(replace(self.state, classes=(), page=1)))
        return self._start + (before and f"{before}&"), after and f"&{after}"

    @cached_property
    def _around_facet(self) -> tuple[str, str]:
        """Return the text of an address before and after the open facet."""
        before = _query(state_parameters(replace(self.state, facet=None, page=1)))
        after = f"&page={self.state.page}" if self.state.page > 1 else ""
        return self._start + (before and f"{before}&"), after

    @cached_property
    def _start(self) -> str:
        return f"{request.script_root}/browse?"

    @cached_property
    def _prefixes(self) -> Prefixes:
        return site().release.prefixes

    @cached_property
    def _names(self) -> Callable[[PropertyRef], str]:
        prefixes = self._prefixes
        return cache(lambda ref: _in_address(write_ref(ref, prefixes)))

    def toggle_class(self, cls: NamedNode) -> str:
        """Return the address with a class added or removed."""
        if cls in self.state.classes:
            return self._to(self.state.toggle_class(cls))
        before, after = self._around_class
        return f"{before}class={_in_address(write_iri(cls.value, self._prefixes))}{after}"

    def absent(self, ref: PropertyRef) -> str:
        """Return the address with the condition of no value added or removed."""
        return self.toggle(ref, Absent())

    def lacks(self, ref: PropertyRef) -> bool:
        """Tell whether the state has the condition of no value."""
        return Absent() in self.state.on(ref)

    def remove(self, choice: ActiveCondition) -> str:
        """Return the address without a chosen class or condition."""
        if choice.ref is None:
            return self._to(self.state.toggle_class(choice.condition))  # type: ignore[arg-type]
        return self._to(self.state.toggle(choice.ref, choice.condition))  # type: ignore[arg-type]

    def page(self, number: int) -> str:
        """Return the address of another page."""
        return self._to(replace(self.state, page=number))

    def open_facet(self, ref: PropertyRef | None) -> str:
        """Return the address with another open facet, or none."""
        if ref is None:
            return self._to(replace(self.state, facet=None))
        before, after = self._around_facet
        return f"{before}facet={self._names(ref)}{after}"

    def sorted_by(self, ref: PropertyRef) -> str:
        """Return the address sorted by a column, or in reverse if it is sorted by it already."""
        now = self.order
        descending = now is not None and now.ref == ref and not now.descending
        return self._to(replace(self.state, sort=Sort(ref, descending), page=1))

    def direction(self, ref: PropertyRef) -> str:
        """Return the value of ``aria-sort`` for a column."""
        if self.order is None or self.order.ref != ref:
            return "none"
        return "descending" if self.order.descending else "ascending"

    def sort_name(self, ref: PropertyRef) -> str:
        """Return the parameter for the order by a column."""
        return write_sort(Sort(ref), site().release.prefixes)

    def export(self, name: str) -> str:
        """Return the address of a file with all matching things."""
        return address(f"browse.{name}", state_parameters(replace(self.state, page=1, facet=None)))

    def compare(self, things: Iterable[Term]) -> str:
        """Return the address of a comparison of things."""
        # A thing without an IRI cannot be in an address.
        return Comparison(tuple(each for each in things if isinstance(each, NamedNode)), ()).address

    def ref_name(self, ref: PropertyRef) -> str:
        """Return the name of a property in an address."""
        return write_ref(ref, site().release.prefixes)

    def hidden_fields(self, *left_out: str) -> Pairs:
        """Return the hidden fields of a form."""
        names = {"page", "facet", *left_out}
        return [pair for pair in state_parameters(self.state) if pair[0] not in names]

    def hidden_fields_with_any(self, ref: PropertyRef) -> Pairs:
        """Return the hidden fields of the form of a span: all parameters except the span."""
        state = self.state.without(ref) if Present() in self.state.on(ref) else self.state
        return [pair for pair in state_parameters(state) if pair[0] not in ("page", "facet")]

    def _to(self, state: State) -> str:
        return address("browse", state_parameters(state))

    @property
    def by_label(self) -> PropertyRef:
        """Return the column of the things themselves."""
        return BY_LABEL.ref

    @property
    def canonical(self) -> str:
        """Return the canonical address of this page."""
        return self._to(self.state)

    def is_shown(self, column: Column, columns: Iterable[Column]) -> bool:
        """Tell whether a column is in the table."""
        return any(column.id == one.id for one in columns)
