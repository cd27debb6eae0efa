"""``/docs``: the documents about the program, which deploy/documentation.py makes of docs/.

A wheel has them; in a checkout ``make assets`` makes them. They are in English, whatever the
language of the interface.
"""

from __future__ import annotations

import json
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from flask import Blueprint, Response, render_template, url_for
from markupsafe import Markup

from graphsvc.formats import Content, carrying
from graphsvc.web.problems import RequestProblem
from graphsvc.web.responses import release_answer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jinja2 import Environment

documentation = Blueprint("documentation", __name__)

FILE = Path(__file__).with_suffix(".json")

#: What stands for the address of all documents in the links between them.
_HERE = 'href="docs:'

_INDEX = "index"
(_HTML,) = carrying(Content.PAGE)


class Document(NamedTuple):
    """A document: its title, its sections as a list of links, and its body, all as HTML."""

    title: Markup
    toc: Markup
    body: str

    def linked(self, address: str) -> Markup:
        """Return the body, with links to the documents at an address."""
        return Markup(self.body.replace(_HERE, f'href="{address}/'))  # noqa: S704 - made by a build


class Documentation(NamedTuple):
    """All documents by their names, and the digest that changes when they do."""

    documents: Mapping[str, Document]
    digest: str


@cache
def read_documentation(file: Path) -> Documentation:
    """Return what is in a file; without one there is no document."""
    content = file.read_bytes() if file.is_file() else b"{}"
    documents = {
        name: Document(Markup(each["title"]), Markup(each["toc"]), each["body"])  # noqa: S704
        for name, each in json.loads(content).items()
    }
    return Documentation(documents, sha256(content).hexdigest())


def register(environment: Environment) -> None:
    """Tell templates whether there is something to link to."""
    environment.globals["has_documentation"] = bool(read_documentation(FILE).documents)


@documentation.get("/docs", defaults={"name": _INDEX})
@documentation.get("/docs/<name>")
def page(name: str) -> Response:
    """Show a document about the program."""
    documents, digest = read_documentation(FILE)
    if not documents:
        raise RequestProblem(
            "not-found",
            "The documents about the program were not made when it was installed.",
            remedy="Install a wheel, or make them in a checkout: make assets",
        )
    if name not in documents:
        raise RequestProblem(
            "not-found",
            f"There is no document named “{name}”.",
            remedy=f"All of them are listed at {url_for('documentation.page')}",
        )
    document = documents[name]
    return release_answer(
        _HTML,
        ("documentation", name, digest),
        lambda: render_template(
            "documentation.html",
            document=document,
            body=document.linked(url_for("documentation.page")),
            is_index=name == _INDEX,
        ),
    )
