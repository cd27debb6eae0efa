"""The pages: what is read, made on the server, and whole without a script."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from flask import Blueprint, Response, current_app, render_template, request, url_for

from graphsvc.datatypes import is_absolute_iri
from graphsvc.entities import (
    Status,
    called,
    classes,
    describe,
    incoming,
    leading,
    reading,
    texts,
    vocabulary,
)
from graphsvc.entities.mentions import nested, occurrences
from graphsvc.errors import UnknownEntity
from graphsvc.formats import Content, carrying
from graphsvc.namespaces import RDF
from graphsvc.web.cite import cite_claim, cite_fact
from graphsvc.web.languages import labels
from graphsvc.web.parameters import page_number
from graphsvc.web.pictures import chart, site_moments, world_map
from graphsvc.web.problems import KINDS, RequestProblem
from graphsvc.web.reader import kept_page, reader_page
from graphsvc.web.responses import release_answer
from graphsvc.web.site import local_name, site

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jinja2 import Environment

    from graphsvc.entities import Fact
    from graphsvc.entities.mentions import Piece
    from graphsvc.web.site import Site

pages = Blueprint("pages", __name__)

_MOMENTS_AT_HOME = 8
"""How many dated facts the first page shows before it links to the rest."""

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
def home() -> Response:
    """Show what the graph is, and the ways into it."""

    def body() -> str:
        catalogue = site().catalogue
        shown = site_moments(site(), labels())
        return render_template(
            "home.html",
            classes=classes(catalogue, labels()),
            texts=texts(catalogue, labels()),
            leading=leading(catalogue, labels()),
            chart=chart(shown),
            moments=shown[:_MOMENTS_AT_HOME],
            world=world_map(site(), labels()),
            search=_search_address(),
        )

    # The page shows its own address, which is the host's.
    return release_answer(
        _HTML, ("home", request.host_url), lambda: kept_page(("home", request.host_url), body)
    )


@pages.get("/things")
def things() -> Response:
    """List, a page at a time, the things that have a value of a property."""
    prop, value = _iri_parameter("property", RDF.type.value), _iri_parameter("value")
    page = page_number()

    def body() -> str:
        catalogue = site().catalogue
        found = incoming(catalogue, value, prop, page, labels())
        if page > found.pages or not found.total:
            raise UnknownEntity(value)
        is_class = prop == RDF.type.value
        named = called(catalogue, value, labels())
        return render_template(
            "things.html", listed=found, value=named, is_class=is_class, parameters=request.args
        )

    return release_answer(_HTML, ("things", prop, value, page), body)


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
    """Return the page of a thing; a passage's shows its sentence, a text's is to be read."""
    catalogue = site().catalogue
    if iri in catalogue.sizes:
        return reader_page(iri, page_number())
    return kept_page(("entity", iri), lambda: _thing_page(iri))


def _thing_page(iri: str) -> str:
    catalogue = site().catalogue
    entity = describe(catalogue, iri, labels())
    shown = reading(catalogue, iri, labels())
    return render_template(
        "entity.html" if shown is None else "passage.html", entity=entity, reading=shown
    )


def ontology_page() -> str:
    """Return the page that lists every term of the ontology."""
    catalogue = site().catalogue
    return render_template(
        "ontology.html",
        entity=describe(catalogue, catalogue.ontology.value, labels()),
        sections=vocabulary(catalogue, labels()),
    )


def _search_address() -> str | None:
    """Return the address of the search, where there is one."""
    rules = current_app.url_map.iter_rules()
    return next((url_for(rule.endpoint) for rule in rules if rule.rule == "/search"), None)


def blocks(facts: Sequence[Fact]) -> Iterator[Block]:
    """Put together the facts that stand side by side and rest on the same evidence."""

    def evidence(fact: Fact) -> tuple[object, ...]:
        unlike = fact.anchor if fact.derivations else None
        return (fact.status, fact.passages, fact.notes, unlike)

    for _, alike in groupby(facts, key=evidence):
        yield Block(tuple(alike))


def marked(text: str, words: str) -> tuple[Piece, ...]:
    """Return a text in pieces, those that print the words being about them."""
    return nested(text, ((span, words) for span in occurrences(words, text)))


def query_about(iri: str, *properties: str) -> str:
    """Return the query that gives the facts of a thing, or those of some properties, for people."""
    chosen = " ".join(f"<{prop}>" for prop in properties)
    values = f"  VALUES ?property {{ {chosen} }}\n" if chosen else ""
    return (
        f"SELECT ?graph ?property ?value WHERE {{\n{values}"
        f"  GRAPH ?graph {{ <{iri}> ?property ?value }}\n}}\nORDER BY ?property ?value"
    )


def register(served: Site, environment: Environment) -> None:
    """Give the templates what they all use."""
    environment.tests["in_base"] = lambda iri: iri.startswith(served.base)
    environment.globals.update(
        site=served,
        href=served.local_href,
        doc=served.local_doc,
        blocks=blocks,
        in_text=served.in_text,
        local_name=local_name,
        pieces=marked,
        query_about=query_about,
        cite_claim=cite_claim,
        cite_fact=cite_fact,
        compact=served.release.prefixes.compact,
        document_formats=carrying(Content.TRIPLES),
        Status=Status,
    )


def _state(word: str) -> Response:
    response = Response(word + "\n", content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    return response


def _iri_parameter(name: str, default: str | None = None) -> str:
    """Return an IRI from the address: whole, or as a prefixed name of the graph's own prefixes."""
    given = request.args.get(name, default)
    if given is None:
        raise RequestProblem(
            "bad-request", f"The parameter {name} is missing.", remedy="Give it an IRI."
        )
    prefix, colon, local = given.partition(":")
    prefixes = site().release.prefixes
    iri = prefixes[prefix] + local if colon and prefix in prefixes else given
    if not is_absolute_iri(iri):
        raise RequestProblem(
            "bad-request",
            f"{given!r} is not an IRI.",
            remedy="Give a whole IRI, or a name with one of the prefixes of this graph.",
        )
    return iri
