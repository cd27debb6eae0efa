"""The interface for programs: as OpenAPI, and as a page."""

from __future__ import annotations

import json

import yaml
from flask import Blueprint, Response, render_template, request

from graphsvc.formats import Content, carrying
from graphsvc.web.openapi import description, routes
from graphsvc.web.responses import release_answer
from graphsvc.web.site import site

api = Blueprint("api", __name__)

(_HTML,) = carrying(Content.PAGE)
_JSON, _YAML = carrying(Content.DESCRIPTION)


@api.get("/openapi.json")
def as_json() -> Response:
    """Answer with the description of the interface in JSON."""
    return release_answer(_JSON, ("openapi",), _json)


@api.get("/openapi.yaml")
def as_yaml() -> Response:
    """Answer with the same in YAML."""
    return release_answer(_YAML, ("openapi",), _yaml)


@api.get("/api")
def page() -> Response:
    """Show the interface to people."""
    return release_answer(
        _HTML, ("api",), lambda: render_template("api.html", routes=routes(site()))
    )


def _json() -> str:
    root = request.script_root

    def as_text() -> str:
        return json.dumps(description(site(), root), indent=1, ensure_ascii=False) + "\n"

    return site().once(("openapi", root), as_text)


def _yaml() -> str:
    def as_text() -> str:
        # YAML of the JSON: it has no anchors for repeated parts.
        return str(yaml.safe_dump(json.loads(_json()), sort_keys=False, allow_unicode=True))

    return site().once(("openapi.yaml", request.script_root), as_text)
