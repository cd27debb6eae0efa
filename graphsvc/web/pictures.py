"""Pages with pictures, drawn here as SVG; each has a table of the same for those who see none."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import ceil, floor
from typing import TYPE_CHECKING

from flask import Blueprint, Response, render_template, request
from pyoxigraph import NamedNode

from graphsvc.datatypes import is_absolute_iri
from graphsvc.entities.pictures import moments
from graphsvc.errors import UnknownEntity
from graphsvc.formats import Content, carrying
from graphsvc.pictures.span import ticks
from graphsvc.web.atlas import atlas
from graphsvc.web.languages import labels
from graphsvc.web.neighbourhood import Neighbourhood
from graphsvc.web.parameters import page_number
from graphsvc.web.problems import RequestProblem
from graphsvc.web.reader import kept_page
from graphsvc.web.responses import release_answer
from graphsvc.web.site import site

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from graphsvc.entities.model import Named
    from graphsvc.entities.pictures import Moment
    from graphsvc.web.site import Site

pictures = Blueprint("pictures", __name__)

(_HTML,) = carrying(Content.PAGE)


@dataclass(frozen=True, slots=True)
class Chart:
    """A time line: ``begin`` and ``end`` are years, ``rows`` what is dated, in order."""

    begin: int
    end: int
    rows: Sequence[Moment]

    def place(self, year: float) -> str:
        """Return where a moment is drawn, from the left, in per cent."""
        return f"{100 * (year - self.begin) / (self.end - self.begin):.3f}%"

    def anchor(self, year: int) -> str:
        """Return which part of a year's name stands at its place: it keeps within the picture."""
        return {self.begin: "start", self.end: "end"}.get(year, "middle")

    def width(self, moment: Moment) -> str:
        """Return how wide a moment is drawn: as its precision says, but never out of sight."""
        share = 100 * (moment.time.end - moment.time.begin) / (self.end - self.begin)
        return f"{max(share, 0.6):.3f}%"

    @property
    def ticks(self) -> list[int]:
        """Return the years that the axis names."""
        return ticks(self.begin, self.end, 8)


@pictures.get("/timeline")
def timeline() -> Response:
    """Show the dated facts, all or those of things of one class, at their precision."""
    cls = _iri("class")

    def body() -> str:
        every = site_moments(site(), labels())
        shown = [moment for moment in every if cls is None or NamedNode(cls) in moment.types]
        return render_template(
            "timeline.html",
            chart=chart(shown),
            classes=_classes(every),
            chosen=cls,
        )

    return release_answer(_HTML, ("timeline", cls), body)


@pictures.get("/map")
def map_page() -> Response:
    """Show the countries that have a code and the places that have coordinates, on a map."""

    def body() -> str:
        return render_template("map.html", world=atlas(site(), labels()))

    return release_answer(_HTML, ("map",), lambda: kept_page(("map",), body))


@pictures.get("/neighbourhood")
def neighbourhood() -> Response:
    """Show what stands around a thing (``iri=``), and around each neighbour that is ``open=``.

    Of a thing with very many neighbours some are on each ``page=``.
    """
    iri = _iri("iri")
    if iri is None:
        raise RequestProblem(
            "bad-request", "No thing is named.", remedy="Give the IRI of a thing as iri=."
        )
    opened, page = request.args.getlist("open"), page_number()

    def body() -> str:
        if not site().knows(iri):
            raise UnknownEntity(iri)
        return render_template("neighbourhood.html", picture=Neighbourhood(iri, opened, page))

    return release_answer(_HTML, ("neighbourhood", iri, page, *opened), body)


def chart(rows: Sequence[Moment]) -> Chart | None:
    """Return a time line of some dated facts, or None if there are none."""
    if not rows:
        return None
    begin = floor(min(moment.time.begin for moment in rows))
    end = ceil(max(moment.time.end for moment in rows))
    return Chart(begin, end, rows)


def site_moments(served: Site, languages: str) -> Sequence[Moment]:
    """Return the dated facts of the release, read once for each list of languages."""
    return served.once(("moments", languages), lambda: moments(served.catalogue, languages))


def _classes(every: Iterable[Moment]) -> list[tuple[Named, int]]:
    """Return the classes of dated things and how many dated facts each has."""
    served = site()
    counts = Counter(
        cls
        for moment in every
        for cls in moment.types
        if isinstance(cls, NamedNode) and cls.value.startswith(served.base)
    )
    named = [(served.catalogue.term(cls, labels()), count) for cls, count in counts.items()]
    return sorted(named, key=lambda pair: (-pair[1], pair[0].label))


def _iri(name: str) -> str | None:
    given = request.args.get(name) or None
    if given is not None and not is_absolute_iri(given):
        raise RequestProblem("bad-request", f"{given!r} is not an IRI.", remedy="Give a whole IRI.")
    return given
