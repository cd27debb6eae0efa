"""What terms are called in one of two releases that are compared, and the words of its passages."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from graphsvc.namespaces import Rebase
from graphsvc.views.names import Names

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphsvc.store.base import Term
    from graphsvc.views.graph import Graph
    from graphsvc.views.model import Named, Passage


class ReleaseNames:
    """The names that some terms have in the graph of a release.

    Terms come and go under ``base``, whatever that of the release is.
    """

    def __init__(self, graph: Graph, base: str, terms: Iterable[Term], languages: str) -> None:
        self._rebase = Rebase(base, graph.base)
        self._names = Names(graph, map(self.in_release, terms), languages)

    def in_release(self, term: Term) -> Term:
        """Return a term with the base that the release has."""
        return self._rebase.term(term)

    def __getitem__(self, term: Term) -> Named:
        """Return a term under its label, or else as it is written."""
        named = self._names.labelled(self.in_release(term))
        return self._names.spell(term) if named is None else replace(named, term=term)

    def passage(self, term: Term) -> Passage | None:
        """Return a passage with its words; None if this release has none of this IRI."""
        passage = self._names.passage(self.in_release(term))
        return passage and replace(passage, iri=self._rebase.reverse.iri(passage.iri))
