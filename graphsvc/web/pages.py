"""The pages: what is read, made on the server, and whole without a script."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from flask import Blueprint, Response, redirect, render_template, request

from graphsvc.entities import (
    Status,
    classes,
    describe,
    reading,
    text_passages,
    texts,
)
from graphsvc.formats import Content, carrying, named
from graphsvc.web.negotiation import negotiate
from graphsvc.web.problems import KINDS
from graphsvc.web.responses import release_answer
from graphsvc.web.site import site

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jinja2 import Environment
    from werkzeug.wrappers import Response as BaseResponse

    from graphsvc.entities import Fact
    from graphsvc.web.site import Site

pages = Blueprint("pages", __name__)

(_HTML,) = carrying(Content.PAGE)


@dataclass(frozen=True, slots=True)
class Block:
    """Facts that the same sentences vouch for, so that these are quoted once."""

    facts: tuple[Fact, ...]

    @property
    def first(self) -> Fact:
        """Return the fact whose evidence is shown: it is that of all."""
        return self.facts[0]


@pages.get("/")
def home() -> BaseResponse:
    """Show what the graph is, and the ways into it; send programs to its description."""

    def body() -> str:
        catalogue = site().catalogue
        return render_template("home.html", classes=classes(catalogue), texts=texts(catalogue))

    dataset = site().dataset.iri
    if dataset is not None and _wants_rdf():
        response = redirect(site().local_doc(dataset), 303)
        response.vary.add("Accept")
        return response
    return release_answer(_HTML, ("home",), body)


@pages.get("/problems")
def problems() -> Response:
    """Explain every kind of problem; the type of a problem is an address on this page."""
    return release_answer(
        _HTML, ("problems",), lambda: render_template("problems.html", kinds=KINDS)
    )


@pages.get("/healthz")
def healthz() -> Response:
    """Tell that the process answers."""
    return _state("ok")


@pages.get("/readyz")
def readyz() -> Response:
    """Tell that the graph can be read."""
    site().store.ask("ASK { ?subject ?property ?value }")
    return _state("ready")


def entity_page(iri: str) -> str:
    """Return the page of a thing; a passage's shows its sentence, a text's all of them."""
    catalogue = site().catalogue
    entity = describe(catalogue, iri)
    shown = reading(catalogue, iri)
    return render_template(
        "entity.html" if shown is None else "passage.html",
        entity=entity,
        reading=shown,
        paragraphs=text_passages(catalogue, iri),
    )


def blocks(facts: Sequence[Fact]) -> Iterator[Block]:
    """Put together the facts that stand side by side and rest on the same evidence."""

    def evidence(fact: Fact) -> tuple[object, ...]:
        unlike = fact.anchor if fact.derivations else None
        return (fact.status, fact.passages, fact.notes, unlike)

    for _, alike in groupby(facts, key=evidence):
        yield Block(tuple(alike))


def register(served: Site, environment: Environment) -> None:
    """Give the templates what they all use."""
    environment.tests["in_base"] = lambda iri: iri.startswith(served.base)
    environment.globals.update(
        site=served,
        href=served.local_href,
        doc=served.local_doc,
        blocks=blocks,
        compact=served.release.prefixes.compact,
        format_label=_format_label,
        solution_formats=carrying(Content.SOLUTIONS),
        document_formats=(*carrying(Content.TRIPLES), *carrying(Content.CLAIMS)),
        Status=Status,
    )


def _format_label(name: str) -> str:
    """Return what people call a format."""
    fmt = named(name)
    return fmt.label if fmt else name


def _wants_rdf() -> bool:
    """Tell whether a client would rather have RDF than a page."""
    offered = (_HTML, *carrying(Content.TRIPLES))
    return negotiate(request.headers.get("Accept"), offered) != _HTML


def _state(word: str) -> Response:
    response = Response(word + "\n", content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    return response
