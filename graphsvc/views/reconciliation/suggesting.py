"""Suggestions of classes and properties for the beginning of a name.

They are the terms that the graph declares or uses, from any vocabulary.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsvc.namespaces import RDF
from graphsvc.search.ranking import NameMatcher
from graphsvc.search.words import split
from graphsvc.views.names import Names

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphsvc.search import Hit
    from graphsvc.views.graph import Graph
    from graphsvc.views.model import Named

#: The least score of a suggestion.
_MIN_SCORE = 25


def used_terms(graph: Graph, kind: str, text: str, languages: str) -> list[Named]:
    """Return the terms of a kind ("class" or "property") that the graph uses, the best first.

    Without a text these are all of them, the most frequent first; the terms of RDF come last.
    """
    ordered = sorted(
        (each for each in graph.ontology.used if each.kind == kind),
        key=lambda each: (each.term in RDF, -each.count, each.term.value),
    )
    names = Names(graph, (each.term for each in ordered), languages)
    request = NameMatcher(text, tuple(split(text)), fuzzy=False)
    scored = [(_score(request, names, names[each.term]), names[each.term]) for each in ordered]
    if not request.words:
        return [named for _, named in scored]
    scored.sort(key=lambda pair: -pair[0])
    return [named for score, named in scored if score >= _MIN_SCORE]


def merge_suggestions(hits: Iterable[Hit], terms: Iterable[Named]) -> list[tuple[str, str]]:
    """Return the IRIs and names of the hits, then those of other terms in use."""
    labels = {hit.iri: hit.label for hit in hits}
    for named in terms:
        labels.setdefault(named.iri or "", named.label)
    return list(labels.items())


def _score(request: NameMatcher, names: Names, named: Named) -> float:
    """Return the score of a term: that of its label, or of its prefixed name."""
    spelling = names.spell(named.term).label
    return max(request.score(named.label), request.score(spelling))
