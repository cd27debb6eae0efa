"""The hits of a search with their descriptions from the graph."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graphsvc.search import EntryKind
from graphsvc.views.citation import SENTENCES
from graphsvc.views.labels import fit
from graphsvc.views.names import Names
from graphsvc.views.queries import view_query

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from graphsvc.queries import BoundQuery
    from graphsvc.search import Hit
    from graphsvc.views.graph import Graph
    from graphsvc.views.model import Named, Passage
    from graphsvc.views.queries import Row

DESCRIPTIONS = view_query("hits/descriptions")


@dataclass(frozen=True, slots=True)
class DescribedHit:
    """A hit with its description from the graph.

    ``kinds`` are its stated classes, the graph's own if it has such. ``passage`` is the first
    passage that mentions it. ``name_property`` is the property of the name that matched, if it is
    one of the graph's own.
    """

    hit: Hit
    kinds: tuple[Named, ...]
    description: str
    passage: Passage | None
    name_property: Named | None


@dataclass(frozen=True, slots=True)
class Hits:
    """Some described hits, and the query for their descriptions."""

    described: tuple[DescribedHit, ...]
    query: BoundQuery


def own_types(graph: Graph, hit: Hit) -> tuple[str, ...]:
    """Return the stated classes of a hit that are the graph's own, or else its first class."""
    own = tuple(iri for iri in hit.types if iri.startswith(graph.base))
    return own or hit.types[:1]


def describe_hits(graph: Graph, hits: Sequence[Hit], languages: str) -> Hits:
    """Return hits with their descriptions, in the languages of a priority list."""
    sentences = [NamedNode(hit.iri) for hit in hits if hit.kind is EntryKind.SENTENCE]
    others = [NamedNode(hit.iri) for hit in hits if hit.kind is not EntryKind.SENTENCE]
    query = DESCRIPTIONS.bind({"thing": others})
    descriptions = _best(graph.rows(query), languages)
    named = [NamedNode(iri) for hit in hits for iri in _named_by(graph, hit)]
    names = Names(graph, named, languages)
    return Hits(
        described=tuple(
            DescribedHit(
                hit=hit,
                kinds=tuple(names[NamedNode(iri)] for iri in own_types(graph, hit)),
                description=descriptions.get(hit.iri, hit.description),
                passage=names.passage(NamedNode(hit.said_in)) if hit.said_in else None,
                name_property=names[NamedNode(prop)]
                if (prop := _name_property(graph, hit))
                else None,
            )
            for hit in hits
        ),
        query=query if others else SENTENCES.bind({"passage": sentences}),
    )


def _named_by(graph: Graph, hit: Hit) -> Iterable[str]:
    return filter(None, (*own_types(graph, hit), hit.said_in, _name_property(graph, hit)))


def _name_property(graph: Graph, hit: Hit) -> str | None:
    prop = hit.matched_name.property
    return prop if prop.startswith(graph.base) else None


def _best(rows: Iterable[Row], languages: str) -> Mapping[str, str]:
    """Return for each thing the description that suits the languages best."""
    candidates: dict[str, list[tuple[int, str, str]]] = defaultdict(list)
    for row in rows:
        thing, words = row["thing"], row.get("description")
        if isinstance(thing, NamedNode) and isinstance(words, Literal):
            candidates[thing.value].append((fit(words, languages), str(row["rank"]), words.value))
    return {iri: min(each)[-1] for iri, each in candidates.items()}
