"""The formats in which the document about a thing can be had as data.

RDF/XML cannot hold every graph, so it is not offered for a document that it cannot hold.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from flask import g
from pyoxigraph import RdfFormat

from graphsvc.errors import NotAcceptable, UnknownEntity
from graphsvc.formats import Content, Format, carrying
from graphsvc.store.writing import write_statements
from graphsvc.views.document import draft
from graphsvc.web.site import site

if TYPE_CHECKING:
    from graphsvc.views.document import Document

#: All formats that carry facts, then those that carry claims.
DATA_FORMATS: tuple[Format, ...] = (*carrying(Content.TRIPLES), *carrying(Content.CLAIMS))

(_RDF_XML,) = (fmt for fmt in DATA_FORMATS if fmt.engine == RdfFormat.RDF_XML)
_WITHOUT_RDF_XML = tuple(fmt for fmt in DATA_FORMATS if fmt != _RDF_XML)


def data_formats(iri: str, page: int = 1) -> tuple[Format, ...]:
    """Return the formats of data in which a page of the document about a thing can be had."""
    if site().fits_rdf_xml:
        return DATA_FORMATS
    # A request asks for this several times: for its own format, for its links and for its page.
    known: dict[tuple[str, int], tuple[Format, ...]] = g.setdefault("data_formats", {})
    if (iri, page) not in known:
        known[iri, page] = _read(iri, page)
    return known[iri, page]


def formats_of(document: Document) -> tuple[Format, ...]:
    """Return the formats of data in which a document can be had."""
    try:
        write_statements(document.triples(), BytesIO(), _RDF_XML, site().prefixes)
    except NotAcceptable:
        return _WITHOUT_RDF_XML
    return DATA_FORMATS


def _read(iri: str, page: int) -> tuple[Format, ...]:
    try:
        document = draft(site().graph, iri, page).document(site().imprint)
    except UnknownEntity:
        # What people read may have more pages than its data: those have no data of their own.
        return DATA_FORMATS
    return formats_of(document)
