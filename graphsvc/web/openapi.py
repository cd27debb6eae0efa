"""The interface for programs, described as OpenAPI 3.1 says: https://spec.openapis.org/oas/v3.1.1.

It is made of the routes of the application, and of what each view says of itself (`interface`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from flask import current_app

from graphsvc import __version__
from graphsvc.formats import Content, carrying
from graphsvc.web.interface import Operation, Parameter, operations_of
from graphsvc.web.problem_kinds import KINDS
from graphsvc.web.protocol import FORM

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from werkzeug.routing import Rule

    from graphsvc.formats import Format
    from graphsvc.web.site import Site

#: What every operation may answer: no format that is taken, an address that is too long.
_ALWAYS = (406, 414)

#: A variable in a rule: https://werkzeug.palletsprojects.com/routing/#rule-format
_VARIABLE = re.compile(r"<(?:[^<>:]+:)?(\w+)>")


class Route(NamedTuple):
    """A path of the application, its variables in braces, and what it does for programs."""

    path: str
    variables: frozenset[str]
    operation: Operation


def routes(served: Site) -> list[Route]:
    """Return every route for programs, in the order of the application.

    An address may have a suffix that names a format: it is described without.
    """
    return [
        _route(_shortest_rule(name), operation)
        for name, operations in operations_of(current_app.view_functions).items()
        for operation in operations(served)
    ]


def _shortest_rule(endpoint: str) -> Rule:
    return min(current_app.url_map.iter_rules(endpoint), key=lambda rule: len(rule.arguments))


def _route(rule: Rule, operation: Operation) -> Route:
    fixed = dict(operation.fixed)
    names = {name: "{" + name + "}" for name in rule.arguments} | fixed
    path = _VARIABLE.sub(lambda match: names[match[1]], rule.rule)
    return Route(path, frozenset(names.keys() - fixed.keys()), operation)


def description(served: Site, root: str) -> dict[str, object]:
    """Return the interface as an OpenAPI document; ``root`` is the path of the service."""
    paths: dict[str, dict[str, object]] = {}
    every = routes(served)
    operations = [route.operation for route in every]
    for route in every:
        paths.setdefault(route.path, {})[route.operation.method] = _operation(route)
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
        "tags": [{"name": tag} for tag in dict.fromkeys(each.tag for each in operations)],
        "paths": paths,
        "components": {
            "schemas": {"Problem": _problem_schema()},
            "responses": {str(status): _failure(status) for status in _statuses(operations)},
        },
    }


def _statuses(every: Sequence[Operation]) -> list[int]:
    """Return the statuses of the problems that some operations may have."""
    return sorted({*_ALWAYS, *(status for each in every for status in each.failures)})


def _operation(route: Route) -> dict[str, object]:
    described = route.operation
    failures = _statuses([described])
    operation: dict[str, object] = {
        "operationId": described.name,
        "summary": described.summary,
        "tags": [described.tag],
        "parameters": [_parameter(each, route.variables) for each in described.parameters],
        "responses": {
            "200": {"description": "The answer", "content": _content(described.formats)},
            "304": {"description": "What the client has is still the answer"},
            **{str(status): {"$ref": f"#/components/responses/{status}"} for status in failures},
        },
    }
    if described.method == "post":
        operation["requestBody"] = {"required": True, "content": dict(_bodies(described))}
    return operation


def _parameter(parameter: Parameter, variables: Collection[str]) -> dict[str, object]:
    is_in_path = parameter.name in variables
    described: dict[str, object] = {
        "name": parameter.name,
        "in": "path" if is_in_path else "query",
        "description": parameter.about,
        "required": is_in_path or parameter.required,
        "schema": dict(parameter.schema),
    }
    if parameter.example is not None:
        described["example"] = parameter.example
    return described


def _bodies(operation: Operation) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield each media type of a body with its schema; any but a form is the first parameter."""
    fields = {field.name: _field(field) for field in operation.form}
    required = [field.name for field in operation.form if field.required]
    yield FORM, {"schema": {"type": "object", "required": required, "properties": fields}}
    for media_type in operation.bodies:
        yield media_type, {"schema": next(iter(fields.values()))}


def _field(parameter: Parameter) -> dict[str, object]:
    examples = {} if parameter.example is None else {"examples": [parameter.example]}
    return {**dict(parameter.schema), "description": parameter.about, **examples}


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
