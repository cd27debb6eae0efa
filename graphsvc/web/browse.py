"""Browsing over HTTP: facets and a table at /browse, things side by side at /compare.

The address is the state: whatever is chosen stands in it, and a link or a form changes it. See
`graphsvc.browse.writing` for its grammar.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import reduce
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, redirect, render_template, request
from pyoxigraph import NamedNode

from graphsvc.browse.cells import Row
from graphsvc.browse.compare import HIGHLIGHTS, Matrix, compare
from graphsvc.browse.patterns import fitting, table_query, values
from graphsvc.browse.state import BY_LABEL, Absent, Is, Present, Sort, State
from graphsvc.browse.table import MOST_COLUMNS, SORTED_THINGS
from graphsvc.browse.writing import (
    read_iri,
    read_span,
    read_state,
    write_iri,
    write_place,
    write_sort,
    write_state,
)
from graphsvc.entities.layout import Place
from graphsvc.entities.model import PAGE_SIZE
from graphsvc.errors import ParameterError, UnknownEntity
from graphsvc.namespaces import RDF
from graphsvc.phrases import Phrase
from graphsvc.web import problems
from graphsvc.web.exports import OFFERED, Sheet, export, offered, suffix
from graphsvc.web.languages import labels, said
from graphsvc.web.negotiation import negotiate
from graphsvc.web.responses import release_answer
from graphsvc.web.site import site

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from werkzeug.wrappers import Response as BaseResponse

    from graphsvc.browse.facets import Chosen
    from graphsvc.browse.lanes import Lane
    from graphsvc.browse.state import Condition
    from graphsvc.formats import Format

browsing = Blueprint("browse", __name__)

MOST_EXPORTED = 5_000
"""How many things one file holds at most: whoever wants more asks in SPARQL."""

#: The languages of what is exported: the same file for everybody.
_LANGUAGE = "en"
_SPAN_FIELDS = ("range", "from", "to")
_Pairs = list[tuple[str, str]]


@browsing.get("/browse")
@browsing.get("/browse.<name>")
def browse_page(name: str | None = None) -> BaseResponse:
    """Show the things that fit, or export them; a form for a span is sent on to its address."""
    pairs, fmt = _asked(name)
    if any(field in _SPAN_FIELDS for field, _ in pairs):
        return _to_span(pairs)
    state = read_state(pairs, site().release.prefixes)
    response = release_answer(fmt, ("browse", state), lambda: _browse(state, fmt))
    response.headers["Content-Location"] = _address(f"browse.{suffix(fmt)}", _written(state))
    return response


@browsing.get("/things")
def things() -> BaseResponse:
    """Send on to what lists the same: things of a class, or with a value of a property."""
    prefixes = site().release.prefixes
    if "value" not in request.args:
        raise ParameterError("The parameter value is missing.", remedy="Give it an IRI.")
    value = read_iri(request.args["value"], prefixes)
    prop = read_iri(request.args.get("property", RDF.type.value), prefixes)
    if prop == RDF.type:
        state = State(classes=(value,))
    else:
        state = State().toggled(Place(prop), _is(value))
    page = [("page", request.args["page"])] if "page" in request.args else []
    return redirect(_address("browse", _written(state) + page), 301)


@browsing.get("/compare")
@browsing.get("/compare.<name>")
def compare_page(name: str | None = None) -> Response:
    """Show things side by side, or export them so."""
    pairs, fmt = _asked(name)
    iris, classes, highlight = _compared(pairs)
    key = ("compare", tuple(iris), tuple(classes), highlight)
    response = release_answer(fmt, key, lambda: _compare(iris, classes, highlight, fmt))
    address = _address(f"compare.{suffix(fmt)}", _comparing(iris, classes, highlight))
    response.headers["Content-Location"] = address
    return response


def _asked(name: str | None) -> tuple[_Pairs, Format]:
    """Return the parameters but for the format, and the format."""
    pairs = list(request.args.items(multi=True))
    named = [name] if name is not None else []
    named += [value for key, value in pairs if key == "format"]
    if len(set(named)) > 1:
        raise ParameterError("Two formats are asked for.", remedy="Ask for one.")
    pairs = [(key, value) for key, value in pairs if key != "format"]
    if named:
        fmt = offered(named[0])
        request.environ["graphsvc.format"] = fmt if fmt.name == "html" or fmt.engine else None
        return pairs, fmt
    problems.ask_for_rdf_errors()
    return pairs, negotiate(request.headers.get("Accept"), OFFERED)


def _browse(state: State, fmt: Format) -> bytes | str:
    served = site()
    _must_be_known(state)
    if fmt.name != "html":
        return export(_sheet(state), fmt, served)
    table = served.browser.table(state, labels())
    if state.page > table.pages:
        raise UnknownEntity(_address("browse", _written(state)))
    return render_template(
        "browse.html",
        state=state,
        table=table,
        facets=served.browser.facets(state, labels()),
        links=Links(state),
        query=table_query(fitting(state, served.catalogue.ontology), table.columns),
        title=said(_title(state, labels())),
        most_sorted=SORTED_THINGS,
        most_columns=MOST_COLUMNS,
        exports=[(fmt, suffix(fmt)) for fmt in OFFERED if fmt.name != "html"],
        PAGE_SIZE=PAGE_SIZE,
    )


def _must_be_known(state: State) -> None:
    """Tell a class that is nothing from one that is empty with these conditions."""
    for cls in state.classes:
        if not site().knows(cls.value):
            raise UnknownEntity(cls.value)


def _sheet(state: State) -> Sheet:
    browser = site().browser
    total = browser.listed(state, _LANGUAGE).total
    if total > MOST_EXPORTED:
        raise ParameterError(
            f"{total} things are more than one file holds.",
            remedy=f"Narrow them down to {MOST_EXPORTED}, or ask the endpoint /sparql.",
        )
    table = browser.table(replace(state, page=1), _LANGUAGE, size=MOST_EXPORTED)
    address = _canonical("browse", _written(replace(state, page=1)))
    return Sheet(
        _title(state, _LANGUAGE),
        address,
        table.total,
        table.columns,
        table.rows,
        table.walk,
    )


def _title(state: State, languages: str) -> str:
    catalogue = site().catalogue
    names = [catalogue.term(cls, languages).label for cls in state.classes]
    if not names:
        return Phrase("Things")
    return reduce(lambda one, other: Phrase("%(one)s or %(other)s", one=one, other=other), names)


def _compare(
    iris: Sequence[NamedNode], classes: Sequence[NamedNode], highlight: str, fmt: Format
) -> bytes | str:
    served = site()
    languages = labels() if fmt.name == "html" else _LANGUAGE
    matrix = compare(served.browser, iris, classes, languages)
    if fmt.name != "html":
        return export(_matrix_sheet(matrix, iris, classes), fmt, served)
    others = [
        (words, _address("compare", _comparing(iris, classes, name)), name)
        for name, words in HIGHLIGHTS.items()
    ]
    parameters = _comparing(iris, classes, "")
    return render_template(
        "compare.html",
        matrix=matrix,
        highlight=highlight,
        others=others,
        less=_less(matrix, highlight),
        query=table_query(
            values("thing", (thing.term for thing in matrix.things)),
            [line.lane for line in matrix.lines],
        ),
        exports=[
            (fmt.label, _address(f"compare.{suffix(fmt)}", parameters), fmt.media_type)
            for fmt in OFFERED
            if fmt.name != "html"
        ],
    )


def _matrix_sheet(matrix: Matrix, iris: Sequence[NamedNode], classes: Sequence[NamedNode]) -> Sheet:
    lines = matrix.lines
    rows = [
        Row(thing, tuple(line.cells[number] for line in lines))
        for number, thing in enumerate(matrix.things)
    ]
    return Sheet(
        title="Comparison",
        address=_canonical("compare", _comparing(iris, classes, "")),
        total=matrix.total,
        lanes=[line.lane for line in lines],
        rows=rows,
        walk=matrix.walk,
    )


def _less(matrix: Matrix, highlight: str) -> list[str | None]:
    """Return the address without each thing, as long as two are left."""
    iris = [thing.term for thing in matrix.things if isinstance(thing.term, NamedNode)]
    if len(iris) <= _FEWEST:
        return [None] * len(iris)
    return [
        _address("compare", _comparing([one for one in iris if one != iri], (), highlight))
        for iri in iris
    ]


_FEWEST = 2


def _compared(pairs: _Pairs) -> tuple[list[NamedNode], list[NamedNode], str]:
    prefixes = site().release.prefixes
    given: dict[str, list[str]] = {"iri": [], "class": [], "highlight": []}
    for name, text in pairs:
        if name not in given:
            raise ParameterError(
                f"There is no parameter {name!r}.",
                remedy="There are iri, class, highlight and format.",
            )
        given[name].append(text)
    iris = [read_iri(text, prefixes) for text in given["iri"]]
    classes = [read_iri(text, prefixes) for text in given["class"]]
    highlight = "".join(given["highlight"][:1])
    if highlight not in HIGHLIGHTS or len(given["highlight"]) > 1:
        raise ParameterError(
            f"{highlight!r} cannot be highlighted.", remedy="Ask for differences or agreements."
        )
    if not iris and not classes:
        raise ParameterError(
            "Nothing is named to compare.", remedy="Give things as iri=, or a class as class=."
        )
    return list(dict.fromkeys(iris)), list(dict.fromkeys(classes)), highlight


def _comparing(iris: Iterable[NamedNode], classes: Iterable[NamedNode], highlight: str) -> _Pairs:
    prefixes = site().release.prefixes
    pairs = [("iri", write_iri(iri.value, prefixes)) for iri in iris]
    pairs += [("class", write_iri(cls.value, prefixes)) for cls in classes]
    return pairs + ([("highlight", highlight)] if highlight else [])


def _to_span(pairs: _Pairs) -> BaseResponse:
    """Send a form for a span on to the address that says the same."""
    prefixes = site().release.prefixes
    fields = {name: text.strip() for name, text in pairs if name in _SPAN_FIELDS}
    rest = [(name, text) for name, text in pairs if name not in _SPAN_FIELDS]
    if "range" not in fields:
        raise ParameterError("The parameter range is missing.", remedy="Name the property.")
    (place, _), *_others = read_state([(fields["range"], "any")], prefixes).conditions or [None]  # type: ignore[misc]
    low, high = fields.get("from", ""), fields.get("to", "")
    state = read_state(rest, prefixes)
    state = state.with_span(place, read_span(low, high)) if low or high else state.without(place)
    return redirect(_address("browse", _written(state)), 303)


def _written(state: State) -> _Pairs:
    return write_state(state, site().release.prefixes)


def _address(path: str, pairs: _Pairs) -> str:
    """Return the path of a page under where the service is mounted, with readable parameters."""
    query = urlencode(pairs, quote_via=quote, safe=":/~,")
    return f"{request.script_root}/{path}" + (f"?{query}" if query else "")


def _canonical(path: str, pairs: _Pairs) -> str:
    """Return the address of a page under the base of the graph's IRIs: the same on every host."""
    return site().base + _address(path, pairs).removeprefix(request.script_root + "/")


def _is(value: NamedNode) -> Condition:
    return Is(value)


@dataclass(frozen=True, slots=True)
class Links:
    """The addresses to which a page of /browse leads: the same state with one thing changed."""

    state: State

    def toggle(self, place: Place, condition: Condition) -> str:
        """Return the address with a condition added or removed."""
        return self._to(self.state.toggled(place, condition))

    def toggle_class(self, cls: NamedNode) -> str:
        """Return the address with a class added or removed."""
        return self._to(self.state.toggled_class(cls))

    def only_class(self, cls: NamedNode) -> str:
        """Return the address of a class alone."""
        return self._to(State(classes=(cls,)))

    def absent(self, place: Place) -> str:
        """Return the address with the things without a value added or removed."""
        return self.toggle(place, Absent())

    def lacks(self, place: Place) -> bool:
        """Tell whether the things without a value are asked for."""
        return Absent() in self.state.on(place)

    def remove(self, chosen: Chosen) -> str:
        """Return the address without something that is chosen."""
        if chosen.place is None:
            return self._to(self.state.toggled_class(chosen.condition))  # type: ignore[arg-type]
        return self._to(self.state.toggled(chosen.place, chosen.condition))  # type: ignore[arg-type]

    def page(self, number: int) -> str:
        """Return the address of another page."""
        return self._to(replace(self.state, page=number))

    def opened(self, place: Place | None) -> str:
        """Return the address with one facet opened, or none."""
        return self._to(replace(self.state, facet=place))

    def sorted_by(self, place: Place) -> str:
        """Return the address sorted by a column, or the other way round if it is already."""
        now = self.state.sort
        descending = now.place == place and not now.descending
        return self._to(replace(self.state, sort=Sort(place, descending), page=1))

    def direction(self, place: Place) -> str:
        """Return how a column is sorted, in the words of ``aria-sort``."""
        if self.state.sort.place != place:
            return "none"
        return "descending" if self.state.sort.descending else "ascending"

    def sort_name(self, place: Place) -> str:
        """Return how an order is written."""
        return write_sort(Sort(place), site().release.prefixes)

    def export(self, name: str) -> str:
        """Return the address of a file with all that fits."""
        return _address(f"browse.{name}", _written(replace(self.state, page=1, facet=None)))

    def compare(self, things: Iterable[NamedNode]) -> str:
        """Return the address of a comparison of things."""
        return _address("compare", _comparing(things, (), ""))

    def place_name(self, place: Place) -> str:
        """Return how a property is written."""
        return write_place(place, site().release.prefixes)

    def kept(self, *left_out: str) -> _Pairs:
        """Return the parameters that a form carries along."""
        names = {"page", "facet", *left_out}
        return [pair for pair in _written(self.state) if pair[0] not in names]

    def kept_with_any(self, place: Place) -> _Pairs:
        """Return what the form of a span carries along: all but the span it stands for."""
        state = self.state.without(place) if Present() in self.state.on(place) else self.state
        return [pair for pair in _written(state) if pair[0] not in ("page", "facet")]

    def _to(self, state: State) -> str:
        return _address("browse", _written(state))

    @property
    def by_label(self) -> Place:
        """Return the column of the things themselves."""
        return BY_LABEL

    @property
    def canonical(self) -> str:
        """Return the address of this very page."""
        return self._to(self.state)

    def is_shown(self, lane: Lane, columns: Iterable[Lane]) -> bool:
        """Tell whether a column is in the table."""
        return any(lane.id == one.id for one in columns)
