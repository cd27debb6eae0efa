"""The editor's page, and the JSON for its script."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from flask import (
    Blueprint,
    Response,
    current_app,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from pyoxigraph import NamedNode

from graphsvc import layout, trig
from graphsvc.editing import checking, completion, things
from graphsvc.editing.access import refuse_others
from graphsvc.editing.blocks import BlockError
from graphsvc.editing.desk import Desk
from graphsvc.editing.live import state_of_service
from graphsvc.editing.saving import ChangedMeanwhile
from graphsvc.namespaces import Rebase
from graphsvc.texts.model import FACTS
from graphsvc.web.headers import ONLY_HERE
from graphsvc.web.languages import labels
from graphsvc.web.problems import RequestProblem
from graphsvc.web.site import site

editing = Blueprint("edit", __name__, url_prefix="/edit")
editing.before_request(refuse_others)

PROJECT = "EDITED_PROJECT"
"""The key of the project's folder in the application's configuration."""

#: The most characters of a block, a label or an input.
_LONGEST = 1_000_000


@editing.after_request
def _allow_only_this_machine(response: Response) -> Response:
    response.headers.update(ONLY_HERE)
    return response


@editing.get("/")
def texts() -> Response | str:
    """Show the list of texts, or redirect to the only one."""
    slugs = layout.text_folders(_root())
    if len(slugs) == 1:
        answer = redirect(url_for("edit.text", slug=slugs[0]))
        return Response(answer.get_data(), answer.status_code, answer.headers)
    return render_template("edit_texts.html", slugs=slugs)


@editing.get("/<slug>")
def text(slug: str) -> str:
    """Show a text beside the facts of one of its passages."""
    desk = Desk(_root(), slug)
    return render_template(
        "edit.html",
        slug=slug,
        path=desk.place.path(FACTS),
        rows=desk.rows(),
        chosen=request.args.get("passage", ""),
        classes=completion.classes(desk),
        token=state_of_service().token,
    )


@editing.get("/<slug>/block.json")
def block(slug: str) -> Response:
    """Return the content of a passage's block."""
    desk = Desk(_root(), slug)
    name = request.args.get("passage", "")
    sentence = desk.sentence(name)
    return jsonify(passage=name, words=sentence.words, block=desk.block(name), digest=desk.digest)


@editing.get("/<slug>/complete.json")
def complete(slug: str) -> Response:
    """Return the completions of the letters in ``typed``."""
    options = completion.options(Desk(_root(), slug), request.args.get("typed", ""))
    return jsonify(options=[asdict(option) for option in options])


@editing.post("/<slug>/check.json")
def check(slug: str) -> Response:
    """Return the findings of a block for a passage."""
    findings = checking.faults(Desk(_root(), slug), _text("passage"), _text("block"))
    faults = [
        {
            "severity": "error" if each.severity == "error" else "warning",
            "message": each.message,
            "remedy": each.remedy,
            "line": each.line,
            "column": each.column or 1,
        }
        for each in findings
    ]
    return jsonify(faults=faults)


@editing.post("/<slug>/thing.json")
def thing(slug: str) -> Response:
    """Propose a new thing of a class with a label; the request may set the end of its IRI."""
    desk = Desk(_root(), slug)
    kind = _iri(desk, _text("class"))
    return jsonify(asdict(things.propose_thing(desk, kind, _text("label"), _text("end"))))


@editing.post("/<slug>/save.json")
def save(slug: str) -> Response:
    """Save the block of a passage; return the digest of the file, and the pages of its things."""
    desk = Desk(_root(), slug)
    name, facts = _text("passage"), _text("block")
    new = _json_body().get("labels", {})
    if not isinstance(new, dict):
        raise _wrong("labels")
    new = {str(iri): str(label) for iri, label in new.items()}
    try:
        desk.save(name, facts, _text("digest"), new)
    except ChangedMeanwhile as error:
        raise RequestProblem("conflict", error.message, remedy=error.remedy) from error
    except BlockError as error:
        raise RequestProblem("bad-request", error.message, remedy=error.remedy) from error
    after = Desk(_root(), slug)
    subjects = trig.subjects(f"{after.declarations}\n<{after.place.document}> {{\n{facts}\n}}")
    served = Rebase(after.project.base, site().base)
    pages = [_page(served.iri(iri)) for iri in subjects if iri != after.place.document]
    lacks_facts = any(row.name == name and row.lacks_facts for row in after.rows())
    return jsonify(digest=after.digest, pages=pages, lacks_facts=lacks_facts)


def _page(iri: str) -> dict[str, str]:
    return {
        "label": site().named_term(NamedNode(iri), labels()).label,
        "href": site().local_doc(iri),
    }


def _root() -> Path:
    root = current_app.config[PROJECT]
    if not isinstance(root, Path):
        raise TypeError("The application has no project to edit.")
    return root


def _json_body() -> dict[str, Any]:
    sent = request.get_json(silent=True)
    if not isinstance(sent, dict):
        raise RequestProblem("bad-request", "The body is no object of JSON.")
    return sent


def _text(member: str) -> str:
    value = _json_body().get(member)
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise _wrong(member)
    return value


def _iri(desk: Desk, name: str) -> str:
    try:
        return NamedNode(desk.prefixes.expand(name)).value
    except (KeyError, ValueError):
        raise _wrong("class") from None


def _wrong(member: str) -> RequestProblem:
    return RequestProblem("bad-request", f"The member {member} is missing, or no text.")
