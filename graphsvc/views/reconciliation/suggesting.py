"""Classes and properties that somebody may mean who has typed the beginning of a name.

Those count that the graph declares, and those that it uses, whosever they are.
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

#: From which score on a name is taken to be meant.
_MEANT = 25


def used(graph: Graph, kind: str, text: str, languages: str) -> list[Named]:
    """Return the terms of a kind ("class" or "property") that the graph uses, the best first.

    Without a text these are all of them, the most frequent first; those of RDF itself, which every
    graph has, come last.
    """
    ordered = sorted(
        (each for each in graph.ontology.used if each.kind == kind),
        key=lambda each: (each.term in RDF, -each.count, each.term.value),
    )
    names = Names(graph, (each.term for each in ordered), languages)
    asked = NameMatcher(text, tuple(split(text)), fuzzy=False)
    scored = [(_score(asked, names, names[each.term]), names[each.term]) for each in ordered]
    if not asked.words:
        return [named for _, named in scored]
    scored.sort(key=lambda pair: -pair[0])
    return [named for score, named in scored if score >= _MEANT]


def merged(hits: Iterable[Hit], terms: Iterable[Named]) -> list[tuple[str, str]]:
    """Return the IRIs and names of what the index found, then those of other terms in use."""
    found = {hit.iri: hit.label for hit in hits}
    for named in terms:
        found.setdefault(named.iri or "", named.label)
    return list(found.items())


def _score(asked: NameMatcher, names: Names, named: Named) -> float:
    """Return how well a term fits by its label, or as it is written."""
    written = names.spelled(named.term).label
    return max(asked.score(named.label), asked.score(written))
