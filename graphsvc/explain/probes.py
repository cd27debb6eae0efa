"""Small queries to a store: whether a pattern has solutions, and examples of values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from graphsvc.errors import GraphsvcError
from graphsvc.store.base import Solutions

if TYPE_CHECKING:
    from graphsvc.namespaces import Prefixes
    from graphsvc.store.base import GraphSelection, Store, Term

#: How many queries one explanation may send.
MOST_PROBES = 64


class OutOfProbesError(Exception):
    """The number of queries has reached its limit, or the store refused one."""


@dataclass
class Probes:
    """Sends queries to the dataset of a request.

    ``prologue`` and ``dataset`` are those of the query that is explained, as it is written.
    """

    store: Store
    graphs: GraphSelection
    prologue: str
    dataset: str
    prefixes: Prefixes
    total: int = field(default=0)

    def has_answer(self, query: str) -> bool:
        """Tell whether a query has at least one row or triple, or the answer true.

        Errors: those of the store, for a query that cannot be answered.
        """
        result = self.store.read(query, self.graphs)
        if isinstance(result, bool):
            return result
        coming = result.rows if isinstance(result, Solutions) else result
        return next(coming, None) is not None

    def matches(self, pattern: str) -> bool:
        """Tell whether a group graph pattern, given without its braces, has a solution."""
        self.count()
        try:
            return self.has_answer(f"{self.prologue}\nASK {self.dataset} {{ {pattern} }}")
        except GraphsvcError as error:
            raise OutOfProbesError(error.message) from error

    def values(self, variable: str, pattern: str, most: int = 3) -> list[Term]:
        """Return some values of a variable in the solutions of a pattern."""
        self.count()
        query = (
            f"{self.prologue}\nSELECT DISTINCT {variable} {self.dataset} {{ {pattern} }} "
            f"LIMIT {most}"
        )
        try:
            result = self.store.read(query, self.graphs)
        except GraphsvcError as error:
            raise OutOfProbesError(error.message) from error
        if not isinstance(result, Solutions):
            return []
        return [term for row in result.rows if (term := row[0]) is not None]

    def anywhere(self, pattern: str) -> bool:
        """Tell whether a pattern without prefixed names matches in the whole store."""
        self.count()
        try:
            return self.store.ask(f"ASK {{ {pattern} }}")
        except GraphsvcError as error:
            raise OutOfProbesError(error.message) from error

    def compact(self, term: Term) -> str:
        """Return a term as it can be written in a query, short."""
        text = str(term)
        value, marks, datatype = text.rpartition("^^<")
        if marks:
            return f"{value}^^{self.prefixes.compact(datatype[:-1])}"
        return self.prefixes.compact(text[1:-1]) if text.startswith("<") else text

    def graph_names(self) -> list[str]:
        self.count()
        rows = self.store.select("SELECT DISTINCT ?graph { GRAPH ?graph { } } LIMIT 20000")
        return [row["graph"].value for row in rows if isinstance(row["graph"], NamedNode)]

    def count(self) -> None:
        """Count one more query; OutOfProbesError if it would exceed the limit."""
        if self.total >= MOST_PROBES:
            raise OutOfProbesError(f"the limit of {MOST_PROBES} small queries is reached")
        self.total += 1
