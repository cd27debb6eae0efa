"""Things and the documents about them, in every format; a thing redirects to its document by 303.

Cool URIs for the Semantic Web, section 4.2: a thing that is no document answers 303, to one
address for all formats; negotiation happens there. https://www.w3.org/TR/cooluris/#r303gendocument
The 303 has no typed links, only its location.
"""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from flask import Blueprint, Response, redirect, request

from graphsvc.errors import UnknownEntity, Withdrawn
from graphsvc.formats import Content, Format, carrying
from graphsvc.namespaces import OWL
from graphsvc.phrases import Phrase
from graphsvc.views.collection.address import read_iri
from graphsvc.views.thing import head
from graphsvc.web import dataset_description, lineage, problems, signposts
from graphsvc.web.history import history
from graphsvc.web.interface import NUMBER, Operation, Parameter, for_programs
from graphsvc.web.jsonld import write_context, write_jsonld
from graphsvc.web.negotiation import negotiate
from graphsvc.web.offers import DATA_FORMATS, data_formats, document_of, draft_of
from graphsvc.web.pages import entity_page
from graphsvc.web.parameters import page_number
from graphsvc.web.problems import RequestProblem
from graphsvc.web.rdf import write_rdf
from graphsvc.web.responses import release_answer
from graphsvc.web.site import site
from graphsvc.web.vocabulary import ontology_page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pyoxigraph import Triple
    from werkzeug.wrappers import Response as BaseResponse

    from graphsvc.views.document import Document, DocumentDraft
    from graphsvc.views.thing import Head

documents = Blueprint("documents", __name__)

#: The formats of a document about a thing: a page, all formats of data, and its links alone.
DOCUMENT_FORMATS = (*carrying(Content.PAGE), *DATA_FORMATS, *carrying(Content.LINKS))


class Address(NamedTuple):
    """The path of a thing, and the format from the suffix of the address, if there is one."""

    path: str
    format: Format | None


@documents.get("/<path:path>")
def thing(path: str) -> BaseResponse:
    """Redirect from a thing to the document about it; every IRI of the graph is an address."""
    problems.ask_for_rdf_errors()
    iri = site().thing(path)
    _require_current(iri, head(site().graph, iri))
    response = redirect(site().local_doc(iri), 303)
    response.headers["Cache-Control"] = "public, no-cache"
    return response


@documents.get("/doc/<path:path>")
@for_programs(
    Operation(
        "document",
        Phrase("Answer with the document about a thing of the graph."),
        Phrase("Documents"),
        DOCUMENT_FORMATS,
        (Parameter("path", Phrase("What the IRI has after the base"), example="dataset"), NUMBER),
        failures=(400, 404),
    )
)
def about(path: str) -> Response:
    """Answer with the document about a thing, in the format of its suffix or as negotiated."""
    address, subject = _address(path)
    problems.ask_for_rdf_errors(address.format)
    return _document(_require_current(_iri(address), subject), address.format)


@documents.get("/describe")
@documents.get("/describe.<suffix>")
def describe(suffix: str | None = None) -> BaseResponse:
    """Answer with the document about any IRI (``iri=``), which may be a prefixed name.

    An IRI with a path here redirects to it, and a part of a document to the document.
    """
    fmt = None if suffix is None else _format(suffix)
    problems.ask_for_rdf_errors(fmt)
    iri, number = _named_iri(), page_number()
    document = site().addresses.showing(iri)
    if site().addresses.has_path(document):
        ending = "" if fmt is None else f".{fmt.name}"
        place = quote(iri.removeprefix(document), safe="#/?")
        response = redirect(site().local_doc(document, ending, number) + place, 303)
        response.headers["Cache-Control"] = "public, no-cache"
        return response
    return _document(_require_current(iri, head(site().graph, iri)), fmt)


def _format(suffix: str) -> Format:
    for fmt in DOCUMENT_FORMATS:
        if fmt.name == suffix:
            return fmt
    raise RequestProblem(
        "not-found",
        f"There is no document as {suffix!r}.",
        remedy="There are: " + ", ".join(fmt.name for fmt in DOCUMENT_FORMATS) + ".",
    )


def _named_iri() -> str:
    """Return the IRI of the address: unchanged if the graph has it, else expanded."""
    text = request.args.get("iri", "")
    if not text:
        raise RequestProblem("bad-request", "Nothing is named.", remedy="Give an IRI as iri=.")
    if text in site().addresses.listed or site().knows(text):
        return text
    return read_iri(text, site().release.prefixes).value


def redirect_to_document(response: Response) -> BaseResponse:
    """Redirect a 404 to the document about the IRI of the address, if the graph has it.

    A graph may have IRIs that begin like the addresses of releases, queries or files.
    """
    is_open = bool(request.view_args) and not request.query_string
    if response.status_code != HTTPStatus.NOT_FOUND or request.method not in ("GET", "HEAD"):
        return response
    if not is_open or request.endpoint == f"{documents.name}.{thing.__name__}":
        return response
    iri = site().thing(request.path.removeprefix("/"))
    address = site().local_doc(iri)
    if address == request.script_root + request.path or head(site().graph, iri) is None:
        return response
    return redirect(address, 303)


@documents.get("/ontology")
@documents.get("/ontology.<suffix>")
@for_programs(
    Operation(
        "ontology",
        Phrase("Answer with the vocabulary."),
        Phrase("Documents"),
        DOCUMENT_FORMATS,
    )
)
def ontology(suffix: str | None = None) -> Response:
    """Answer with the vocabulary: its terms are fragments of this one document."""
    address, subject = _address("ontology" + (f".{suffix}" if suffix else ""))
    problems.ask_for_rdf_errors(address.format)
    is_page = address.format is None or Content.PAGE in address.format.carries
    if subject is None and address.path == "ontology" and is_page:
        # The graph describes no ontology, but it uses a vocabulary.
        number, (page,) = page_number(), carrying(Content.PAGE)
        return release_answer(page, ("ontology", number), lambda: ontology_page(None, number))
    return _document(_require_current(site().base + address.path, subject), address.format)


@documents.get("/context.jsonld")
def context() -> Response:
    """Answer with the JSON-LD context of this graph: the meaning of each key of its JSON."""
    (fmt,) = (each for each in carrying(Content.TRIPLES) if each.name == "jsonld")
    return release_answer(fmt, ("context",), lambda: write_context(site().context))


def split_suffix(path: str) -> Address:
    """Split off a suffix that names a format; any other dot belongs to the name of the thing."""
    return next(_splits(path))


def _splits(path: str) -> Iterator[Address]:
    """Yield the possible meanings of an address, the one with the longest suffix first."""
    for fmt in sorted(DOCUMENT_FORMATS, key=lambda each: -len(each.name)):
        stem = path.removesuffix(f".{fmt.name}")
        if stem != path:
            yield Address(stem, fmt)
    yield Address(path, None)


def _address(path: str) -> tuple[Address, Head | None]:
    """Return the first possible meaning of an address that names a thing of the graph.

    It is returned with the head of the thing; None if there is no thing.
    """
    candidates = list(_splits(path))
    for candidate in candidates:
        if subject := head(site().graph, _iri(candidate)):
            return candidate, subject
    return candidates[0], None


def _iri(address: Address) -> str:
    return site().thing(address.path, "" if address.format is None else f".{address.format.name}")


def _require_current(iri: str, subject: Head | None) -> Head:
    """Return the head of a thing. Errors: UnknownEntity, Withdrawn."""
    if subject is None:
        # An IRI without the slash is another thing: the error names it, without a redirect.
        similar = iri.rstrip("/")
        raise UnknownEntity(iri, similar if similar != iri and site().knows(similar) else None)
    if subject.withdrawn is not None:
        raise Withdrawn(iri, subject.withdrawn, subject.replacements, subject.reasons)
    return subject


def _document(about: Head, requested: Format | None) -> Response:
    iri, number = about.iri, page_number()
    fmt = requested or negotiate(request.headers.get("Accept"), _offered(iri, number))
    # The links to other pages of data are needed even if the answer is 304.
    is_data = not {Content.PAGE, Content.LINKS} & fmt.carries
    data = draft_of(iri, number) if is_data else None
    is_vocabulary = iri == site().ontology.value
    is_read_in_pages = Content.PAGE in fmt.carries and (
        is_vocabulary or iri in site().graph.texts.passages or site().addresses.has_parts(iri)
    )
    if number > 1 and not is_data and not is_read_in_pages:
        raise UnknownEntity(f"{iri}?page={number}", iri)

    def body() -> bytes | str:
        if data is not None:
            return write_document(_complete_document(data), fmt)
        if Content.LINKS in fmt.carries:
            return signposts.linkset(about)
        return ontology_page(about, number) if is_vocabulary else entity_page(about)

    response = _answer(fmt, (iri, number), iri, body)
    response.headers["Content-Location"] = site().local_doc(iri, f".{fmt.name}", number)
    for link in signposts.links(about, fmt, None if data is None else data.paging):
        response.headers.add("Link", link.field)
    return response


def _offered(iri: str, number: int) -> tuple[Format, ...]:
    return (*carrying(Content.PAGE), *data_formats(iri, number), *carrying(Content.LINKS))


def _answer(
    fmt: Format, key: tuple[object, ...], iri: str, body: Callable[[], bytes | str]
) -> Response:
    """Return a document; two of them depend on more than the served release.

    The document of the dataset lists all releases, that of the ontology all released versions.
    """
    if iri == site().dataset.iri:
        releases = [release.id for release in history().releases()]
        return release_answer(fmt, (*key, *releases), body, history().changed())
    if iri == site().ontology.value:
        versions = [version.name for version in history().ontology_versions()]
        return release_answer(fmt, (*key, *versions), body, history().changed())
    return release_answer(fmt, key, body)


def _complete_document(data: DocumentDraft) -> Document:
    document = document_of(data)
    if data.topic == site().dataset.iri:
        return _with_release(document, data.topic)
    if data.topic == site().ontology.value:
        return replace(document, own=document.own.union(_versions(document)))
    return document


def _versions(document: Document) -> Iterator[Triple]:
    """Yield the order of the ontology's versions, unless the ontology states it."""
    says_so = any(quad.predicate == OWL.priorVersion for quad in document.stated)
    for triple in lineage.of_ontology():
        if triple.predicate != OWL.priorVersion or not says_so:
            yield triple


def _with_release(document: Document, iri: str) -> Document:
    """Return the document about the dataset with its parts, its dumps and its endpoint."""
    return replace(
        document,
        own=document.own.union(dataset_description.service_statements(iri)),
        stated=document.stated.union(dataset_description.graph_statements()),
    )


def write_document(document: Document, fmt: Format) -> bytes:
    """Write a document in a format of data."""
    if fmt.name == "jsonld":
        return write_jsonld(document, site().context)
    has_graphs = Content.QUADS in fmt.carries
    statements = document.quads(fmt.version) if has_graphs else document.triples(fmt.version)
    return write_rdf(statements, fmt, site().prefixes)
