"""Pages with pictures, drawn as SVG; each also has a table with the same data."""

from __future__ import annotations

import re

from flask import Blueprint, Response, render_template, request

from graphsvc.datatypes import is_absolute_iri
from graphsvc.errors import UnknownEntity
from graphsvc.formats import Content, carrying
from graphsvc.views import timeline as views
from graphsvc.views.map import map_with_sentences
from graphsvc.web.languages import labels
from graphsvc.web.neighbourhood import Neighbourhood
from graphsvc.web.parameters import page_number
from graphsvc.web.problems import RequestProblem
from graphsvc.web.responses import release_answer
from graphsvc.web.site import site

pictures = Blueprint("pictures", __name__)

(_HTML,) = carrying(Content.PAGE)


@pictures.get("/timeline")
def timeline() -> Response:
    """Show the dated facts, at their precision: all, or those of things of one class.

    If there are very many, only those from the year ``from=`` are shown.
    """
    cls, first = _iri("class"), _year("from")

    def body() -> str:
        graph = site().graph
        periods = views.split_into_periods(graph.years) if cls is None else ()
        period = next((one for one in periods if one.first == first), next(iter(periods), None))
        return render_template(
            "timeline.html",
            timeline=views.timeline(graph, labels(), cls, period=period),
            classes=views.dated_classes(graph, labels()),
            chosen=cls,
            periods=periods,
            period=period,
        )

    return release_answer(_HTML, ("timeline", cls, first), body)


@pictures.get("/map")
def map_page() -> Response:
    """Show the countries that have a code and the places that have coordinates, on a map."""

    def body() -> str:
        return render_template("map.html", map=map_with_sentences(site().graph, labels()))

    return release_answer(_HTML, ("map",), body)


@pictures.get("/neighbourhood")
def neighbourhood() -> Response:
    """Show the neighbours of a thing (``iri=``), and those of each ``open=`` neighbour.

    The neighbours of a thing with very many of them are divided into pages (``page=``).
    """
    iri = _iri("iri")
    if iri is None:
        raise RequestProblem(
            "bad-request", "No thing is named.", remedy="Give the IRI of a thing as iri=."
        )
    open_iris, page = request.args.getlist("open"), page_number()

    def body() -> str:
        if not site().knows(iri):
            raise UnknownEntity(iri)
        return render_template("neighbourhood.html", picture=Neighbourhood(iri, open_iris, page))

    return release_answer(_HTML, ("neighbourhood", iri, page, *open_iris), body)


def _iri(name: str) -> str | None:
    text = request.args.get(name) or None
    if text is not None and not is_absolute_iri(text):
        raise RequestProblem("bad-request", f"{text!r} is not an IRI.", remedy="Give a whole IRI.")
    return text


def _year(name: str) -> int | None:
    text = request.args.get(name) or None
    if text is not None and re.fullmatch(r"-?[0-9]{1,9}", text, re.ASCII) is None:
        raise RequestProblem("bad-request", f"{text!r} is no year.", remedy="Give a whole number.")
    return None if text is None else int(text)
