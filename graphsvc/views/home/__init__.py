"""The first page: the main things of the graph, its texts, dates, places and classes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphsvc.views.collection.classes import is_machinery
from graphsvc.views.labels import best
from graphsvc.views.map import drawn_map
from graphsvc.views.names import Names
from graphsvc.views.timeline import timeline
from graphsvc.views.vocabulary.defined import DefinedDraft
from graphsvc.views.vocabulary.model import CLASSES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pyoxigraph import NamedNode

    from graphsvc.queries import BoundQuery
    from graphsvc.views.concepts.model import Outline
    from graphsvc.views.graph import Graph
    from graphsvc.views.map import Map
    from graphsvc.views.model import ClassCount, Named
    from graphsvc.views.timeline import Timeline
    from graphsvc.views.vocabulary.defined import Defined

MOST_MOMENTS = 12
"""The dated facts on the first page before the link to the rest."""


@dataclass(frozen=True, slots=True)
class TextSummary:
    """A source text and its number of passages."""

    document: Named
    description: str
    passages: int


@dataclass(frozen=True, slots=True)
class Home:
    """The data of the first page, except the table of the main things (see `glance`).

    ``begins_with_classes`` says that the classes come before dates and places, as in a graph
    without its own ontology.
    """

    leading: tuple[Named, ...]
    leading_query: BoundQuery
    texts: tuple[TextSummary, ...]
    texts_query: BoundQuery
    timeline: Timeline
    map: Map
    classes: tuple[ClassCount, ...]
    classes_query: BoundQuery
    more_classes: int
    untyped: int
    thesauri: tuple[Outline, ...]
    more_thesauri: int
    thesauri_query: BoundQuery
    defined: Defined
    begins_with_classes: bool


def home(graph: Graph, languages: str) -> Home:
    """Return the first page, in the languages of a priority list."""
    overview = graph.overview
    documents = [text.document for text in overview.texts]
    thesauri, terms = graph.thesauri, DefinedDraft(_main_terms(graph))
    nodes = [*overview.leading, *documents, *thesauri.terms(), *terms.terms()]
    names = Names(graph, nodes, languages)
    texts = [
        TextSummary(names[text.document], best(text.descriptions, languages), text.passages)
        for text in overview.texts
    ]
    return Home(
        leading=tuple(_by_label(names[thing] for thing in overview.leading)),
        leading_query=overview.leading_query,
        texts=tuple(sorted(texts, key=lambda text: text.document.label)),
        texts_query=overview.texts_query,
        timeline=timeline(graph, languages, most=MOST_MOMENTS),
        map=drawn_map(graph, languages),
        classes=graph.classes.tree(languages),
        classes_query=graph.classes.query,
        more_classes=graph.classes.more,
        untyped=graph.classes.untyped,
        thesauri=tuple(thesauri.outlines(names)),
        more_thesauri=thesauri.more,
        thesauri_query=thesauri.query,
        defined=terms.with_names(names),
        begins_with_classes=not graph.classes.is_defined,
    )


def _main_terms(graph: Graph) -> Mapping[NamedNode, str]:
    """Return the terms on the first page of a graph that is mainly a vocabulary.

    Such a graph has no other things, or fewer than terms. Of the classes only the roots of the tree
    are shown.
    """
    ontology, things = graph.ontology, graph.classes
    is_vocabulary = all(map(is_machinery, things.counts)) or len(ontology.own) > things.total
    if things.is_defined or not is_vocabulary:
        return {}
    roots = set(ontology.roots)
    return {term: kind for term, kind in ontology.own.items() if kind != CLASSES or term in roots}


def _by_label(things: Iterable[Named]) -> list[Named]:
    return sorted(things, key=lambda named: named.label)
