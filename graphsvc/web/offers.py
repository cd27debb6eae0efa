"""The data formats of the document about a thing.

RDF/XML cannot represent every graph, so it is offered only for documents that it can represent. N3
has no RDF 1.2, so it is offered only if the whole graph is RDF 1.1.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from flask import g
from pyoxigraph import RdfFormat

from graphsvc.errors import NotAcceptable, UnknownEntity
from graphsvc.formats import Content, Format, carrying
from graphsvc.store.serialization import write_statements
from graphsvc.views.document import draft
from graphsvc.web.site import site

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from graphsvc.views.document import Document, DocumentDraft

#: All formats that carry facts, then those that carry claims.
DATA_FORMATS: tuple[Format, ...] = (*carrying(Content.TRIPLES), *carrying(Content.CLAIMS))

(_RDF_XML,) = (fmt for fmt in DATA_FORMATS if fmt.engine == RdfFormat.RDF_XML)


def formats_for_graph(formats: Iterable[Format]) -> Iterator[Format]:
    """Yield the formats that can represent the whole graph."""
    for fmt in formats:
        if fmt.engine == RdfFormat.N3 and site().release.manifest.needs_rdf_1_2:
            continue
        if fmt.engine != RdfFormat.RDF_XML or site().fits_rdf_xml:
            yield fmt


def data_formats(iri: str, page: int = 1) -> tuple[Format, ...]:
    """Return the data formats of a page of the document about a thing."""
    if site().fits_rdf_xml:
        return tuple(formats_for_graph(DATA_FORMATS))
    # A request needs this several times: for its own format, for its links and for its page.
    cache: dict[tuple[str, int], tuple[Format, ...]] = g.setdefault("data_formats", {})
    if (iri, page) not in cache:
        cache[iri, page] = _read(iri, page)
    return cache[iri, page]


def draft_of(iri: str, page: int) -> DocumentDraft:
    """Return a page of the document about a thing; it is cached for the request.

    Errors: UnknownEntity.
    """
    cache: dict[tuple[str, int], DocumentDraft] = g.setdefault("drafts", {})
    if (iri, page) not in cache:
        cache[iri, page] = draft(site().graph, iri, page)
    return cache[iri, page]


def document_of(data: DocumentDraft) -> Document:
    """Return the document of a draft; it is cached for the request."""
    cache: dict[str, Document] = g.setdefault("documents", {})
    if data.paging.here not in cache:
        cache[data.paging.here] = data.document(site().imprint)
    return cache[data.paging.here]


def formats_of(document: Document) -> tuple[Format, ...]:
    """Return the data formats of a document."""
    fits = tuple(formats_for_graph(DATA_FORMATS))
    try:
        write_statements(document.triples(), BytesIO(), _RDF_XML, site().prefixes)
    except NotAcceptable:
        return fits
    return tuple(fmt for fmt in DATA_FORMATS if fmt in fits or fmt == _RDF_XML)


def _read(iri: str, page: int) -> tuple[Format, ...]:
    try:
        document = document_of(draft_of(iri, page))
    except UnknownEntity:
        # A page for people may have a higher number than the last page of data.
        return DATA_FORMATS
    return formats_of(document)
