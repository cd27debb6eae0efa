"""The names of all things on a page, and which of them are passages, read with few queries.

A view collects the terms of its answers, makes one `Names` of them, and takes each name from it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graphsvc.language_priority import distance
from graphsvc.naming import WORDS
from graphsvc.views.labels import Labels, fit, spell_term
from graphsvc.views.model import Passage
from graphsvc.views.queries import view_query
from graphsvc.views.values import as_int

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from graphsvc.store.base import Term
    from graphsvc.views.graph import Graph
    from graphsvc.views.model import Named

LABELS = view_query("names/labels")
FORMS = view_query("names/forms")

MOST_AT_ONCE = 1000
"""The most things in one query."""


class Names:
    """The names of some terms, in the languages of a priority list."""

    def __init__(self, graph: Graph, terms: Iterable[Term], languages: str) -> None:
        self.languages = languages
        self._naming = graph.naming
        self._terms = graph.terms
        self._labels = Labels()
        self._passages: dict[Term, Passage] = {}
        self._chosen: dict[Term, Named] = {}
        unknown = [
            term
            for term in dict.fromkeys(terms)
            if isinstance(term, NamedNode) and not graph.terms.has(term)
        ]
        for start in range(0, len(unknown), MOST_AT_ONCE):
            self._read(graph, unknown[start : start + MOST_AT_ONCE])

    def __getitem__(self, term: Term) -> Named:
        """Return a term with its label, or else spelled out."""
        name = self._chosen.get(term)
        if name is None:
            name = self._chosen[term] = self.labelled(term) or self.spell(term)
        return name

    def spell(self, term: Term) -> Named:
        """Return a term without a label: an IRI with its prefix, a literal with its text."""
        return spell_term(term, self._naming.prefixes)

    def labelled(self, term: Term) -> Named | None:
        """Return a term with its label; None if it has none."""
        return self._terms.name(term, self.languages) or self._labels.name(term, self.languages)

    def all(self, term: Term) -> Sequence[str]:
        """Return every label of a thing."""
        return [*self._terms.labels(term), *self._labels.all(term)]

    def passage(self, term: object) -> Passage | None:
        """Return the passage with a node; None if the node is no passage."""
        return self._passages.get(term)  # type: ignore[call-overload, no-any-return]

    def _read(self, graph: Graph, things: Sequence[NamedNode]) -> None:
        naming = self._naming
        rows = list(graph.rows(LABELS.bind({"thing": things, "labelling": naming.labels})))
        numbers = {row["thing"]: row["number"] for row in rows if "number" in row}
        for row in rows:
            node, label, rank = row["thing"], row.get("label"), row.get("rank")
            if isinstance(label, Literal) and isinstance(rank, Literal):
                self._labels.add(node, label, int(rank.value))
                if row["labelling"] == WORDS and isinstance(node, NamedNode):
                    self._add_passage(node, label, as_int(numbers.get(node)))
        if naming.forms:
            self._read_forms(graph, things)

    def _read_forms(self, graph: Graph, things: Sequence[NamedNode]) -> None:
        naming = self._naming
        for row in graph.rows(FORMS.bind({"thing": things, "labelling": naming.forms})):
            label, labelling = row["label"], row["labelling"]
            if isinstance(label, Literal) and isinstance(labelling, NamedNode):
                self._labels.add(row["thing"], label, naming.ranks[labelling])

    def _add_passage(self, node: NamedNode, words: Literal, number: int | None) -> None:
        """Store the words of a passage, if they suit the reader better than the previous ones."""
        before = self._passages.get(node)
        if before is None or fit(words, self.languages) < distance(before.language, self.languages):
            self._passages[node] = Passage(node.value, number, words.value, words.language)
