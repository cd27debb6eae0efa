"""The interface for programs, described as OpenAPI 3.1 says: https://spec.openapis.org/oas/v3.1.1.

``ROUTES`` is the table; the named queries add themselves. A new route for programs is one row.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphsvc import __version__
from graphsvc.formats import Content, Format, carrying
from graphsvc.phrases import Phrase
from graphsvc.web.problem_kinds import KINDS
from graphsvc.web.protocol import FORM, QUERY
from graphsvc.web.queries import formats_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphsvc.queries import Param, Query
    from graphsvc.web.site import Site

_SOME_QUERY = "SELECT ?thing ?class WHERE { ?thing a ?class } ORDER BY ?thing ?class LIMIT 10"

#: What every route may answer: no format that is taken, an address that is too long.
_ALWAYS = (406, 414)

#: https://json-schema.org/draft/2020-12/json-schema-validation#section-7.3
_SCHEMAS: dict[str, dict[str, object]] = {
    "iri": {"type": "string"},
    "string": {"type": "string"},
    "integer": {"type": "integer"},
    "decimal": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
    "year": {"type": "string"},
    "year-month": {"type": "string"},
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a route: ``place`` is query or path; ``schema`` is a JSON Schema."""

    name: str
    about: str
    place: str = "query"
    required: bool = False
    example: object = None
    schema: tuple[tuple[str, object], ...] = (("type", "string"),)


@dataclass(frozen=True, slots=True)
class Route:
    """An address for programs: what it answers, in which formats, from which parameters.

    ``bodies`` are the media types of what a POST brings; with none, the method is GET.
    ``failures`` are the statuses of problems, beside those that every route may have.
    """

    path: str
    name: str
    summary: str
    tag: str
    formats: tuple[Format, ...]
    parameters: tuple[Parameter, ...] = ()
    bodies: tuple[str, ...] = ()
    failures: tuple[int, ...] = ()

    @property
    def method(self) -> str:
        """Return the method, in lower case as OpenAPI writes it."""
        return "post" if self.bodies else "get"


_PAGE = carrying(Content.PAGE)
_ANSWERS = (*carrying(Content.SOLUTIONS), *carrying(Content.TRIPLES), *_PAGE)
_DOCUMENTS = (*_PAGE, *carrying(Content.TRIPLES))
_TABLES = (*_PAGE, *carrying(Content.ROWS), *carrying(Content.TRIPLES))
_NUMBER = Parameter(
    "page",
    Phrase("Which page, counted from 1"),
    example=1,
    schema=(("type", "integer"), ("minimum", 1)),
)
_OF_ENDPOINT = (
    Parameter("default-graph-uri", Phrase("The IRI of a graph that the default graph is made of")),
    Parameter("named-graph-uri", Phrase("The IRI of a graph that can be named")),
    Parameter("format", Phrase("The name of a format, in place of the Accept header")),
)

_RELEASES = Phrase("Releases")

ROUTES: tuple[Route, ...] = (
    Route(
        "/sparql",
        "query",
        Phrase("Answer a SPARQL query; without one, describe the endpoint."),
        Phrase("SPARQL"),
        _ANSWERS,
        (Parameter("query", Phrase("The query"), example=_SOME_QUERY), *_OF_ENDPOINT),
        failures=(400, 403, 503),
    ),
    Route(
        "/sparql",
        "postQuery",
        Phrase("Answer a SPARQL query that comes in the body."),
        Phrase("SPARQL"),
        _ANSWERS,
        bodies=(FORM, QUERY),
        failures=(400, 403, 413, 415, 503),
    ),
    Route(
        "/doc/{path}",
        "document",
        Phrase("Answer with the document about a thing of the graph."),
        Phrase("Documents"),
        _DOCUMENTS,
        (
            Parameter(
                "path",
                Phrase("What the IRI has after the base"),
                "path",
                required=True,
                example="dataset",
            ),
            _NUMBER,
        ),
        failures=(400, 404),
    ),
    Route(
        "/ontology",
        "ontology",
        Phrase("Answer with the vocabulary."),
        Phrase("Documents"),
        _DOCUMENTS,
    ),
    Route(
        "/search.json",
        "search",
        Phrase("Find things, sentences, terms and queries by their words."),
        Phrase("Search"),
        carrying(Content.RECORDS),
        (Parameter("q", Phrase("The words"), example="secretariat"), _NUMBER),
        failures=(400, 404),
    ),
    Route(
        "/search/suggest",
        "suggest",
        Phrase("Suggest things for the beginning of a name."),
        Phrase("Search"),
        carrying(Content.RECORDS),
        (
            Parameter("prefix", Phrase("The beginning"), example="sec"),
            Parameter("kind", Phrase("What alone is suggested: thing, sentence, term or query")),
        ),
        failures=(400,),
    ),
    Route(
        "/releases",
        "releases",
        Phrase("List the releases that are kept."),
        _RELEASES,
        (*_PAGE, *carrying(Content.RECORDS), *carrying(Content.TRIPLES)),
        failures=(404,),
    ),
    Route(
        "/reconcile",
        "reconcile",
        Phrase("Describe the reconciliation service, or match a batch of names."),
        Phrase("Reconciliation"),
        carrying(Content.RECORDS),
        (Parameter("queries", Phrase("A batch, as Reconciliation API 0.2 has it")),),
        failures=(400,),
    ),
    Route(
        "/cite",
        "cite",
        Phrase("Cite a thing or a claim."),
        Phrase("Citations"),
        carrying(Content.CITATION),
        (
            Parameter("iri", Phrase("The IRI of the thing")),
            Parameter("claim", Phrase("The IRI of the claim")),
        ),
        failures=(400, 404),
    ),
    Route(
        "/annotations",
        "annotations",
        Phrase("Answer with the annotations of a text: Web Annotation as JSON-LD, NIF as Turtle."),
        Phrase("Documents"),
        carrying(Content.ANNOTATIONS),
        (Parameter("iri", Phrase("The IRI of the text"), required=True),),
        failures=(400, 404),
    ),
    Route(
        "/browse",
        "browse",
        Phrase("Find things by what is said of them; any property is a parameter."),
        Phrase("Pages"),
        _TABLES,
        (
            Parameter("class", Phrase("The class of the things, as an IRI or a prefixed name")),
            _NUMBER,
        ),
        failures=(400, 404),
    ),
    Route(
        "/compare",
        "compare",
        Phrase("Compare things side by side."),
        Phrase("Pages"),
        _TABLES,
        (
            Parameter("iri", Phrase("The IRI of one of them; it may come several times")),
            Parameter("class", Phrase("The class whose instances are compared")),
            Parameter("things", Phrase("How the page lays them out: as columns or rows")),
        ),
        failures=(400, 404),
    ),
    Route(
        "/queries",
        "queries",
        Phrase("List the named queries."),
        Phrase("Queries"),
        _PAGE,
        failures=(400,),
    ),
)


def routes(served: Site) -> list[Route]:
    """Return every route for programs: those of the table, and one for each named query.

    Where the statements lie in an engine, there are no releases.
    """
    fixed = [route for route in ROUTES if not (served.release.engine and route.tag == _RELEASES)]
    return [*fixed, *(_of_query(query) for query in served.queries)]


def description(served: Site, root: str) -> dict[str, object]:
    """Return the interface as an OpenAPI document; ``root`` is the path of the service."""
    paths: dict[str, dict[str, object]] = {}
    every = routes(served)
    for route in every:
        paths.setdefault(route.path, {})[route.method] = _operation(route)
    info: dict[str, object] = {
        "title": served.dataset.title,
        "description": served.dataset.description or served.dataset.title,
        "version": served.release.id,
    }
    if served.dataset.licence:
        info["license"] = {"name": served.dataset.licence, "url": served.dataset.licence}
    return {
        "openapi": "3.1.0",
        "info": info,
        "servers": [{"url": root or "/", "description": f"graphsvc {__version__}"}],
        "tags": [{"name": tag} for tag in dict.fromkeys(route.tag for route in every)],
        "paths": paths,
        "components": {
            "schemas": {"Problem": _problem_schema()},
            "responses": {str(status): _failure(status) for status in _statuses(every)},
        },
    }


def _of_query(query: Query) -> Route:
    return Route(
        f"/queries/{query.name}",
        "query-" + query.name,
        query.summary,
        Phrase("Queries"),
        formats_of(query),
        tuple(_parameter(param) for param in query.params.values()),
        failures=(400, 503),
    )


def _parameter(param: Param) -> Parameter:
    schema = {**_SCHEMAS[param.type], "default": _as_json(param)}
    return Parameter(param.name, param.about, example=_as_json(param), schema=tuple(schema.items()))


def _as_json(param: Param) -> object:
    """Return the example of a parameter as JSON has it."""
    if param.type == "integer":
        return int(param.example)
    if param.type == "decimal":
        return float(param.example)
    return param.example in ("true", "1") if param.type == "boolean" else param.example


def _statuses(every: Sequence[Route]) -> list[int]:
    """Return the statuses of the problems that some routes may have."""
    return sorted({*_ALWAYS, *(status for route in every for status in route.failures)})


def _operation(route: Route) -> dict[str, object]:
    failures = _statuses([route])
    operation: dict[str, object] = {
        "operationId": route.name,
        "summary": route.summary,
        "tags": [route.tag],
        "parameters": [_described(parameter) for parameter in route.parameters],
        "responses": {
            "200": {"description": "The answer", "content": _content(route.formats)},
            "304": {"description": "What the client has is still the answer"},
            **{str(status): {"$ref": f"#/components/responses/{status}"} for status in failures},
        },
    }
    if route.bodies:
        content = {media_type: _body(media_type) for media_type in route.bodies}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _described(parameter: Parameter) -> dict[str, object]:
    described: dict[str, object] = {
        "name": parameter.name,
        "in": parameter.place,
        "description": parameter.about,
        "required": parameter.required,
        "schema": dict(parameter.schema),
    }
    if parameter.example is not None:
        described["example"] = parameter.example
    return described


def _body(media_type: str) -> dict[str, object]:
    text = {"type": "string", "examples": [_SOME_QUERY]}
    if media_type != FORM:
        return {"schema": text}
    return {"schema": {"type": "object", "required": ["query"], "properties": {"query": text}}}


def _content(formats: Sequence[Format]) -> dict[str, object]:
    return {fmt.media_type: {} for fmt in formats}


def _failure(status: int) -> dict[str, object]:
    titles = [kind.title for kind in KINDS if kind.status == status]
    schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
    content = {
        fmt.media_type: schema if fmt.name == "problem" else {}
        for fmt in (*carrying(Content.PROBLEM), *carrying(Content.TRIPLES))
    }
    return {"description": "; ".join(titles), "content": content}


def _problem_schema() -> dict[str, object]:
    """Return the shape of every problem: https://www.rfc-editor.org/rfc/rfc9457#section-3."""
    text, number = {"type": "string"}, {"type": "integer"}
    variant = {"type": "object", "properties": {"format": text, "media_type": text}}
    return {
        "type": "object",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": {"type": "string", "format": "uri-reference"},
            "title": text,
            "status": number,
            "detail": text,
            "remedy": text,
            "line": number,
            "column": number,
            "excerpt": text,
            "variants": {"type": "array", "items": variant},
        },
    }
