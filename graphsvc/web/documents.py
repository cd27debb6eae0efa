"""Things and the documents about them: 303 from the one to the other, in every format.

Cool URIs for the Semantic Web, section 4.2: a thing that is no document answers 303, to one
address for all formats; negotiation happens there. https://www.w3.org/TR/cooluris/#r303gendocument
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from flask import Blueprint, Response, redirect, request
from pyoxigraph import Quad

from graphsvc.entities import document, ontology_document
from graphsvc.errors import UnknownEntity
from graphsvc.formats import Content, Format, carrying, named
from graphsvc.web import dataset_description, problems
from graphsvc.web.negotiation import negotiate
from graphsvc.web.pages import entity_page
from graphsvc.web.parameters import page_number
from graphsvc.web.rdf import write_rdf
from graphsvc.web.responses import release_answer
from graphsvc.web.site import site
from graphsvc.web.vocabulary import ontology_page

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as BaseResponse

    from graphsvc.entities.documents import Document

documents = Blueprint("documents", __name__)

#: What a document about a thing can be had in: a page, or any format that carries facts.
DOCUMENT_FORMATS = (*carrying(Content.PAGE), *carrying(Content.TRIPLES))


class Address(NamedTuple):
    """The path of a thing, and the format that the address names after a dot, if any."""

    path: str
    format: Format | None


@documents.get("/<path:path>")
def thing(path: str) -> BaseResponse:
    """Send from a thing to the document about it: whatever IRI the graph has is an address."""
    problems.ask_for_rdf_errors()
    iri = site().thing(path)
    _must_be_known(iri)
    response = redirect(site().local_doc(iri), 303)
    response.headers["Cache-Control"] = "public, no-cache"
    return response


@documents.get("/doc/<path:path>")
def about(path: str) -> Response:
    """Answer with the document about a thing, in the format of its suffix or as negotiated."""
    address = split_suffix(path)
    problems.ask_for_rdf_errors(address.format)
    iri = site().thing(address.path)
    _must_be_known(iri)
    return _document(iri, address.format)


@documents.get("/ontology")
@documents.get("/ontology.<suffix>")
def ontology(suffix: str | None = None) -> Response:
    """Answer with the vocabulary: its terms are fragments of this one document."""
    address = split_suffix("ontology" + (f".{suffix}" if suffix else ""))
    problems.ask_for_rdf_errors(address.format)
    _must_be_known(site().base + address.path)
    return _document(site().catalogue.ontology.value, address.format)


def split_suffix(path: str) -> Address:
    """Split off the suffix that names a format; another dot belongs to the name of the thing."""
    stem, dot, suffix = path.rpartition(".")
    fmt = named(suffix) if dot and "/" not in suffix else None
    return Address(stem, fmt) if fmt in DOCUMENT_FORMATS else Address(path, None)


def _must_be_known(iri: str) -> None:
    if not site().knows(iri):
        raise UnknownEntity(iri)


def _document(iri: str, asked: Format | None) -> Response:
    page = page_number()
    fmt = asked or negotiate(request.headers.get("Accept"), DOCUMENT_FORMATS)
    # The dataset is described with addresses of the host that answers.
    host = request.url_root if iri == site().dataset.iri else ""
    response = release_answer(fmt, (iri, page, host), lambda: _body(iri, fmt, page))
    response.headers["Content-Location"] = site().local_doc(iri, f".{fmt.name}")
    _link(response, iri)
    return response


def _body(iri: str, fmt: Format, page: int) -> bytes | str:
    is_ontology = iri == site().catalogue.ontology.value
    if fmt.name == "html":
        return ontology_page() if is_ontology else entity_page(iri)
    catalogue, dataset = site().catalogue, site().dataset
    if is_ontology:
        written = ontology_document(catalogue, dataset)
    else:
        written = document(catalogue, dataset, iri, page)
        if iri == dataset.iri:
            written = _with_release(written, iri)
    prefixes = site().prefixes
    if Content.QUADS in fmt.carries:
        return write_rdf(written.quads, fmt, prefixes)
    return write_rdf(list(written.triples(site().passages)), fmt, prefixes)


def _with_release(written: Document, iri: str) -> Document:
    """Return the document about the dataset with its parts, its dumps and its endpoint."""
    served = (
        Quad(triple.subject, triple.predicate, triple.object)
        for triple in dataset_description.served(iri)
    )
    added = frozenset(dataset_description.stated()).union(served)
    return replace(written, statements=written.statements | added)


def _link(response: Response, iri: str) -> None:
    """Point to the other formats, the thing itself and the licence (RFC 8288, RFC 8574)."""
    for fmt in DOCUMENT_FORMATS:
        address = site().local_doc(iri, f".{fmt.name}")
        response.headers.add("Link", f'<{address}>; rel="alternate"; type="{fmt.media_type}"')
    response.headers.add("Link", f'<{iri}>; rel="cite-as"')
    if site().dataset.licence:
        response.headers.add("Link", f'<{site().dataset.licence}>; rel="license"')
