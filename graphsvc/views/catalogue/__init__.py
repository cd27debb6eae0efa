"""Datasets and catalogues as in data portals: their distributions, sizes and licences.

https://www.w3.org/TR/vocab-dcat-3/ and the datasets of schema.org.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graphsvc.namespaces import DC, DCAT, DCTERMS, RDFS, SCHEMA, Namespace
from graphsvc.views.labels import best_of
from graphsvc.views.queries import view_query
from graphsvc.views.values import as_int

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from graphsvc.queries import BoundQuery
    from graphsvc.store.base import Term
    from graphsvc.views.graph import Graph
    from graphsvc.views.model import Named
    from graphsvc.views.names import Names
    from graphsvc.views.thing.answers import Answers

DISTRIBUTIONS = view_query("catalogue/distributions")
LISTED = view_query("catalogue/listed")

_HTTP = Namespace("http://schema.org/")
_TITLES = (DCTERMS.title, DC.title, RDFS.label, SCHEMA["name"], _HTTP["name"])
_FORMATS = (
    *(DCAT.mediaType, DCTERMS["format"], DC["format"]),
    *(SCHEMA.encodingFormat, _HTTP.encodingFormat),
)
_PACKED = (DCAT.compressFormat, DCAT.packageFormat)
_SIZES = (DCAT.byteSize, SCHEMA.contentSize, _HTTP.contentSize)
_DOWNLOADS = (DCAT.downloadURL, SCHEMA.contentUrl, _HTTP.contentUrl)
_ACCESS = (DCAT.accessURL, SCHEMA.url, _HTTP.url)
_LICENCES = (DCTERMS.license, SCHEMA.license, _HTTP.license, DCTERMS.rights)

_HAS_DISTRIBUTIONS = (DCAT.distribution, SCHEMA.distribution, _HTTP.distribution)
_HAS_DATASETS = (DCAT.dataset, SCHEMA.dataset, _HTTP.dataset)


@dataclass(frozen=True, slots=True)
class Distribution:
    """One distribution of a dataset; ``size`` is in bytes, ``words`` is a size in words."""

    thing: Named
    title: Named | None
    formats: tuple[Named, ...]
    size: int | None
    words: str
    downloads: tuple[Named, ...]
    access: tuple[Named, ...]
    licences: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Distributions:
    """The distributions of a dataset."""

    forms: tuple[Distribution, ...]
    query: BoundQuery


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """A dataset of a catalogue: its publishers, its themes, and its number of distributions."""

    dataset: Named
    publishers: tuple[Named, ...]
    themes: tuple[Named, ...]
    forms: int


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The first datasets of a catalogue, and the number of all.

    ``property`` is the parameter of the address that lists all of them.
    """

    datasets: tuple[CatalogueEntry, ...]
    total: int
    property: str
    query: BoundQuery


class DistributionsDraft:
    """The distributions of a dataset before their names are read."""

    def __init__(self, graph: Graph, answers: Answers) -> None:
        self._query = DISTRIBUTIONS.bind({"thing": answers.thing})
        self._descriptions = _by_thing(graph, self._query, "distribution")

    def terms(self) -> Iterator[Term]:
        """Yield the terms that need names."""
        for thing, description in self._descriptions.items():
            yield thing
            for values in description.values():
                yield from values

    def with_names(self, names: Names) -> Distributions:
        """Return them with names."""
        forms = [
            _distribution(thing, description, names)
            for thing, description in self._descriptions.items()
        ]
        forms.sort(key=lambda form: (form.title or form.thing).label)
        return Distributions(tuple(forms), self._query)


class CatalogueDraft:
    """The datasets of a catalogue before their names are read."""

    def __init__(self, graph: Graph, answers: Answers) -> None:
        self._query = LISTED.bind({"thing": answers.thing})
        self._descriptions = _by_thing(graph, self._query, "dataset")
        sizes = {prop: answers.out.get(prop, 0) for prop in _HAS_DATASETS}
        self._property = max(sizes, key=lambda prop: sizes[prop])
        self._total = sizes[self._property]

    def terms(self) -> Iterator[Term]:
        """Yield the terms that need names."""
        for thing, description in self._descriptions.items():
            yield thing
            yield from (*description.get(DCTERMS.publisher, ()), *description.get(DCAT.theme, ()))

    def with_names(self, names: Names) -> Catalogue:
        """Return them with names."""
        datasets = [
            CatalogueEntry(
                names[thing],
                _names_of(description, (DCTERMS.publisher,), names),
                _names_of(description, (DCAT.theme,), names),
                len(description.get(DCAT.distribution, ())),
            )
            for thing, description in self._descriptions.items()
        ]
        datasets.sort(key=lambda each: each.dataset.label.casefold())
        total = max(self._total, len(datasets))
        return Catalogue(tuple(datasets), total, f"~{self._property.value}", self._query)


def drafts(graph: Graph, answers: Answers) -> Iterator[DistributionsDraft | CatalogueDraft]:
    """Yield the drafts of a thing that is a dataset or a catalogue."""
    if any(prop in answers.out for prop in _HAS_DISTRIBUTIONS):
        yield DistributionsDraft(graph, answers)
    if any(prop in answers.out for prop in _HAS_DATASETS):
        yield CatalogueDraft(graph, answers)


def _by_thing(
    graph: Graph, query: BoundQuery, name: str
) -> Mapping[Term, Mapping[Term, Sequence[Term]]]:
    descriptions: dict[Term, dict[Term, list[Term]]] = defaultdict(lambda: defaultdict(list))
    for row in graph.rows(query):
        descriptions[row[name]][row["property"]].append(row["value"])
    return descriptions


def _distribution(
    thing: Term, description: Mapping[Term, Sequence[Term]], names: Names
) -> Distribution:
    titles = [value for prop in _TITLES for value in description.get(prop, ())]
    title = best_of(titles, names.languages)
    sizes = [value for prop in _SIZES for value in description.get(prop, ())]
    size = next((number for each in sizes if (number := as_int(each)) is not None), None)
    return Distribution(
        thing=names[thing],
        title=None if title is None else names[title],
        formats=_names_of(description, (*_FORMATS, *_PACKED), names),
        size=size,
        words=next((each.value for each in sizes if isinstance(each, Literal)), ""),
        downloads=_names_of(description, _DOWNLOADS, names),
        access=_names_of(description, _ACCESS, names),
        licences=_names_of(description, _LICENCES, names),
    )


def _names_of(
    description: Mapping[Term, Sequence[Term]], properties: Sequence[NamedNode], names: Names
) -> tuple[Named, ...]:
    values = dict.fromkeys(value for prop in properties for value in description.get(prop, ()))
    return tuple(names[value] for value in values if isinstance(value, NamedNode | Literal))
