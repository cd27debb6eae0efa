"""The first page: what the graph is about, its texts, its dates, its places and its classes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphsvc.entities.labels import best
from graphsvc.entities.model import Dataset
from graphsvc.namespaces import DCTERMS
from graphsvc.views.map import drawn_map
from graphsvc.views.names import Names
from graphsvc.views.timeline import timeline

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from graphsvc.entities.model import Named
    from graphsvc.queries import BoundQuery
    from graphsvc.views.graph import Graph
    from graphsvc.views.map import Map
    from graphsvc.views.overview import Branch
    from graphsvc.views.timeline import Timeline

MOST_MOMENTS = 8
"""How many dated facts the first page shows before it links to the rest."""


@dataclass(frozen=True, slots=True)
class Text:
    """A source text and how many passages it has."""

    document: Named
    description: str
    passages: int


@dataclass(frozen=True, slots=True)
class ClassCount:
    """A class, its definition and how many things are of it; its subclasses stand under it."""

    cls: Named
    definition: str
    count: int
    subclasses: tuple[ClassCount, ...]


@dataclass(frozen=True, slots=True)
class Home:
    """All that the first page shows, beside what tells apart the things that it begins with."""

    leading: tuple[Named, ...]
    leading_query: BoundQuery
    texts: tuple[Text, ...]
    texts_query: BoundQuery
    timeline: Timeline
    map: Map
    classes: tuple[ClassCount, ...]
    classes_query: BoundQuery


def home(graph: Graph, languages: str) -> Home:
    """Return what the first page shows, in the languages of a priority list."""
    overview = graph.overview
    documents = [text.document for text in overview.texts]
    names = Names(graph, [*overview.leading, *documents, *overview.members], languages)
    texts = [
        Text(names[text.document], best(text.descriptions, languages), text.passages)
        for text in overview.texts
    ]
    return Home(
        leading=tuple(_by_label(names[thing] for thing in overview.leading)),
        leading_query=overview.leading_query,
        texts=tuple(sorted(texts, key=lambda text: text.document.label)),
        texts_query=overview.texts_query,
        timeline=timeline(graph, languages, most=MOST_MOMENTS),
        map=drawn_map(graph, languages),
        classes=_counted(graph, overview.classes, names),
        classes_query=overview.classes_query,
    )


def dataset(graph: Graph, languages: str) -> Dataset:
    """Return what the graph as a whole is called, in the languages of a priority list."""
    overview = graph.overview
    about = overview.about
    licence = min(about.get(DCTERMS.license, ()), key=str, default=None)
    return Dataset(
        iri=overview.dataset,
        title=best(about.get(DCTERMS.title, ()), languages) or "Knowledge graph",
        description=best(about.get(DCTERMS.description, ()), languages),
        licence=None if licence is None else getattr(licence, "value", str(licence)),
        licence_called=None if licence is None else Names(graph, [licence], languages)[licence],
    )


def _counted(graph: Graph, branches: Sequence[Branch], names: Names) -> tuple[ClassCount, ...]:
    found = (
        ClassCount(
            cls=names[branch.cls],
            definition=graph.terms.definition(branch.cls, names.languages),
            count=branch.count,
            subclasses=_counted(graph, branch.branches, names),
        )
        for branch in branches
    )
    return tuple(sorted(found, key=lambda entry: entry.cls.label))


def _by_label(things: Iterable[Named]) -> list[Named]:
    return sorted(things, key=lambda named: named.label)
