"""A graph that is browsed: what stays the same from page to page, and what was found lately."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

from graphsvc.browse import facets, table
from graphsvc.browse.lanes import Lanes
from graphsvc.entities.model import PAGE_SIZE
from graphsvc.entities.overview import classes
from graphsvc.entities.prologue import PROLOGUE

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from graphsvc.browse.facets import Facets, Used
    from graphsvc.browse.lanes import Lane
    from graphsvc.browse.state import State
    from graphsvc.browse.table import Listed, Table
    from graphsvc.entities.catalogue import Catalogue
    from graphsvc.entities.layout import Place
    from graphsvc.entities.model import ClassCount
    from graphsvc.store.base import Term

Found = TypeVar("Found")

# The rule for subproperties: https://www.w3.org/TR/owl2-profiles/#prp-spo1
_GENERAL = (
    PROLOGUE
    + """
SELECT DISTINCT ?property WHERE {
  ?step rdf:predicate ?property ;
    dcterms:conformsTo <http://www.w3.org/TR/owl2-profiles/#prp-spo1> .
}
"""
)

_KEPT = 64
"""How many answers are kept: a table's pages and orders share what they have in common."""


class Browser:
    """A catalogue, its lanes, and the answers that the pages of one release share."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.lanes = Lanes(catalogue)
        self._kept: OrderedDict[Hashable, object] = OrderedDict()
        self._lock = Lock()

    @cached_property
    def general(self) -> frozenset[Term]:
        """Return the properties of which something follows from a more special property."""
        return frozenset(row["property"] for row in self.catalogue.store.select(_GENERAL))

    def table(self, state: State, language: str, size: int = PAGE_SIZE) -> Table:
        """Return a page of the things that fit a state."""
        return table.table(self, state, language, size=size)

    def facets(self, state: State, language: str) -> Facets:
        """Return by what the things that fit a state can be narrowed further."""
        key = ("facets", state.filter, state.facet, language)
        return self._keep(key, lambda: facets.facets(self, state, language))

    def listed(self, state: State, language: str) -> Listed:
        """Return which things fit a state, in its order."""
        key = ("listed", replace(state.filter, sort=state.sort), language)
        return self._keep(key, lambda: table.listed(self, state, language))

    def used(self, state: State) -> dict[Place, Used]:
        """Return which properties the things have that fit a state."""
        return self._keep(("used", state.filter), lambda: facets.used(self, state))

    def choices(self, state: State, language: str) -> tuple[Lane, ...]:
        """Return the columns that the shapes offer for the things of a state, in order."""

        def find() -> tuple[Lane, ...]:
            types = state.classes or facets.types(self, state)
            return self.lanes.of(types, language)

        return self._keep(("choices", state.filter, language), find)

    def classes(self, language: str) -> tuple[ClassCount, ...]:
        """Return the tree of the classes that have members."""
        return self._keep(("classes", language), lambda: classes(self.catalogue, language))

    def _keep(self, key: Hashable, find: Callable[[], Found]) -> Found:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]  # type: ignore[return-value]
        found = find()
        with self._lock:
            self._kept[key] = found
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return found
