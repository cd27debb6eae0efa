"""Browsing over HTTP: facets and a table at /browse, things side by side at /compare.

The address is the state: whatever is chosen stands in it, and a link or a form changes it. See
`graphsvc.views.collection.address` for its grammar.
"""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from typing import TYPE_CHECKING

from flask import Blueprint, Response, redirect, render_template, request
from pyoxigraph import NamedNode

from graphsvc.errors import ParameterError, UnknownEntity
from graphsvc.namespaces import RDF
from graphsvc.phrases import Phrase
from graphsvc.views import page_sizes
from graphsvc.views.collection import collection, whole_table
from graphsvc.views.collection.address import (
    read_iri,
    read_span,
    read_state,
)
from graphsvc.views.collection.cells import Row
from graphsvc.views.collection.compare import HIGHLIGHTS, Matrix, compare
from graphsvc.views.collection.listing import SORTED_THINGS, count
from graphsvc.views.collection.state import WITHOUT_CLASS, Is, State
from graphsvc.views.collection.table import MOST_COLUMNS
from graphsvc.views.layout import PropertyRef
from graphsvc.web import problems
from graphsvc.web.addresses import (
    LAID,
    Compared,
    Links,
    Pairs,
    address,
    canonical,
    written,
)
from graphsvc.web.cells import Cells
from graphsvc.web.exports import OFFERED, Sheet, export, offered
from graphsvc.web.interface import NUMBER, Operation, Parameter, for_programs
from graphsvc.web.languages import labels, said
from graphsvc.web.negotiation import negotiate
from graphsvc.web.offers import held
from graphsvc.web.page_cache import cached_page
from graphsvc.web.parts import Parts, shortened
from graphsvc.web.responses import release_answer
from graphsvc.web.site import site

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as BaseResponse

    from graphsvc.formats import Format
    from graphsvc.views.collection.state import Condition
    from graphsvc.web.addresses import Pairs

browsing = Blueprint("browse", __name__)

MOST_EXPORTED = 5_000
"""How many things one file holds at most: whoever wants more asks in SPARQL."""

#: The languages of what is exported: the same file for everybody.
_LANGUAGE = "en"
_SPAN_FIELDS = ("range", "from", "to")


@browsing.get("/browse")
@browsing.get("/browse.<name>")
@for_programs(
    Operation(
        "browse",
        Phrase("Find things by what is said of them; any property is a parameter."),
        Phrase("Pages"),
        OFFERED,
        (
            Parameter("class", Phrase("The class of the things, as an IRI or a prefixed name")),
            NUMBER,
        ),
        failures=(400, 404),
    )
)
def browse_page(name: str | None = None) -> BaseResponse:
    """Show the things that fit, or export them; a form for a span is sent on to its address."""
    pairs, fmt = _asked(name)
    if any(field in _SPAN_FIELDS for field, _ in pairs):
        return _to_span(pairs)
    state = read_state(pairs, site().release.prefixes)
    response = release_answer(fmt, ("browse", state), lambda: _listed(state, fmt))
    response.headers["Content-Location"] = address(f"browse.{fmt.suffix}", written(state))
    return response


def _listed(state: State, fmt: Format) -> str | bytes:
    """Return a list; the page of all things is made once, for it counts every property."""
    if fmt.name == "html" and state == State():
        return cached_page(("browse",), lambda: str(_browse(state, fmt)))
    return _browse(state, fmt)


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
        state = State().toggled(PropertyRef(prop), _is(value))
    page = [("page", request.args["page"])] if "page" in request.args else []
    return redirect(address("browse", written(state) + page), 301)


@browsing.get("/compare")
@browsing.get("/compare.<name>")
@for_programs(
    Operation(
        "compare",
        Phrase("Compare things side by side."),
        Phrase("Pages"),
        OFFERED,
        (
            Parameter("iri", Phrase("The IRI of one of them; it may come several times")),
            Parameter("class", Phrase("The class whose instances are compared")),
            Parameter("things", Phrase("How the page lays them out: as columns or rows")),
        ),
        failures=(400, 404),
    )
)
def compare_page(name: str | None = None) -> Response:
    """Show things side by side, or export them so."""
    pairs, fmt = _asked(name)
    compared = _compared(pairs)
    response = release_answer(fmt, ("compare", compared), lambda: _compare(compared, fmt))
    place = address(f"compare.{fmt.suffix}", compared.written())
    response.headers["Content-Location"] = place
    return response


def _asked(name: str | None) -> tuple[Pairs, Format]:
    """Return the parameters but for the format and those left empty, and the format."""
    pairs = [(name, value) for name, value in request.args.items(multi=True) if value]
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
    shown = collection(served.graph, state, labels())
    if state.page > shown.table.pages:
        raise UnknownEntity(address("browse", written(state)))
    title = said(_title(state, labels()))
    return render_template(
        "browse.html",
        state=state,
        collection=shown,
        table=shown.table,
        links=Links(state, shown.table.sort),
        cells=_cells(),
        title=title,
        heading=_capitalized(title),
        is_nameless=not state.conditions and any(map(served.graph.terms.members, state.classes)),
        most_sorted=SORTED_THINGS,
        without_class=WITHOUT_CLASS.conditions[0],
        most_columns=MOST_COLUMNS,
        exports=[(fmt, fmt.suffix) for fmt in held(OFFERED) if fmt.name != "html"],
        PAGE_SIZE=page_sizes.THINGS,
    )


def _cells() -> Cells:
    return Cells(Parts(site()))


def _must_be_known(state: State) -> None:
    """Tell a class that is nothing from one that is empty with these conditions."""
    for cls in state.classes:
        if not site().knows(cls.value):
            raise UnknownEntity(cls.value)


def _sheet(state: State) -> Sheet:
    graph = site().graph
    total = count(graph, state)
    if total > MOST_EXPORTED:
        raise ParameterError(
            f"{total} things are more than one file holds.",
            remedy=f"Narrow them down to {MOST_EXPORTED}, or ask the endpoint /sparql.",
        )
    table = whole_table(graph, state, _LANGUAGE, MOST_EXPORTED)
    place = canonical("browse", written(replace(state, page=1)))
    title = _title(state, _LANGUAGE)
    return Sheet(title, place, table.total, table.columns, table.grid)


def _title(state: State, languages: str) -> str:
    terms = site().graph.terms
    names = [terms.called(cls, languages).label for cls in state.classes]
    if not names:
        return Phrase("Things")
    return reduce(lambda one, other: Phrase("%(one)s or %(other)s", one=one, other=other), names)


def _capitalized(words: str) -> str:
    """Return words as a heading begins with them; an IRI keeps its letters."""
    return words if ":" in words.partition(" ")[0] else words[:1].upper() + words[1:]


def _compare(compared: Compared, fmt: Format) -> bytes | str:
    served = site()
    languages = labels() if fmt.name == "html" else _LANGUAGE
    for iri in compared.iris:
        if not served.knows(iri.value):
            raise UnknownEntity(iri.value)
    matrix = compare(served.graph, compared.iris, compared.classes, languages)
    plain = Compared(compared.iris, compared.classes)
    if fmt.name != "html":
        return export(_matrix_sheet(matrix, plain), fmt, served)
    return render_template(
        "compare.html",
        matrix=matrix,
        title=said(_compared_title(matrix, plain, languages)),
        compared=compared,
        others=[
            (words, replace(compared, highlight=name).address, name)
            for name, words in HIGHLIGHTS.items()
        ],
        less=_less(matrix, compared),
        cells=_cells(),
        exports=[
            (fmt.label, address(f"compare.{fmt.suffix}", plain.written()), fmt.media_type)
            for fmt in held(OFFERED)
            if fmt.name != "html"
        ],
    )


def _compared_title(matrix: Matrix, compared: Compared, languages: str) -> str:
    """Return what is compared: the two things, or how many, and of which class."""
    names = [shortened(thing.label, _LONGEST_NAME) for thing in matrix.things]
    if len(names) == _FEWEST:
        return Phrase("%(one)s and %(other)s, side by side", one=names[0], other=names[1])
    if compared.iris:
        return Phrase("%(count)s things side by side", count=len(names))
    name = _title(State(classes=compared.classes), languages)
    return Phrase("%(kind)s: all %(count)s side by side", kind=_capitalized(name), count=len(names))


def _matrix_sheet(matrix: Matrix, compared: Compared) -> Sheet:
    lines = matrix.lines
    rows = tuple(
        Row(thing, tuple(line.cells[number] for line in lines))
        for number, thing in enumerate(matrix.things)
    )
    return Sheet(
        title=_compared_title(matrix, compared, _LANGUAGE),
        address=canonical("compare", compared.written()),
        total=len(matrix.things),
        columns=[line.column for line in lines],
        grid=replace(matrix.grid, rows=rows),
    )


def _less(matrix: Matrix, compared: Compared) -> list[str | None]:
    """Return the address without each thing, as long as two are left."""
    iris = [thing.term for thing in matrix.things if isinstance(thing.term, NamedNode)]
    if len(iris) <= _FEWEST:
        return [None] * len(iris)
    return [
        replace(compared, iris=tuple(one for one in iris if one != iri), classes=()).address
        for iri in iris
    ]


_FEWEST = 2
_LONGEST_NAME = 48


def _compared(pairs: Pairs) -> Compared:
    prefixes = site().release.prefixes
    given: dict[str, list[str]] = {"iri": [], "class": [], "highlight": [], "things": []}
    for name, text in pairs:
        if name not in given:
            raise ParameterError(
                f"There is no parameter {name!r}.",
                remedy="There are iri, class, highlight, things and format.",
            )
        given[name].append(text)
    iris = [read_iri(text, prefixes) for text in given["iri"]]
    classes = [read_iri(text, prefixes) for text in given["class"]]
    highlight = "".join(given["highlight"][:1])
    if highlight not in HIGHLIGHTS or len(given["highlight"]) > 1:
        raise ParameterError(
            f"{highlight!r} cannot be highlighted.", remedy="Ask for differences or agreements."
        )
    laid = given["things"] or [LAID[0]]
    if len(laid) > 1 or laid[0] not in LAID:
        raise ParameterError(
            f"Things cannot be {' and '.join(map(repr, laid))}.", remedy="Ask for columns or rows."
        )
    if not iris and not classes:
        raise ParameterError(
            "Nothing is named to compare.", remedy="Give things as iri=, or a class as class=."
        )
    return Compared(tuple(dict.fromkeys(iris)), tuple(dict.fromkeys(classes)), highlight, laid[0])


def _to_span(pairs: Pairs) -> BaseResponse:
    """Send a form for a span on to the address that says the same."""
    prefixes = site().release.prefixes
    fields = {name: text.strip() for name, text in pairs if name in _SPAN_FIELDS}
    rest = [(name, text) for name, text in pairs if name not in _SPAN_FIELDS]
    if "range" not in fields:
        raise ParameterError("The parameter range is missing.", remedy="Name the property.")
    (ref, _), *_others = read_state([(fields["range"], "any")], prefixes).conditions or [None]  # type: ignore[misc]
    low, high = fields.get("from", ""), fields.get("to", "")
    state = read_state(rest, prefixes)
    state = state.with_span(ref, read_span(low, high)) if low or high else state.without(ref)
    return redirect(address("browse", written(state)), 303)


def _is(value: NamedNode) -> Condition:
    return Is(value)
