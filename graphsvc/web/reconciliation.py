"""The Reconciliation Service API 0.2 over HTTP: https://reconciliation-api.github.io/specs/0.2/.

Things, classes and properties go by their whole IRIs, so that what a table tool keeps of them is
what the graph calls them.
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
from graphsvc.search import Kind, Search
from graphsvc.views import page_sizes
from graphsvc.views.hits import own_types
from graphsvc.views.reconciliation import (
    BATCH_SIZE,
    FOUND,
    PROPERTY_SETTINGS,
    TooMany,
    described,
    extend,
    merged,
    proposed,
    read_batch,
    read_extension,
    read_query,
    reconcile,
    used,
)
from graphsvc.views.reconciliation import Thing as NamedThing
from graphsvc.views.thing import thing
from graphsvc.web.interface import Operation, Parameter, for_programs
from graphsvc.web.languages import labels
from graphsvc.web.problems import RequestProblem
from graphsvc.web.responses import spoken_answer
from graphsvc.web.site import site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from werkzeug.wrappers import Response as BaseResponse

    from graphsvc.search import Hit
    from graphsvc.views.model import Fact
    from graphsvc.views.reconciliation import Query
    from graphsvc.views.thing import Thing

_Read = TypeVar("_Read")

reconciliation = Blueprint("reconciliation", __name__, url_prefix="/reconcile")

(_HTML,) = carrying(Content.PAGE)
(_JSON,) = carrying(Content.RECORDS)

#: The size of the frame that shows a preview, in CSS pixels.
PREVIEW_WIDTH, PREVIEW_HEIGHT = 430, 260

#: What the graph uses of a kind is suggested too, whether it is declared or not.
_USED = {"type": "class", "property": "property"}

#: Which terms the suggest services offer; each service is of one kind of them.
_SUGGESTED = {
    "entity": (FOUND, ()),
    "type": ([Kind.TERM], (OWL.Class.value, RDFS.Class.value)),
    "property": (
        [Kind.TERM],
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

# JSONP calls a function of the page that asks: a name, and never code.
_CALLBACK = re.compile(r"[A-Za-z_$][\w$]{0,63}(\.[A-Za-z_$][\w$]{0,63}){0,4}", re.ASCII)

# Only a preview may stand in another site's frame: that is what it is for, and it has nothing to
# press but links.
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
    """Answer a batch of queries, a data extension, or else tell what the service can do."""
    language = labels()
    given = request.form if request.method == "POST" else request.args
    if "queries" in given:
        batch = _refusing_too_many(lambda: read_batch(given["queries"]))

        def results() -> str:
            graph, index = site().graph, site().index_for(*_texts(batch.values()))
            return _written(
                {
                    name: {"result": reconcile(graph, index, query, language)}
                    for name, query in batch.items()
                }
            )

        return _answer(("queries", given["queries"]), results)
    if "extend" in given:
        asked = _refusing_too_many(lambda: read_extension(given["extend"]))
        return _answer(
            ("extend", given["extend"]),
            lambda: _written(extend(site().graph, asked, language)),
        )
    if "query" in given:
        query = _refusing_too_many(lambda: read_query(given["query"]))

        def result() -> str:
            found = reconcile(site().graph, site().index_for(*_texts([query])), query, language)
            return _written({"result": found})

        return _answer(("query", given["query"]), result)
    if request.method == "POST":
        raise RequestProblem(
            "bad-request",
            "The form has neither queries nor extend.",
            remedy="Send a batch of queries, as JSON, in the form field 'queries'.",
        )
    return _answer(("manifest",), lambda: _written(_manifest(language)))


@reconciliation.get("/suggest/<kind>")
def suggest(kind: str) -> Response:
    """Suggest things, classes or properties whose names begin like ``prefix``."""
    if kind not in _SUGGESTED:
        raise RequestProblem(
            "not-found",
            f"Nothing of the kind {kind!r} is suggested.",
            remedy=f"Ask for one of: {', '.join(_SUGGESTED)}.",
        )
    prefix, cursor, language = request.args.get("prefix", ""), _cursor(), labels()
    cls = request.args.get("type", "") if kind == "entity" else ""

    def body() -> str:
        kinds, classes = _SUGGESTED[kind]
        index = site().index_for(prefix)
        with index.in_time():
            asked = Search(index, prefix, kinds, [cls] if cls else classes)
            if kind in _USED:
                return _written({"result": _terms(kind, asked, cursor, language)})
            hits = asked.hits(page_sizes.SUGGESTIONS, cursor, language)
        return _written({"result": [_suggestion(hit, language) for hit in hits]})

    return _answer(("suggest", kind, prefix, cls, cursor), body)


@reconciliation.get("/properties")
def properties() -> Response:
    """Propose properties to fetch for things of the class ``type``."""
    cls, language = request.args.get("type", ""), labels()
    text = request.args.get("limit", "")
    limit = int(text) if re.fullmatch("[0-9]{1,4}", text) else 0

    def body() -> str:
        found = proposed(site().graph, cls, language)[: limit or _PROPOSED]
        answer: dict[str, object] = {"type": cls, "properties": found}
        return _written({**answer, "limit": limit} if limit else answer)

    return _answer(("properties", cls, limit), body)


@reconciliation.get("/flyout")
def flyout() -> Response:
    """Answer with a few words about a thing, a class or a property, as HTML within JSON."""
    iri, language = _known_id(), labels()

    def body() -> str:
        return _written({"id": iri, "html": _preview("flyout.html", iri, language)})

    return _answer(("flyout", iri), body)


@reconciliation.get("/preview")
def preview() -> Response:
    """Show a thing in a frame of a table tool: what it is, and the sentence that says so."""
    iri, language = _known_id(), labels()
    response = spoken_answer(
        _HTML, ("preview", iri), lambda: _preview("preview.html", iri, language)
    )
    response.headers["Content-Security-Policy"] = _FRAMED
    return response


@reconciliation.get("/view")
def view() -> BaseResponse:
    """Send from an identifier to the page of the thing."""
    iri = _known_id()
    here = site().local_doc(iri) if iri.startswith(site().base) else site().local_href(iri)
    return redirect(here or iri, 303)


def _manifest(language: str) -> dict[str, object]:
    """Return what the service can do: https://reconciliation-api.github.io/specs/0.2/#service-manifest."""
    here = url_for("reconciliation.service", _external=True)
    suggest_services = {
        kind: {
            "service_url": here,
            "service_path": f"/suggest/{kind}",
            "flyout_service_url": here,
            "flyout_service_path": "/flyout?id=${id}",
        }
        for kind in _SUGGESTED
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


def _texts(asked: Iterable[Query]) -> Iterator[str]:
    """Yield what queries search for: names, and values of properties that are words or things."""
    for query in asked:
        yield query.text
        for value in (value for wanted in query.properties for value in wanted.values):
            if isinstance(value, str | NamedThing):
                yield value if isinstance(value, str) else value.id


def _default_types(language: str) -> list[dict[str, str]]:
    """Return the classes that have the most things, without those that describe the dataset."""
    counted = site().graph.classes.counts
    classes = {cls.value: things for cls, things in counted.items() if isinstance(cls, NamedNode)}
    most = sorted(classes, key=lambda iri: (-classes[iri], iri))
    return described(site().graph, most[:_DEFAULT_TYPES], language)


def _terms(kind: str, asked: Search, cursor: int, language: str) -> list[dict[str, str]]:
    """Return the classes or properties that may be meant."""
    hits = asked.hits(cursor + page_sizes.SUGGESTIONS, 0, language)
    found = merged(hits, used(site().graph, _USED[kind], asked.text, language))
    shown = [iri for iri, _ in found[cursor : cursor + page_sizes.SUGGESTIONS]]
    return described(site().graph, shown, language)


def _suggestion(hit: Hit, language: str) -> dict[str, object]:
    about = hit.description or hit.sentence
    written: dict[str, object] = {"id": hit.iri, "name": hit.label}
    if about:
        written["description"] = about
    written["notable"] = [
        {"id": each["id"], "name": each["name"]}
        for each in described(site().graph, own_types(site().graph, hit), language)
    ]
    return written


def _preview(template: str, iri: str, language: str) -> str:
    entity = thing(site().graph, iri, language)
    return render_template(template, entity=entity, fact=_main_fact(entity))


def _main_fact(entity: Thing) -> tuple[str, Fact] | None:
    """Return the first fact that a sentence states, as the shapes order them, and its property.

    What links it to another thing comes before figures and words; its name is known already.
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
    response = spoken_answer(_JSON, ("reconcile", *key, callback), body)
    if callback and response.status_code == 200:  # noqa: PLR2004 - not what 304 leaves out
        # The comment keeps what comes first from being anything but a comment.
        response.set_data(f"/**/{callback}({response.get_data(as_text=True).strip()});\n")
        response.content_type = "text/javascript; charset=utf-8"
    return response


def _written(value: object) -> str:
    # In ASCII: JSONP is a script, and two of JSON's characters end a line there.
    return json.dumps(value) + "\n"
