"""Browsing over HTTP: facets and a table at /browse, a comparison of things at /compare.

The address has the whole state; links and forms change it. See
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
from graphsvc.views.collection.cells import GridRow
from graphsvc.views.collection.compare import HIGHLIGHTS, Matrix, compare
from graphsvc.views.collection.listing import SORTED_THINGS, count
from graphsvc.views.collection.state import WITHOUT_CLASS, Is, State
from graphsvc.views.collection.table import MOST_COLUMNS
from graphsvc.views.layout import PropertyRef
from graphsvc.web import problems
from graphsvc.web.addresses import (
    LAYOUTS,
    Comparison,
    Links,
    Pairs,
    address,
    canonical,
    state_parameters,
)
from graphsvc.web.cells import TableCells
from graphsvc.web.exports import OFFERED, Sheet, export, export_format
from graphsvc.web.interface import NUMBER, Operation, Parameter, for_programs
from graphsvc.web.languages import labels, translate
from graphsvc.web.negotiation import negotiate
from graphsvc.web.offers import formats_for_graph
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
"""The most things of an export; for more, the endpoint answers SPARQL."""

#: The language of exports: everybody gets the same file.
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
    """Show or export the matching things; redirect a form for a span to its address."""
    pairs, fmt = _parameters_and_format(name)
    if any(field in _SPAN_FIELDS for field, _ in pairs):
        return _to_span(pairs)
    state = read_state(pairs, site().release.prefixes)
    response = release_answer(fmt, ("browse", state), lambda: _listed(state, fmt))
    response.headers["Content-Location"] = address(f"browse.{fmt.suffix}", state_parameters(state))
    return response


def _listed(state: State, fmt: Format) -> str | bytes:
    """Return a list; the page of all things is cached, since it counts every property."""
    if fmt.name == "html" and state == State():
        return cached_page(("browse",), lambda: str(_browse(state, fmt)))
    return _browse(state, fmt)


@browsing.get("/things")
def things() -> BaseResponse:
    """Redirect to the list of the things of a class, or with a value of a property."""
    prefixes = site().release.prefixes
    if "value" not in request.args:
        raise ParameterError("The parameter value is missing.", remedy="Give it an IRI.")
    value = read_iri(request.args["value"], prefixes)
    prop = read_iri(request.args.get("property", RDF.type.value), prefixes)
    if prop == RDF.type:
        state = State(classes=(value,))
    else:
        state = State().toggle(PropertyRef(prop), _is(value))
    page = [("page", request.args["page"])] if "page" in request.args else []
    return redirect(address("browse", state_parameters(state) + page), 301)


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
    """Show or export things side by side."""
    pairs, fmt = _parameters_and_format(name)
    compared = _comparison_of(pairs)
    response = release_answer(fmt, ("compare", compared), lambda: _compare(compared, fmt))
    place = address(f"compare.{fmt.suffix}", compared.parameters())
    response.headers["Content-Location"] = place
    return response


def _parameters_and_format(name: str | None) -> tuple[Pairs, Format]:
    """Return the parameters that are not empty, without the format, and the format."""
    pairs = [(name, value) for name, value in request.args.items(multi=True) if value]
    names = [name] if name is not None else []
    names += [value for key, value in pairs if key == "format"]
    if len(set(names)) > 1:
        raise ParameterError("Two formats are asked for.", remedy="Ask for one.")
    pairs = [(key, value) for key, value in pairs if key != "format"]
    if names:
        fmt = export_format(names[0])
        request.environ["graphsvc.format"] = fmt if fmt.name == "html" or fmt.engine else None
        return pairs, fmt
    problems.ask_for_rdf_errors()
    return pairs, negotiate(request.headers.get("Accept"), OFFERED)


def _browse(state: State, fmt: Format) -> bytes | str:
    served = site()
    _refuse_unknown_classes(state)
    if fmt.name != "html":
        return export(_sheet(state), fmt, served)
    listing = collection(served.graph, state, labels())
    if state.page > listing.table.pages:
        raise UnknownEntity(address("browse", state_parameters(state)))
    title = translate(_title(state, labels()))
    return render_template(
        "browse.html",
        state=state,
        collection=listing,
        table=listing.table,
        links=Links(state, listing.table.sort),
        cells=_cells(),
        title=title,
        heading=_capitalize(title),
        is_nameless=not state.conditions and any(map(served.graph.terms.members, state.classes)),
        most_sorted=SORTED_THINGS,
        without_class=WITHOUT_CLASS.conditions[0],
        most_columns=MOST_COLUMNS,
        exports=[(fmt, fmt.suffix) for fmt in formats_for_graph(OFFERED) if fmt.name != "html"],
        PAGE_SIZE=page_sizes.THINGS,
    )


def _cells() -> TableCells:
    return TableCells(Parts(site()))


def _refuse_unknown_classes(state: State) -> None:
    """Refuse classes that the graph does not have. Errors: UnknownEntity."""
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
    place = canonical("browse", state_parameters(replace(state, page=1)))
    title = _title(state, _LANGUAGE)
    return Sheet(title, place, table.total, table.columns, table.grid)


def _title(state: State, languages: str) -> str:
    terms = site().graph.terms
    names = [terms.named(cls, languages).label for cls in state.classes]
    if not names:
        return Phrase("Things")
    return reduce(lambda one, other: Phrase("%(one)s or %(other)s", one=one, other=other), names)


def _capitalize(words: str) -> str:
    """Return words with a capital at the beginning; an IRI is not changed."""
    return words if ":" in words.partition(" ")[0] else words[:1].upper() + words[1:]


def _compare(compared: Comparison, fmt: Format) -> bytes | str:
    served = site()
    languages = labels() if fmt.name == "html" else _LANGUAGE
    for iri in compared.iris:
        if not served.knows(iri.value):
            raise UnknownEntity(iri.value)
    matrix = compare(served.graph, compared.iris, compared.classes, languages)
    plain = Comparison(compared.iris, compared.classes)
    if fmt.name != "html":
        return export(_matrix_sheet(matrix, plain), fmt, served)
    return render_template(
        "compare.html",
        matrix=matrix,
        title=translate(_comparison_title(matrix, plain, languages)),
        compared=compared,
        others=[
            (words, replace(compared, highlight=name).address, name)
            for name, words in HIGHLIGHTS.items()
        ],
        less=_less(matrix, compared),
        cells=_cells(),
        exports=[
            (fmt.label, address(f"compare.{fmt.suffix}", plain.parameters()), fmt.media_type)
            for fmt in formats_for_graph(OFFERED)
            if fmt.name != "html"
        ],
    )


def _comparison_title(matrix: Matrix, compared: Comparison, languages: str) -> str:
    """Return the title of a comparison: the two things, or their number and class."""
    names = [shortened(thing.label, _LONGEST_NAME) for thing in matrix.things]
    if len(names) == _FEWEST:
        return Phrase("%(one)s and %(other)s, side by side", one=names[0], other=names[1])
    if compared.iris:
        return Phrase("%(count)s things side by side", count=len(names))
    name = _title(State(classes=compared.classes), languages)
    return Phrase("%(kind)s: all %(count)s side by side", kind=_capitalize(name), count=len(names))


def _matrix_sheet(matrix: Matrix, compared: Comparison) -> Sheet:
    rows = tuple(
        GridRow(thing, tuple(row.cells[number] for row in matrix.rows))
        for number, thing in enumerate(matrix.things)
    )
    return Sheet(
        title=_comparison_title(matrix, compared, _LANGUAGE),
        address=canonical("compare", compared.parameters()),
        total=len(matrix.things),
        columns=[row.column for row in matrix.rows],
        grid=replace(matrix.grid, rows=rows),
    )


def _less(matrix: Matrix, compared: Comparison) -> list[str | None]:
    """Return for each thing the address without it; None if only two are left."""
    iris = [thing.term for thing in matrix.things if isinstance(thing.term, NamedNode)]
    if len(iris) <= _FEWEST:
        return [None] * len(iris)
    return [
        replace(compared, iris=tuple(one for one in iris if one != iri), classes=()).address
        for iri in iris
    ]


_FEWEST = 2
_LONGEST_NAME = 48


def _comparison_of(pairs: Pairs) -> Comparison:
    prefixes = site().release.prefixes
    values: dict[str, list[str]] = {"iri": [], "class": [], "highlight": [], "things": []}
    for name, text in pairs:
        if name not in values:
            raise ParameterError(
                f"There is no parameter {name!r}.",
                remedy="There are iri, class, highlight, things and format.",
            )
        values[name].append(text)
    iris = [read_iri(text, prefixes) for text in values["iri"]]
    classes = [read_iri(text, prefixes) for text in values["class"]]
    highlight = "".join(values["highlight"][:1])
    if highlight not in HIGHLIGHTS or len(values["highlight"]) > 1:
        raise ParameterError(
            f"{highlight!r} cannot be highlighted.", remedy="Ask for differences or agreements."
        )
    layouts = values["things"] or [LAYOUTS[0]]
    if len(layouts) > 1 or layouts[0] not in LAYOUTS:
        raise ParameterError(
            f"Things cannot be {' and '.join(map(repr, layouts))}.",
            remedy="Ask for columns or rows.",
        )
    if not iris and not classes:
        raise ParameterError(
            "Nothing is named to compare.", remedy="Give things as iri=, or a class as class=."
        )
    return Comparison(
        tuple(dict.fromkeys(iris)), tuple(dict.fromkeys(classes)), highlight, layouts[0]
    )


def _to_span(pairs: Pairs) -> BaseResponse:
    """Redirect a form for a span to the address with the same state."""
    prefixes = site().release.prefixes
    fields = {name: text.strip() for name, text in pairs if name in _SPAN_FIELDS}
    rest = [(name, text) for name, text in pairs if name not in _SPAN_FIELDS]
    if "range" not in fields:
        raise ParameterError("The parameter range is missing.", remedy="Name the property.")
    (ref, _), *_others = read_state([(fields["range"], "any")], prefixes).conditions or [None]  # type: ignore[misc]
    low, high = fields.get("from", ""), fields.get("to", "")
    state = read_state(rest, prefixes)
    state = state.with_span(ref, read_span(low, high)) if low or high else state.without(ref)
    return redirect(address("browse", state_parameters(state)), 303)


def _is(value: NamedNode) -> Condition:
    return Is(value)
