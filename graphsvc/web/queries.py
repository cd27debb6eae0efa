"""The named queries: the gallery, and each with its form, its answer and its address for programs.

What a query is called, takes and answers stands in its file (`graphsvc.queries`); a new file needs
no line here.
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
from graphsvc.queries import BoundQuery, Query
from graphsvc.queries import named as query_named
from graphsvc.queries.binding import with_values
from graphsvc.queries.groups import BEHIND_PAGES, START, Group, grouped, in_order, related
from graphsvc.store.base import content_of
from graphsvc.views import page_sizes
from graphsvc.web import xlsx
from graphsvc.web.choices import choice, choices
from graphsvc.web.highlight import highlighted
from graphsvc.web.interface import Operation, Parameter, for_programs, for_programs_by
from graphsvc.web.languages import labels, speaks
from graphsvc.web.negotiation import negotiate
from graphsvc.web.problems import RequestProblem
from graphsvc.web.protocol import Asked
from graphsvc.web.responses import release_answer
from graphsvc.web.results import turtle
from graphsvc.web.rows import Cells, read_answer
from graphsvc.web.site import site

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graphsvc.queries import Param
    from graphsvc.store.base import Term
    from graphsvc.web.choices import Choice

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
    """List the questions by what people want to know: all, or those that words or a tag pick.

    The queries behind the pages are listed where their tag is asked for.
    """
    words, tag = _one("q").strip(), _one("tag")

    def body() -> str:
        every = site().view_queries if tag == BEHIND_PAGES else site().queries
        found = [query for query in every if _fits(query, words.casefold(), tag)]
        return render_template(
            "queries.html",
            total=len(every),
            behind_pages=BEHIND_PAGES,
            of_views=len(site().view_queries),
            groups=_groups(found, tag),
            found=found,
            words=words,
            tag=tag,
        )

    return release_answer(_HTML, ("queries", words, tag), body)


@queries.get("/queries/<path:address>")
@for_programs_by(lambda served: map(_operation, served.queries))
def query(address: str) -> Response:
    """Answer a query, its parameters bound from the address: as a page, or as data."""
    asked, fmt = _split(address.rstrip("/"))
    question = _question(asked)
    if fmt is None:
        fmt = negotiate(request.headers.get("Accept"), formats_of(asked))

    def body() -> bytes | str:
        return _body(question, fmt)

    if Asked(asked.text).changes:
        response = Response(body(), content_type=fmt.content_type)
        response.headers["Cache-Control"] = "no-store"
        response.vary.add("Accept")
        speaks(response, fmt)
    else:
        response = release_answer(fmt, question.key, body)
    if fmt.name == "xlsx":
        response.headers["Content-Disposition"] = f'attachment; filename="{asked.name}.xlsx"'
    for other in formats_of(asked):
        response.headers.add(
            "Link",
            f'<{_address(asked, other)}>; rel="alternate"; type="{other.media_type}"',
        )
    return response


def _operation(asked: Query) -> Operation:
    """Return what a query does for programs: it has an address of its own."""
    return Operation(
        "query-" + asked.name,
        asked.summary,
        Phrase("Queries"),
        formats_of(asked),
        tuple(map(_parameter, asked.params.values())),
        failures=(400, 503),
        fixed=(("address", asked.name),),
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
class _Question:
    """A query with the terms of its parameters; one of a view has them in its text."""

    query: Query
    terms: Mapping[str, tuple[Term, ...]]

    @property
    def _is_of_view(self) -> bool:
        return BEHIND_PAGES in self.query.tags

    @property
    def key(self) -> tuple[str, ...]:
        """Return what decides the answer."""
        said = (f"{name}={term}" for name, terms in self.terms.items() for term in terms)
        return ("query", self.query.name, *said)

    @property
    def text(self) -> str:
        """Return the text that the store is asked."""
        return BoundQuery(self.query, self.terms).text if self._is_of_view else self.query.text

    @property
    def bindings(self) -> Mapping[str, Term]:
        """Return the terms that the store is to bind."""
        return {} if self._is_of_view else {name: first for name, (first, *_) in self.terms.items()}

    @property
    def shown(self) -> str:
        """Return the text for people to read."""
        return self.text if self._is_of_view else self.query.body

    @property
    def whole(self) -> str:
        """Return a text that says itself what the parameters are."""
        return self.text if self._is_of_view else with_values(self.query.body, self.bindings)

    @property
    def iri(self) -> str | None:
        """Return the IRI of the query: those of the program have none in the graph."""
        return None if self._is_of_view else f"{site().base}query/{self.query.name}"


def _question(asked: Query) -> _Question:
    """Return a query with the terms that the address names; views take several for a parameter."""
    prefixes = site().release.prefixes.in_queries
    if BEHIND_PAGES not in asked.tags:
        arguments = {name: _one(name) for name in request.args}
        bindings = asked.bindings(arguments, prefixes)
        return _Question(asked, {name: (term,) for name, term in bindings.items()})
    terms: dict[str, tuple[Term, ...]] = {
        name: (term,) for name, term in asked.bindings({}, prefixes).items()
    }
    for name, texts in request.args.lists():
        found = (asked.bindings({name: text}, prefixes)[name] for text in texts)
        terms[name] = tuple(dict.fromkeys(found))
    return _Question(asked, terms)


def formats_of(asked: Query) -> tuple[Format, ...]:
    """Return what the answer to a query can be had in, a page first."""
    content = CONTENT_OF_FORM.get(sparql.form(asked.text) or "SELECT", Content.SOLUTIONS)
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
    said = " ".join((query.name, query.summary, query.description, *query.tags)).casefold()
    return all(word in said for word in words.split()) and (not tag or tag in query.tags)


def _groups(found: Sequence[Query], tag: str) -> Sequence[Group]:
    """Return the queries that were picked out: under the tag that was asked for, if one was."""
    return [Group(tag, tuple(in_order(found)))] if tag and found else grouped(found)


def _named(name: str) -> Query:
    of_view = (query for query in site().view_queries if query.name == name)
    return next(of_view, None) or query_named(site().queries, name)


def _split(address: str) -> tuple[Query, Format | None]:
    """Return the query that an address names, and the format after a dot, if there is one."""
    stem, _, suffix = address.rpartition(".")
    fmt = named(suffix)
    if not stem or fmt is None:
        return _named(address), None
    asked = _named(stem)
    if fmt not in formats_of(asked):
        raise RequestProblem(
            "not-found",
            f"The answer to {asked.name} cannot be had as {suffix}.",
            remedy=f"Take one of {', '.join(each.name for each in formats_of(asked))}.",
        )
    return asked, fmt


def _body(question: _Question, fmt: Format) -> bytes | str:
    if fmt.name == "html":
        return _page(question)
    if fmt.name == "xlsx":
        table = site().store.select(question.text, question.bindings)
        rows = ([_cell(term) for term in row] for row in table.rows)
        columns = [_readable(name) for name in table.variables]
        return xlsx.workbook(question.query.name, columns, rows)
    # As a whole: whatever fails, fails before the answer begins.
    formats = dict.fromkeys(Content, (fmt,))
    answer = site().store.answer(question.text, formats, bindings=question.bindings)
    return content_of(answer) or b""


def _cell(term: Term | None) -> xlsx.Cell:
    if isinstance(term, NamedNode) and term.value.startswith(site().base):
        return xlsx.Link(term.value, site().called(term, site().default_language).label)
    return xlsx.value(term)


def _readable(variable: str) -> str:
    """Return the name of a column in words: ``mechanismLabel`` gives "Mechanism label"."""
    words = "".join(f" {c.lower()}" if c.isupper() else c for c in variable).strip()
    return words[:1].upper() + words[1:]


def _in_words(description: str) -> str:
    """Return a description that names columns as the page does: for ``?asOf``, “As of”.

    What is code stays as it is.
    """
    return _CODE_OR_VARIABLE.sub(
        lambda found: f"“{_readable(found[1])}”" if found[1] else found[0], description
    )


def _page(question: _Question) -> str:
    asked = question.query
    answered = read_answer(site().store, question.text, bindings=question.bindings)
    rows = answered.rows[: page_sizes.ROWS_OF_QUESTION]
    cells = Cells(site(), rows, labels())
    return render_template(
        "query.html",
        query=asked,
        description=_in_words(asked.description),
        start=START,
        iri=question.iri,
        text=highlighted(question.shown, site().release.prefixes.in_queries, _own_address),
        at_the_workbench=question.whole,
        arguments={name: [*map(_given, terms)] for name, terms in question.terms.items()},
        options=_options(question),
        related=related(asked, (*site().queries, *site().view_queries))[:_MOST_RELATED],
        chosen={name: [*map(choice, terms)] for name, terms in question.terms.items()},
        downloads=[(fmt, _address(asked, fmt)) for fmt in formats_of(asked) if fmt != _HTML],
        answered=answered,
        columns=[name if answered.is_graph else _readable(name) for name in answered.columns],
        rows=[cells.row(row) for row in rows],
        turtle=turtle(answered),
    )


def _options(question: _Question) -> Mapping[str, Sequence[Choice]]:
    """Return what fits each parameter, of which a reader may choose."""
    if question.iri is None:
        # What fits the query of a view is all of the graph.
        return {}
    asked = question.query
    return site().once(("options", asked.name, labels()), lambda: choices(asked))


def _given(term: Term) -> str:
    return str(getattr(term, "value", term))


def _own_address(iri: str) -> str | None:
    """Return where the page of a thing of the graph is; a query may name what the graph has not."""
    is_own = iri.startswith(site().base) and site().knows(iri)
    return site().local_href(iri) if is_own else None


def _address(asked: Query, fmt: Format) -> str:
    path = url_for("queries.query", address=f"{asked.name}.{fmt.name}")
    arguments = list(request.args.items(multi=True))
    return f"{path}?{urlencode(arguments)}" if arguments else path
