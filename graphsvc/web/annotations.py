"""The annotations of a text for other tools: Web Annotation in JSON-LD, NIF in Turtle."""

from __future__ import annotations

from flask import Blueprint, Response, request, url_for

from graphsvc.datatypes import is_absolute_iri
from graphsvc.errors import UnknownEntity
from graphsvc.formats import Content, Format, carrying
from graphsvc.phrases import Phrase
from graphsvc.views.annotations import annotations_of
from graphsvc.views.annotations.writing import nif, web_annotations
from graphsvc.views.thing import thing
from graphsvc.web import problems, signposts
from graphsvc.web.interface import Operation, Parameter, for_programs
from graphsvc.web.languages import labels
from graphsvc.web.negotiation import negotiate
from graphsvc.web.problems import RequestProblem
from graphsvc.web.rdf import write_rdf
from graphsvc.web.reader import content_of
from graphsvc.web.responses import release_answer
from graphsvc.web.site import site

annotations_pages = Blueprint("annotations", __name__)

#: JSON-LD is Web Annotation, Turtle is NIF.
FORMATS = carrying(Content.ANNOTATIONS)


@annotations_pages.get("/annotations")
@annotations_pages.get("/annotations.<suffix>")
@for_programs(
    Operation(
        "annotations",
        Phrase("Answer with the annotations of a text: Web Annotation as JSON-LD, NIF as Turtle."),
        Phrase("Documents"),
        FORMATS,
        (Parameter("iri", Phrase("The IRI of the text"), required=True),),
        failures=(400, 404),
    )
)
def of_text(suffix: str | None = None) -> Response:
    """Answer with the annotations of the passages of a text (``iri=``)."""
    iri = request.args.get("iri", "")
    if not is_absolute_iri(iri):
        raise RequestProblem("bad-request", "No text is named.", remedy="Give its IRI as iri=.")
    if iri not in site().graph.texts.passages:
        raise UnknownEntity(iri)
    fmt = _format(suffix)
    response = release_answer(fmt, ("annotations", iri), lambda: _body(iri, fmt))
    for link in signposts.of_annotations(iri, "alternate"):
        response.headers.add("Link", link.field)
    return response


def _body(iri: str, fmt: Format) -> str | bytes:
    content = content_of(thing(site().graph, iri, labels()))
    annotations = list(annotations_of(site().graph, iri, content))
    if fmt.name == "jsonld":
        page = url_for("annotations.of_text", suffix=fmt.name, iri=iri, _external=True)
        return web_annotations(annotations, iri, page)
    return write_rdf([*nif(annotations, iri, content)], fmt, site().prefixes)


def _format(suffix: str | None) -> Format:
    if suffix is None:
        return negotiate(request.headers.get("Accept"), FORMATS)
    for fmt in FORMATS:
        if fmt.name == suffix:
            problems.ask_for_rdf_errors(fmt)
            return fmt
    raise RequestProblem(
        "not-found",
        f"There are no annotations as {suffix!r}.",
        remedy="There are: " + ", ".join(fmt.name for fmt in FORMATS) + ".",
    )
