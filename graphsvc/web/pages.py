"""The pages for reading; they are made on the server and work without scripts."""

from __future__ import annotations

import json
import re
from string import whitespace
from typing import TYPE_CHECKING

from flask import Blueprint, Response, current_app, redirect, render_template, request
from jinja2 import Template
from markupsafe import Markup, escape

from graphsvc.errors import ReleaseError
from graphsvc.formats import Content, carrying, named
from graphsvc.namespaces import RDF, SKOS
from graphsvc.queries.groups import START, grouped
from graphsvc.store.xml import without_forbidden
from graphsvc.views import home as views
from graphsvc.views.collection.glance import glance
from graphsvc.views.labels import alike
from graphsvc.views.mentions import occurrences, split_into_pieces
from graphsvc.views.model import Status
from graphsvc.views.passage import passage_in_text
from graphsvc.views.thing import thing, things_within
from graphsvc.web import signposts
from graphsvc.web.cite import cite_claim
from graphsvc.web.fact_rows import fact_rows
from graphsvc.web.history import history
from graphsvc.web.languages import labels
from graphsvc.web.map_places import map_anchor, on_map
from graphsvc.web.negotiation import negotiate
from graphsvc.web.offers import DATA_FORMATS, data_formats
from graphsvc.web.page_cache import cached_page
from graphsvc.web.parameters import page_number
from graphsvc.web.problem_kinds import KINDS
from graphsvc.web.reader import reader_page
from graphsvc.web.responses import release_answer
from graphsvc.web.site import local_name, site

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jinja2 import Environment
    from werkzeug.wrappers import Response as BaseResponse

    from graphsvc.queries import Query
    from graphsvc.views.mentions import Piece
    from graphsvc.views.thing import Head
    from graphsvc.web.site import Site

pages = Blueprint("pages", __name__)

_MOST_VALUES = 3
"""The visible values of a property; the reader can open the rest."""

_MANY = 12
"""The visible values of a list; a few more are shown if they are all."""

(_HTML,) = carrying(Content.PAGE)
(_JSON,) = carrying(Content.RECORDS)

#: The ids of the parts of the page of a thing.
#: The characters for embeddings, overrides and isolates of text direction, and their ends.
_TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])

_OF_PAGE = re.compile(
    "|main|download|more|fragments|within|incoming|discrepancies|notes|unstated|search-box"
    "|group-[0-9]+|f[0-9a-f]+"
)


@pages.get("/")
def home() -> BaseResponse:
    """Show an overview of the graph; redirect programs to its description."""

    def body() -> str:
        view = views.home(site().graph, labels())
        comparison = glance(site().graph, view.leading, labels())
        return render_template(
            "home.html",
            home=view,
            glance=comparison,
            leading_query=comparison.queries[0] if comparison.matters else view.leading_query,
            questions=_first_questions(),
            MOST_VALUES=_MOST_VALUES,
        )

    dataset = site().dataset.iri
    if dataset is not None and _wants_rdf():
        response = redirect(site().local_doc(dataset), 303)
        response.headers["Cache-Control"] = "public, no-cache"
        response.vary.add("Accept")
        return response
    response = release_answer(_HTML, ("home",), body)
    response.headers.extend([("Link", link.field) for link in signposts.of_home()])
    return response


def _first_questions() -> list[Query]:
    """Return the first question of each group."""
    groups = grouped(query for query in site().queries if START in query.tags)
    return [group.queries[0] for group in groups]


@pages.get("/data")
def data() -> Response:
    """Show how to download the graph, query it by programs, and cite it."""
    return release_answer(_HTML, ("data",), lambda: render_template("data.html"))


@pages.get("/problems")
def problems() -> Response:
    """Explain every kind of problem; the type of a problem is an address on this page."""
    return release_answer(
        _HTML, ("problems",), lambda: render_template("problems.html", kinds=KINDS)
    )


@pages.get("/healthz")
def healthz() -> Response:
    """Report that the process answers."""
    return _state("ok")


@pages.get("/readyz")
def readyz() -> Response:
    """Report that the graph can be read; if it is not the current release, report the reason.

    The status is 503 if files of the release have changed while it is served: see `server.keeper`.
    """
    site().store.check()
    status = current_app.config["STATUS"]()
    if status is not None and not status.is_sound:
        raise ReleaseError(
            f"Files of the release {site().release.id} have changed while it is served.",
            remedy="Build it again: graphsvc build",
        )
    failure = {"failure": status.failure} if status is not None and status.failure else {}
    return _state("ready", **failure)


def entity_page(about: Head) -> str:
    """Return the page of a thing, of a passage, or of a text."""
    if about.iri in site().graph.texts.passages:
        return reader_page(about, page_number())
    if about.iri == site().dataset.iri:
        # It lists the releases.
        ids = [release.id for release in history().releases()]
        return cached_page(("dataset", *ids), lambda: _thing_page(about))
    return _thing_page(about)


def _thing_page(about: Head) -> str:
    entity = thing(site().graph, about.iri, labels())
    passage_view = passage_in_text(site().graph, entity, labels()) if about.texts else None
    template = "entity.html" if passage_view is None else "passage.html"
    place = on_map(entity.iri)
    has_parts = site().addresses.has_parts(about.iri)
    parts = things_within(site().graph, about.iri, page_number(), labels()) if has_parts else None
    return render_template(
        template, entity=entity, reading=passage_view, about=about, place=place, within=parts
    )


def marked(text: str, words: str) -> tuple[Piece, ...]:
    """Return a text in pieces; the pieces that are the words are marked."""
    return split_into_pieces(text, ((span, words) for span in occurrences(words, text)))


class PageTemplate(Template):
    """A template whose output has no control characters, even if the graph has some.

    HTML cannot represent them: https://html.spec.whatwg.org/multipage/syntax.html#text-2
    """

    def render(self, *args: object, **kwargs: object) -> str:
        return without_forbidden(super().render(*args, **kwargs))


def register(served: Site, environment: Environment) -> None:
    """Register the functions and values that all templates use."""
    environment.template_class = PageTemplate
    environment.tests["in_base"] = lambda iri: iri.startswith(served.base)
    environment.tests["of_graph"] = lambda iri: iri.startswith(served.spaces)
    environment.filters["undirected"] = _undirected
    environment.globals.update(
        site=served,
        href=served.local_href,
        doc=served.local_doc,
        fact_rows=fact_rows,
        in_text=served.in_text,
        local_name=local_name,
        pieces=marked,
        cite_claim=cite_claim,
        compact=served.release.prefixes.compact,
        shorten=served.graph.naming.prefixes.shorten,
        alike=alike,
        has_parts=served.addresses.has_parts,
        cut=_visible_count,
        MANY=_MANY,
        map_anchor=map_anchor,
        format_label=_format_label,
        part_id=_part_id,
        solution_formats=carrying(Content.SOLUTIONS),
        document_formats=DATA_FORMATS,
        data_formats=data_formats,
        Status=Status,
        RDF=RDF,
        SKOS=SKOS,
    )


def _visible_count(listed: Sequence[object]) -> int:
    """Return the number of visible items of a list; it never hides only two or three."""
    return len(listed) if len(listed) <= _MANY + 3 else _MANY


def _part_id(iri: str) -> str:
    """Return the id of a thing in the page of its document: its fragment, if that is free."""
    fragment = iri.partition("#")[2]
    is_free = _OF_PAGE.fullmatch(fragment) is None and not set(fragment) & set(whitespace)
    return fragment if is_free else ""


def _undirected(text: Markup) -> Markup:
    """Return a text without characters that change the direction of text: a title has no <bdi>.

    https://www.unicode.org/reports/tr9/#Explicit_Directional_Embeddings
    """
    return Markup(escape(text).translate(_TURNING))  # noqa: S704 - escaped before


def _format_label(name: str) -> str:
    fmt = named(name)
    return fmt.label if fmt else name


def _wants_rdf() -> bool:
    """Tell whether a client prefers RDF to a page."""
    offered = (_HTML, *carrying(Content.TRIPLES))
    return negotiate(request.headers.get("Accept"), offered) != _HTML


def _state(word: str, **others: str) -> Response:
    state = {"status": word, "release": site().release.id, **others}
    response = Response(json.dumps(state) + "\n", content_type=_JSON.content_type)
    response.headers["Cache-Control"] = "no-store"
    return response
