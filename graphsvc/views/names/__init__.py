"""What to call the things that a page names: all are asked for at once.

A view gathers the terms of its answers, makes one `Names` of them, and takes each name from it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graphsvc.entities.labels import Labels, spelled
from graphsvc.views.queries import view_query

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from graphsvc.entities.model import Named
    from graphsvc.store.base import Term
    from graphsvc.views.graph import Graph

LABELS = view_query("names/labels")

MOST_AT_ONCE = 1000
"""How many things are named in one query."""


class Names:
    """What some terms are called, in the languages of a priority list."""

    def __init__(self, graph: Graph, terms: Iterable[Term], languages: str) -> None:
        self._terms = graph.terms
        self._languages = languages
        self._labels = Labels()
        unknown = [
            term
            for term in dict.fromkeys(terms)
            if isinstance(term, NamedNode) and not graph.terms.has(term)
        ]
        for start in range(0, len(unknown), MOST_AT_ONCE):
            self._read(graph, unknown[start : start + MOST_AT_ONCE])

    def __getitem__(self, term: Term) -> Named:
        """Return a term under its label, or else spelled."""
        return (
            self._terms.name(term, self._languages)
            or self._labels.name(term, self._languages)
            or spelled(term)
        )

    def _read(self, graph: Graph, things: Sequence[NamedNode]) -> None:
        for row in graph.rows(LABELS.bind({"thing": things})):
            label, rank = row["label"], row["rank"]
            if isinstance(label, Literal) and isinstance(rank, Literal):
                self._labels.add(row["thing"], label, int(rank.value))
