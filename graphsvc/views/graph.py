"""The graph as views read it: by queries, and with what is the same for every request."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from graphsvc.store.base import Table
from graphsvc.views.collection.classes import Classes, property_sizes
from graphsvc.views.collection.columns import Columns
from graphsvc.views.document.blanks import Blanks
from graphsvc.views.terms import Terms
from graphsvc.views.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphsvc.queries import BoundQuery
    from graphsvc.store.base import Store, Term


class Graph:
    """A store and the base of its IRIs.

    It is made once, by the parent process, and shared: what it reads ahead must not depend on a
    request.
    """

    def __init__(self, store: Store, base: str) -> None:
        self.base = base
        self._store = store

    @cached_property
    def terms(self) -> Terms:
        """Return what the graph says of its classes and properties."""
        return Terms.read(self.rows)

    @cached_property
    def texts(self) -> Texts:
        """Return where the passages of the texts stand."""
        return Texts.read(self.rows)

    @cached_property
    def blanks(self) -> Blanks:
        """Return the parts of the graph that have no names."""
        return Blanks.read(self.rows, self.base)

    @cached_property
    def columns(self) -> Columns:
        """Return the columns that the shapes lay out for things of each class."""
        return Columns(self.terms, self.rows)

    @cached_property
    def property_sizes(self) -> Mapping[Term, int]:
        """Return how many triples each property has, as the graph's own statistics say."""
        return property_sizes(self)

    @cached_property
    def classes(self) -> Classes:
        """Return the classes that have things."""
        return Classes(self)

    def warm_up(self) -> None:
        """Read what is the same for every request."""
        _ = self.terms, self.texts, self.blanks, self.columns, self.classes, self.property_sizes

    def rows(self, query: BoundQuery) -> Table:
        """Return the answer to a query; without terms for one of its parameters it has no rows."""
        if query.is_empty:
            return Table((), ())
        return self._store.select_trusted(query.text)
