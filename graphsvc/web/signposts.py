"""Typed links, which programs follow without reading pages: the FAIR Signposting profile.

A page about a thing is a landing page; the documents in RDF are its metadata; the parts of a text
and of the dataset are its items. https://signposting.org/FAIR/, RFC 8288, RFC 9264.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from flask import url_for

from graphsvc.formats import Content, Format, carrying
from graphsvc.web.offers import data_formats
from graphsvc.web.site import site

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from graphsvc.views.document import Paging
    from graphsvc.views.thing import Head

#: The most items in a header; more are only in the link set, since headers are limited and a list
#: must be complete.
MOST_ITEMS = 40

#: The schemes of addresses that contain code or data, or name local files. A graph may have them,
#: but pages do not link to them.
_UNSAFE = re.compile(r"(?:javascript|vbscript|data|blob|file):", re.IGNORECASE)

_ABOUT_PAGE = "https://schema.org/AboutPage"

_PAGES = carrying(Content.PAGE)
_LINKS = carrying(Content.LINKS)


@dataclass(frozen=True, slots=True)
class TypedLink:
    """A link to ``href``, an IRI or a path of this host; ``type`` is the media type to expect."""

    relation: str
    href: str
    type: str | None = None

    @property
    def field(self) -> str:
        """Return the link as an element of the Link header."""
        hint = f'; type="{self.type}"' if self.type else ""
        return f'<{self.href}>; rel="{self.relation}"{hint}'


@dataclass(frozen=True, slots=True)
class _LinkTargets:
    """The targets of the relations of a thing.

    A passage is an item of its text; a text and every other thing is an item of the dataset. The
    licence of a document is that of the thing, or else that of the dataset.
    """

    head: Head

    @property
    def licences(self) -> tuple[str, ...]:
        return self.head.licences or tuple(filter(None, [site().dataset.licence]))

    @property
    def collections(self) -> tuple[str, ...]:
        dataset = site().dataset.iri
        if self.head.texts or dataset is None or self.head.iri == dataset:
            return self.head.texts
        return (dataset,)

    @property
    def items(self) -> tuple[str, ...]:
        texts = site().graph.texts.passages
        own = tuple(passage.value for passage in texts.get(self.head.iri, ()))
        return own + (tuple(sorted(texts)) if self.head.iri == site().dataset.iri else ())


def links(about: Head, fmt: Format, paging: Paging | None = None) -> list[TypedLink]:
    """Return the links of a document about a thing in a format.

    ``paging`` is the position of a page of data; all data formats have the same pages.
    """
    iri, targets = about.iri, _LinkTargets(about)
    page = paging.query if paging is not None else ""
    number = 1 if paging is None else paging.number
    result = [*_formats(iri, "alternate", page, number), *_common(iri, targets)]
    if Content.PAGE in fmt.carries:
        result += _of_landing_page(iri, targets)
        result += _items(targets) if len(targets.items) <= MOST_ITEMS else ()
    else:
        result += _of_metadata(iri)
    if paging is not None:
        suffix = f".{fmt.name}"
        result += [
            TypedLink(relation, site().local_doc(iri, suffix) + address.removeprefix(paging.whole))
            for relation, address in paging.neighbours()
        ]
    if fmt not in _LINKS:
        result += [
            TypedLink("linkset", site().local_doc(iri, f".{each.name}"), each.media_type)
            for each in _LINKS
        ]
    return result


def of_home() -> list[TypedLink]:
    """Return the links of the home page, which is the landing page of the dataset."""
    about = site().dataset_head
    if about is None:
        return []
    return [*_common(about.iri, _LinkTargets(about)), *_formats(about.iri, "describedby")]


def linkset(about: Head) -> str:
    """Return the links of the document about a thing, for all formats, as a link set."""
    iri, targets = about.iri, _LinkTargets(about)
    of_page = [*_common(iri, targets), *_of_landing_page(iri, targets), *_items(targets)]
    contexts = [_context(site().local_doc(iri), of_page)]
    contexts += [
        _context(site().local_doc(iri, f".{each.name}"), list(_of_metadata(iri)))
        for each in data_formats(iri)
    ]
    return json.dumps({"linkset": contexts}, indent=2, ensure_ascii=False) + "\n"


def _common(iri: str, targets: _LinkTargets) -> Iterator[TypedLink]:
    """Yield the links of the document in every format."""
    yield from _outside("cite-as", [iri])
    yield from _outside("license", targets.licences)
    if iri in site().graph.texts.passages:
        yield from of_annotations(iri, "related")


def of_annotations(iri: str, relation: str) -> Iterator[TypedLink]:
    """Yield a link to the annotations of a text in each format."""
    for fmt in carrying(Content.ANNOTATIONS):
        address = url_for("annotations.of_text", suffix=fmt.name, iri=iri)
        yield TypedLink(relation, address, fmt.media_type)


def _outside(relation: str, iris: Iterable[str]) -> Iterator[TypedLink]:
    """Yield a link to each of some IRIs of the graph, if it is safe to follow."""
    return (TypedLink(relation, iri) for iri in iris if not _UNSAFE.match(iri))


def _of_landing_page(iri: str, targets: _LinkTargets) -> Iterator[TypedLink]:
    yield from _formats(iri, "describedby")
    yield TypedLink("type", _ABOUT_PAGE)
    yield from _outside("type", targets.head.types)
    yield from _outside("author", targets.head.authors)
    yield from (
        TypedLink("collection", site().local_doc(each), "text/html") for each in targets.collections
    )


def _items(targets: _LinkTargets) -> Iterator[TypedLink]:
    yield from (TypedLink("item", site().local_doc(each), "text/html") for each in targets.items)


def _of_metadata(iri: str) -> Iterator[TypedLink]:
    yield TypedLink("describes", site().local_doc(iri), "text/html")


def _formats(iri: str, relation: str, page: str = "", number: int = 1) -> Iterator[TypedLink]:
    """Yield a link to the document in each format; one version of RDF is enough for metadata.

    ``page`` is the query of a page of data with a ``number``: pages for people are divided
    differently.
    """
    offered: Sequence[Format] = (*_PAGES, *data_formats(iri, number))
    if relation == "describedby":
        offered = [each for each in offered if Content.TRIPLES in each.carries]
    for each in offered:
        ending = "" if each in _PAGES else page
        yield TypedLink(relation, site().local_doc(iri, f".{each.name}") + ending, each.full_type)


def _context(anchor: str, typed_links: list[TypedLink]) -> dict[str, object]:
    """Return the links of one anchor: https://www.rfc-editor.org/rfc/rfc9264#section-4.2.2."""
    context: dict[str, object] = {"anchor": anchor}
    typed_links.sort(key=lambda link: link.relation)
    for relation, alike in groupby(typed_links, key=lambda link: link.relation):
        context[relation] = [
            {"href": link.href} | ({"type": link.type} if link.type else {}) for link in alike
        ]
    return context
