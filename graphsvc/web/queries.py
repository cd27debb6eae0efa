"""The named queries: the gallery, and the page, the answer and the address of each query.

The file of a query has its name, parameters and description (`graphsvc.queries`); a new query needs
no change here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request, url_for
from pyoxigraph import NamedNode

from graphsvc import sparql
from graphsvc.formats import CONTENT_OF_FORM, Content, Format, carrying, named
from graphsvc.phrases import Phrase
from graphsvc.queries import BoundQuery, Query, query_named
from graphsvc.queries.binding import with_values
from graphsvc.queries.groups import BEHIND_PAGES, START, QueryGroup, grouped, in_order, related
from graphsvc.store.base import content_of
from graphsvc.views import page_sizes
from graphsvc.web import xlsx
from graphsvc.web.choices import choice, choices
from graphsvc.web.highlight import highlighted
from graphsvc.web.interface import Operation, Parameter, for_programs, for_programs_by
from graphsvc.web.languages import labels, speaks
from graphsvc.web.negotiation import negotiate
from graphsvc.web.problems import RequestProblem
from graphsvc.web.protocol import QueryRequest
from graphsvc.web.responses import release_answer
from graphsvc.web.results import turtle
from graphsvc.web.rows import AnswerCells, read_answer
from graphsvc.web.site import site

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graphsvc.queries import Param
    from graphsvc.store.base import Term
    from graphsvc.web.choices import ParameterChoice

queries = Blueprint("queries", __name__)

(_HTML,) = carrying(Content.PAGE)
_CODE_OR_VARIABLE = re.compile(r"`[^`]*`|\?([a-zA-Z_]\w*)")
_MOST_RELATED = 6

#: https://json-schema.org/draft/2020-12/json-schema-validation#section-7.3
_SCHEMAS: Mapping[str, Mapping[str, object]] = {
    **{name: {"type": "string"} for name in ("iri", "string", "year", "year-month")},
    "integer": {"type": "integer"},
    "decimal": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
}


@queries.get("/queries")
@for_programs(
    Operation(
        "queries",
        Phrase("List the named queries."),
        Phrase("Queries"),
        carrying(Content.PAGE),
        failures=(400,),
    )
)
def gallery() -> Response:
    """List the questions by group: all, or those with some words or a tag.

    The queries behind the pages are listed only under their tag.
    """
    words, tag = _one("q").strip(), _one("tag")

    def body() -> str:
        every = site().view_queries if tag == BEHIND_PAGES else site().queries
        matches = [query for query in every if _fits(query, words.casefold(), tag)]
        return render_template(
            "queries.html",
            total=len(every),
            behind_pages=BEHIND_PAGES,
            of_views=len(site().view_queries),
            groups=_groups(matches, tag),
            matches=matches,
            words=words,
            tag=tag,
        )

    return release_answer(_HTML, ("queries", words, tag), body)


@queries.get("/queries/<path:address>")
@for_programs_by(lambda served: map(_operation, served.queries))
def query(address: str) -> Response:
    """Answer a query, its parameters bound from the address: as a page, or as data."""
    named_query, fmt = _split(address.rstrip("/"))
    question = _question(named_query)
    if fmt is None:
        fmt = negotiate(request.headers.get("Accept"), formats_of(named_query))

    def body() -> bytes | str:
        return _body(question, fmt)

    if QueryRequest(named_query.text).changes:
        response = Response(body(), content_type=fmt.content_type)
        response.headers["Cache-Control"] = "no-store"
        response.vary.add("Accept")
        speaks(response, fmt)
    else:
        response = release_answer(fmt, question.key, body)
    if fmt.name == "xlsx":
        response.headers["Content-Disposition"] = f'attachment; filename="{named_query.name}.xlsx"'
    for other in formats_of(named_query):
        response.headers.add(
            "Link",
            f'<{_address(named_query, other)}>; rel="alternate"; type="{other.media_type}"',
        )
    return response


def _operation(query_file: Query) -> Operation:
    """Return what a query does for programs: it has an address of its own."""
    return Operation(
        "query-" + query_file.name,
        query_file.summary,
        Phrase("Queries"),
        formats_of(query_file),
        tuple(map(_parameter, query_file.params.values())),
        failures=(400, 503),
        fixed=(("address", query_file.name),),
    )


def _parameter(param: Param) -> Parameter:
    schema = {**_SCHEMAS[param.type], "default": _as_json(param)}
    return Parameter(param.name, param.about, example=_as_json(param), schema=tuple(schema.items()))


def _as_json(param: Param) -> object:
    """Return the example of a parameter as JSON has it."""
    if param.type == "integer":
        return int(param.example)
    if param.type == "decimal":
        return float(param.example)
    return param.example in ("true", "1") if param.type == "boolean" else param.example


@dataclass(frozen=True, slots=True)
class _BoundQuestion:
    """A query with the terms of its parameters; a view's query has them in its text."""

    query: Query
    terms: Mapping[str, tuple[Term, ...]]

    @property
    def _is_of_view(self) -> bool:
        return BEHIND_PAGES in self.query.tags

    @property
    def key(self) -> tuple[str, ...]:
        """Return the values on which the answer depends."""
        arguments = (f"{name}={term}" for name, terms in self.terms.items() for term in terms)
        return ("query", self.query.name, *arguments)

    @property
    def text(self) -> str:
        """Return the text for the store."""
        return BoundQuery(self.query, self.terms).text if self._is_of_view else self.query.text

    @property
    def bindings(self) -> Mapping[str, Term]:
        """Return the terms that the store has to bind."""
        return {} if self._is_of_view else {name: first for name, (first, *_) in self.terms.items()}

    @property
    def readable_text(self) -> str:
        """Return the text for people to read."""
        return self.text if self._is_of_view else self.query.body

    @property
    def self_contained_text(self) -> str:
        """Return a text with the values of the parameters."""
        return self.text if self._is_of_view else with_values(self.query.body, self.bindings)

    @property
    def iri(self) -> str | None:
        """Return the IRI of the query; queries of the program have none."""
        return None if self._is_of_view else f"{site().base}query/{self.query.name}"


def _question(named_query: Query) -> _BoundQuestion:
    """Return a query with the terms of the address; a view's parameter may have several."""
    prefixes = site().release.prefixes.in_queries
    if BEHIND_PAGES not in named_query.tags:
        arguments = {name: _one(name) for name in request.args}
        bindings = named_query.bindings(arguments, prefixes)
        return _BoundQuestion(named_query, {name: (term,) for name, term in bindings.items()})
    terms: dict[str, tuple[Term, ...]] = {
        name: (term,) for name, term in named_query.bindings({}, prefixes).items()
    }
    for name, texts in request.args.lists():
        terms_of_name = (named_query.bindings({name: text}, prefixes)[name] for text in texts)
        terms[name] = tuple(dict.fromkeys(terms_of_name))
    return _BoundQuestion(named_query, terms)


def formats_of(named_query: Query) -> tuple[Format, ...]:
    """Return the formats of the answer to a query, a page first."""
    content = CONTENT_OF_FORM.get(sparql.form(named_query.text) or "SELECT", Content.SOLUTIONS)
    workbooks = carrying(Content.TABLE) if content is Content.SOLUTIONS else ()
    return (_HTML, *carrying(content), *workbooks)


def _one(name: str) -> str:
    values = request.args.getlist(name)
    if len(values) > 1:
        raise RequestProblem(
            "bad-request", f"The parameter {name} is there twice.", remedy="Give it once."
        )
    return values[0] if values else ""


def _fits(query: Query, words: str, tag: str) -> bool:
    text = " ".join((query.name, query.summary, query.description, *query.tags)).casefold()
    return all(word in text for word in words.split()) and (not tag or tag in query.tags)


def _groups(matches: Sequence[Query], tag: str) -> Sequence[QueryGroup]:
    """Return the matching queries in groups; with a tag, in one group."""
    return [QueryGroup(tag, tuple(in_order(matches)))] if tag and matches else grouped(matches)


def _find_query(name: str) -> Query:
    of_view = (query for query in site().view_queries if query.name == name)
    return next(of_view, None) or query_named(site().queries, name)


def _split(address: str) -> tuple[Query, Format | None]:
    """Return the query of an address, and the format of its suffix, if it has one."""
    stem, _, suffix = address.rpartition(".")
    fmt = named(suffix)
    if not stem or fmt is None:
        return _find_query(address), None
    named_query = _find_query(stem)
    if fmt not in formats_of(named_query):
        raise RequestProblem(
            "not-found",
            f"The answer to {named_query.name} is not available as {suffix}.",
            remedy=f"Take one of {', '.join(each.name for each in formats_of(named_query))}.",
        )
    return named_query, fmt


def _body(question: _BoundQuestion, fmt: Format) -> bytes | str:
    if fmt.name == "html":
        return _page(question)
    if fmt.name == "xlsx":
        table = site().store.select(question.text, question.bindings)
        rows = ([_cell(term) for term in row] for row in table.rows)
        columns = [_readable(name) for name in table.variables]
        return xlsx.workbook(question.query.name, columns, rows)
    # The answer is made whole, so that errors occur before it is sent.
    formats = dict.fromkeys(Content, (fmt,))
    answer = site().store.answer(question.text, formats, bindings=question.bindings)
    return content_of(answer) or b""


def _cell(term: Term | None) -> xlsx.Cell:
    if isinstance(term, NamedNode) and term.value.startswith(site().base):
        return xlsx.CellLink(term.value, site().named_term(term, site().default_language).label)
    return xlsx.value(term)


def _readable(variable: str) -> str:
    """Return the name of a column in words: ``mechanismLabel`` gives "Mechanism label"."""
    words = "".join(f" {c.lower()}" if c.isupper() else c for c in variable).strip()
    return words[:1].upper() + words[1:]


def _in_words(description: str) -> str:
    """Return a description with the page's names of columns: “As of” for ``?asOf``.

    Code is not changed.
    """
    return _CODE_OR_VARIABLE.sub(
        lambda match: f"“{_readable(match[1])}”" if match[1] else match[0], description
    )


def _page(question: _BoundQuestion) -> str:
    named_query = question.query
    table = read_answer(site().store, question.text, bindings=question.bindings)
    rows = table.rows[: page_sizes.ROWS_OF_QUESTION]
    cells = AnswerCells(site(), rows, labels())
    return render_template(
        "query.html",
        query=named_query,
        description=_in_words(named_query.description),
        start=START,
        iri=question.iri,
        text=highlighted(question.readable_text, site().release.prefixes.in_queries, _own_address),
        at_the_workbench=question.self_contained_text,
        arguments={name: [*map(_as_text, terms)] for name, terms in question.terms.items()},
        options=_options(question),
        related=related(named_query, (*site().queries, *site().view_queries))[:_MOST_RELATED],
        chosen={name: [*map(choice, terms)] for name, terms in question.terms.items()},
        downloads=[
            (fmt, _address(named_query, fmt)) for fmt in formats_of(named_query) if fmt != _HTML
        ],
        answered=table,
        columns=[name if table.is_graph else _readable(name) for name in table.columns],
        rows=[cells.row(row) for row in rows],
        turtle=turtle(table),
    )


def _options(question: _BoundQuestion) -> Mapping[str, Sequence[ParameterChoice]]:
    """Return the choices for each parameter."""
    if question.iri is None:
        # For the query of a view, the choices would be the whole graph.
        return {}
    named_query = question.query
    return site().once(("options", named_query.name, labels()), lambda: choices(named_query))


def _as_text(term: Term) -> str:
    return str(getattr(term, "value", term))


def _own_address(iri: str) -> str | None:
    """Return the address of the page of a thing; None if the graph does not have it."""
    is_own = iri.startswith(site().base) and site().knows(iri)
    return site().local_href(iri) if is_own else None


def _address(named_query: Query, fmt: Format) -> str:
    path = url_for("queries.query", address=f"{named_query.name}.{fmt.name}")
    arguments = list(request.args.items(multi=True))
    return f"{path}?{urlencode(arguments)}" if arguments else path
