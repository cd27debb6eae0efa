"""The thesauri of a graph, for its first page: read once for a release."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphsvc.namespaces import SKOS
from graphsvc.views.concepts import ROOTS, TOPS
from graphsvc.views.concepts.model import Outline
from graphsvc.views.concepts.trees import by_first
from graphsvc.views.queries import view_query
from graphsvc.views.values import as_int

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphsvc.queries import BoundQuery
    from graphsvc.store.base import Term
    from graphsvc.views.graph import Graph
    from graphsvc.views.names import Names

SCHEMES = view_query("concepts/schemes")
LOOSE = view_query("concepts/loose")

MOST_SCHEMES = 20
"""The most concept schemes on the first page."""

MOST_TOPS = 60
"""The most top concepts of a scheme on the first page."""


@dataclass(frozen=True, slots=True)
class Thesaurus:
    """A concept scheme, None for a graph without any, with its top concepts."""

    scheme: Term | None
    concepts: int
    tops: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Thesauri:
    """The concept schemes of a graph, the largest first; ``more`` are left out."""

    listed: tuple[Thesaurus, ...]
    more: int
    query: BoundQuery

    @classmethod
    def read(cls, graph: Graph) -> Thesauri:
        """Read them, if the graph is about concepts."""
        counts = graph.classes.counts
        query = SCHEMES.bind({})
        if graph.classes.is_defined or counts.keys().isdisjoint({SKOS.Concept, SKOS.ConceptScheme}):
            return cls((), 0, query)
        sizes = {row["scheme"]: as_int(row["concepts"]) or 0 for row in graph.rows(query)}
        if not sizes:
            query = LOOSE.bind({})
            loose = tuple(row["concept"] for row in graph.rows(query))
            concepts = counts.get(SKOS.Concept, 0)
            return cls((Thesaurus(None, concepts, loose),) if loose else (), 0, query)
        first = list(sizes)[:MOST_SCHEMES]
        tops = dict(_tops_by_scheme(graph, first))
        listed = (Thesaurus(each, sizes[each], tops.get(each, ())) for each in first)
        return cls(tuple(listed), len(sizes) - len(first), query)

    def terms(self) -> Iterator[Term]:
        """Yield the terms that need names."""
        for each in self.listed:
            if each.scheme is not None:
                yield each.scheme
            yield from each.tops[:MOST_TOPS]

    def outlines(self, names: Names) -> Iterator[Outline]:
        """Yield the concept schemes with names."""
        for each in self.listed:
            tops = sorted(
                (names[top] for top in each.tops[:MOST_TOPS]), key=lambda top: top.label.casefold()
            )
            scheme = None if each.scheme is None else names[each.scheme]
            yield Outline(scheme, each.concepts, tuple(tops), len(each.tops) - len(tops))


def _tops_by_scheme(graph: Graph, schemes: list[Term]) -> Iterator[tuple[Term, tuple[Term, ...]]]:
    """Yield the schemes with their top concepts, or else their roots."""
    remaining = schemes
    for query in (TOPS, ROOTS):
        rows = graph.rows(query.bind({"scheme": remaining}))
        by_scheme = by_first((row["scheme"], row["concept"]) for row in rows)
        yield from ((scheme, tuple(tops)) for scheme, tops in by_scheme.items())
        remaining = [scheme for scheme in remaining if scheme not in by_scheme]
