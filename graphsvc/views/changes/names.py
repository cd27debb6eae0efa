"""The names of terms in one of two compared releases, and the words of its passages."""

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
    """The names of some terms in the graph of a release.

    Arguments and results use IRIs under ``base``, also if the release has another base.
    """

    def __init__(self, graph: Graph, base: str, terms: Iterable[Term], languages: str) -> None:
        self._rebase = Rebase(base, graph.base)
        self._names = Names(graph, map(self.in_release, terms), languages)

    def in_release(self, term: Term) -> Term:
        """Return a term with the base of the release."""
        return self._rebase.term(term)

    def __getitem__(self, term: Term) -> Named:
        """Return a term with its label, or else spelled out."""
        named = self._names.labelled(self.in_release(term))
        return self._names.spell(term) if named is None else replace(named, term=term)

    def passage(self, term: Term) -> Passage | None:
        """Return a passage with its words; None if this release does not have it."""
        passage = self._names.passage(self.in_release(term))
        return passage and replace(passage, iri=self._rebase.reverse.iri(passage.iri))
