"""The Reconciliation Service API 0.2 over HTTP: https://reconciliation-api.github.io/specs/0.2/.

Things, classes and properties have their whole IRIs as identifiers, so that a table tool stores the
IRIs of the graph.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from flask import Blueprint, Response, redirect, render_template, request, url_for
from pyoxigraph import NamedNode

from graphsvc import __version__
from graphsvc.errors import UnknownEntity
from graphsvc.formats import Content, carrying
from graphsvc.namespaces import OWL, RDF, RDFS
from graphsvc.phrases import Phrase
from graphsvc.search import EntryKind, Search
from graphsvc.views import page_sizes
from graphsvc.views.hits import own_types
from graphsvc.views.reconciliation import (
    BATCH_SIZE,
    MATCHED_KINDS,
    PROPERTY_SETTINGS,
    ThingValue,
    TooMany,
    describe_terms,
    extend,
    merge_suggestions,
    propose_properties,
    read_batch,
    read_extension,
    read_query,
    reconcile,
    used_terms,
)
from graphsvc.views.thing import thing
from graphsvc.web.interface import Operation, Parameter, for_programs
from graphsvc.web.languages import labels
from graphsvc.web.problems import RequestProblem
from graphsvc.web.responses import localised_answer
from graphsvc.web.site import site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from werkzeug.wrappers import Response as BaseResponse

    from graphsvc.search import Hit
    from graphsvc.views.model import Fact
    from graphsvc.views.reconciliation import ReconciliationQuery
    from graphsvc.views.thing import Thing

_Read = TypeVar("_Read")

reconciliation = Blueprint("reconciliation", __name__, url_prefix="/reconcile")

(_HTML,) = carrying(Content.PAGE)
(_JSON,) = carrying(Content.RECORDS)

#: The size of the frame that shows a preview, in CSS pixels.
PREVIEW_WIDTH, PREVIEW_HEIGHT = 430, 260

#: Terms that the graph uses are suggested, too, even if they are not declared.
_USED = {"type": "class", "property": "property"}

#: The kinds of terms that the suggest services offer, one for each service.
_TERM_KINDS = {
    "entity": (MATCHED_KINDS, ()),
    "type": ([EntryKind.TERM], (OWL.Class.value, RDFS.Class.value)),
    "property": (
        [EntryKind.TERM],
        (
            OWL.ObjectProperty.value,
            OWL.DatatypeProperty.value,
            OWL.AnnotationProperty.value,
            RDF.Property.value,
        ),
    ),
}
_FARTHEST = 5_000

_DEFAULT_TYPES = 12
_PROPOSED = 100

# JSONP calls a function of the client's page: a name, and never code.
_CALLBACK = re.compile(r"[A-Za-z_$][\w$]{0,63}(\.[A-Za-z_$][\w$]{0,63}){0,4}", re.ASCII)

# Only a preview may be in another site's frame: this is its purpose, and it only has links.
_FRAMED = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors *"
)


_BATCH = Parameter("queries", Phrase("A batch, as Reconciliation API 0.2 has it"))


@reconciliation.get("")
@reconciliation.post("")
@for_programs(
    Operation(
        "reconcile",
        Phrase("Describe the reconciliation service, or match a batch of names."),
        Phrase("Reconciliation"),
        (_JSON,),
        (_BATCH,),
        failures=(400,),
    ),
    Operation(
        "postReconcile",
        Phrase("Describe the reconciliation service, or match a batch of names."),
        Phrase("Reconciliation"),
        (_JSON,),
        failures=(400, 413),
        form=(replace(_BATCH, required=True),),
    ),
)
def service() -> Response:
    """Answer a batch of queries or a data extension, or else describe the service."""
    language = labels()
    parameters = request.form if request.method == "POST" else request.args
    if "queries" in parameters:
        batch = _refusing_too_many(lambda: read_batch(parameters["queries"]))

        def results() -> str:
            graph, index = site().graph, site().index_for(*_texts(batch.values()))
            return _to_json(
                {
                    name: {"result": reconcile(graph, index, query, language)}
                    for name, query in batch.items()
                }
            )

        return _answer(("queries", parameters["queries"]), results)
    if "extend" in parameters:
        extension = _refusing_too_many(lambda: read_extension(parameters["extend"]))
        return _answer(
            ("extend", parameters["extend"]),
            lambda: _to_json(extend(site().graph, extension, language)),
        )
    if "query" in parameters:
        query = _refusing_too_many(lambda: read_query(parameters["query"]))

        def result() -> str:
            candidates = reconcile(
                site().graph, site().index_for(*_texts([query])), query, language
            )
            return _to_json({"result": candidates})

        return _answer(("query", parameters["query"]), result)
    if request.method == "POST":
        raise RequestProblem(
            "bad-request",
            "The form has neither queries nor extend.",
            remedy="Send a batch of queries, as JSON, in the form field 'queries'.",
        )
    return _answer(("manifest",), lambda: _to_json(_manifest(language)))


@reconciliation.get("/suggest/<kind>")
def suggest(kind: str) -> Response:
    """Suggest things, classes or properties whose names begin with ``prefix``."""
    if kind not in _TERM_KINDS:
        raise RequestProblem(
            "not-found",
            f"Nothing of the kind {kind!r} is suggested.",
            remedy=f"Ask for one of: {', '.join(_TERM_KINDS)}.",
        )
    prefix, cursor, language = request.args.get("prefix", ""), _cursor(), labels()
    cls = request.args.get("type", "") if kind == "entity" else ""

    def body() -> str:
        kinds, classes = _TERM_KINDS[kind]
        index = site().index_for(prefix)
        with index.in_time():
            search = Search(index, prefix, kinds, [cls] if cls else classes)
            if kind in _USED:
                return _to_json({"result": _terms(kind, search, cursor, language)})
            hits = search.hits(page_sizes.SUGGESTIONS, cursor, language)
        return _to_json({"result": [_suggestion(hit, language) for hit in hits]})

    return _answer(("suggest", kind, prefix, cls, cursor), body)


@reconciliation.get("/properties")
def properties() -> Response:
    """Propose properties to fetch for things of the class ``type``."""
    cls, language = request.args.get("type", ""), labels()
    text = request.args.get("limit", "")
    limit = int(text) if re.fullmatch("[0-9]{1,4}", text) else 0

    def body() -> str:
        proposals = propose_properties(site().graph, cls, language)[: limit or _PROPOSED]
        answer: dict[str, object] = {"type": cls, "properties": proposals}
        return _to_json({**answer, "limit": limit} if limit else answer)

    return _answer(("properties", cls, limit), body)


@reconciliation.get("/flyout")
def flyout() -> Response:
    """Answer with a short description of a thing, class or property, as HTML within JSON."""
    iri, language = _known_id(), labels()

    def body() -> str:
        return _to_json({"id": iri, "html": _preview("flyout.html", iri, language)})

    return _answer(("flyout", iri), body)


@reconciliation.get("/preview")
def preview() -> Response:
    """Show a thing in a frame of a table tool: its main fact, and the sentence that states it."""
    iri, language = _known_id(), labels()
    response = localised_answer(
        _HTML, ("preview", iri), lambda: _preview("preview.html", iri, language)
    )
    response.headers["Content-Security-Policy"] = _FRAMED
    return response


@reconciliation.get("/view")
def view() -> BaseResponse:
    """Redirect from an identifier to the page of the thing."""
    iri = _known_id()
    here = site().local_doc(iri) if iri.startswith(site().base) else site().local_href(iri)
    return redirect(here or iri, 303)


def _manifest(language: str) -> dict[str, object]:
    """Return the manifest: https://reconciliation-api.github.io/specs/0.2/#service-manifest."""
    here = url_for("reconciliation.service", _external=True)
    suggest_services = {
        kind: {
            "service_url": here,
            "service_path": f"/suggest/{kind}",
            "flyout_service_url": here,
            "flyout_service_path": "/flyout?id=${id}",
        }
        for kind in _TERM_KINDS
    }
    return {
        "versions": ["0.1", "0.2"],
        "name": site().dataset.title,
        "identifierSpace": site().base,
        "schemaSpace": site().ontology.value,
        "documentation": url_for("search.answer", _external=True),
        "logo": url_for("static", filename="icon.svg", _external=True),
        "serviceVersion": __version__,
        "defaultTypes": _default_types(language),
        "view": {"url": f"{here}/view?id={{{{id}}}}"},
        "preview": {
            "url": f"{here}/preview?id={{{{id}}}}",
            "width": PREVIEW_WIDTH,
            "height": PREVIEW_HEIGHT,
        },
        "suggest": suggest_services,
        "extend": {
            "propose_properties": {"service_url": here, "service_path": "/properties"},
            "property_settings": PROPERTY_SETTINGS,
        },
        "batchSize": BATCH_SIZE,
    }


def _texts(queries: Iterable[ReconciliationQuery]) -> Iterator[str]:
    """Yield the search texts of queries: names, and values that are texts or things."""
    for query in queries:
        yield query.text
        for value in (value for condition in query.properties for value in condition.values):
            if isinstance(value, str | ThingValue):
                yield value if isinstance(value, str) else value.id


def _default_types(language: str) -> list[dict[str, str]]:
    """Return the classes with the most things, without those that describe the dataset."""
    counted = site().graph.classes.counts
    classes = {cls.value: things for cls, things in counted.items() if isinstance(cls, NamedNode)}
    most = sorted(classes, key=lambda iri: (-classes[iri], iri))
    return describe_terms(site().graph, most[:_DEFAULT_TYPES], language)


def _terms(kind: str, search: Search, cursor: int, language: str) -> list[dict[str, str]]:
    """Return the matching classes or properties."""
    hits = search.hits(cursor + page_sizes.SUGGESTIONS, 0, language)
    terms = merge_suggestions(hits, used_terms(site().graph, _USED[kind], search.text, language))
    iris = [iri for iri, _ in terms[cursor : cursor + page_sizes.SUGGESTIONS]]
    return describe_terms(site().graph, iris, language)


def _suggestion(hit: Hit, language: str) -> dict[str, object]:
    about = hit.description or hit.sentence
    members: dict[str, object] = {"id": hit.iri, "name": hit.label}
    if about:
        members["description"] = about
    members["notable"] = [
        {"id": each["id"], "name": each["name"]}
        for each in describe_terms(site().graph, own_types(site().graph, hit), language)
    ]
    return members


def _preview(template: str, iri: str, language: str) -> str:
    entity = thing(site().graph, iri, language)
    return render_template(template, entity=entity, fact=_main_fact(entity))


def _main_fact(entity: Thing) -> tuple[str, Fact] | None:
    """Return the first fact that a sentence states, in the order of the shapes, and its property.

    Links to other things precede numbers and texts; names are left out.
    """
    namings = site().graph.terms.namings
    stated = [
        (entry.predicate.label, fact)
        for group in entity.groups
        for entry in group.properties
        for fact in entry.facts
        if fact.passages and entry.predicate.term not in namings
    ]
    return min(stated, key=lambda pair: pair[1].other.iri is None, default=None)


def _known_id() -> str:
    iri = request.args.get("id", "")
    if not site().knows(iri):
        raise UnknownEntity(iri)
    return iri


def _cursor() -> int:
    text = request.args.get("cursor", "0") or "0"
    if not re.fullmatch("[0-9]{1,4}", text) or int(text) > _FARTHEST:
        raise RequestProblem(
            "bad-request",
            f"{text!r} is not a number of suggestions to skip.",
            remedy=f"Count from 0 to {_FARTHEST}.",
        )
    return int(text)


def _refusing_too_many(read: Callable[[], _Read]) -> _Read:
    try:
        return read()
    except TooMany as error:
        raise RequestProblem("too-large", error.message, remedy=error.remedy) from error


def _answer(key: tuple[object, ...], body: Callable[[], str]) -> Response:
    """Return an answer as JSON, or as a call of the function that the client names (JSONP)."""
    callback = request.args.get("callback", "")
    if callback and not _CALLBACK.fullmatch(callback):
        raise RequestProblem(
            "bad-request",
            "The callback is not the name of a function.",
            remedy="Name one, or leave it out: every origin may read the answer as it is.",
        )
    response = localised_answer(_JSON, ("reconcile", *key, callback), body)
    if callback and response.status_code == 200:  # noqa: PLR2004 - not what 304 leaves out
        # The comment at the beginning keeps clients from reading the content as another format.
        response.set_data(f"/**/{callback}({response.get_data(as_text=True).strip()});\n")
        response.content_type = "text/javascript; charset=utf-8"
    return response


def _to_json(value: object) -> str:
    # The JSON is ASCII: JSONP is a script, in which two characters of JSON end a line.
    return json.dumps(value) + "\n"
