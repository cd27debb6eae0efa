"""Reads a request to the endpoint: the query side of the SPARQL 1.1 Protocol, without HTTP.

Sections 2.1.1 to 2.1.4 of https://www.w3.org/TR/sparql11-protocol/#query-operation. This module
reads requests of any server; it does not answer them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote_from_bytes

from graphsvc import sparql
from graphsvc.datatypes import is_absolute_iri
from graphsvc.errors import NotAcceptable
from graphsvc.formats import CONTENT_OF_FORM, Content, Format, carrying
from graphsvc.store.base import GraphSelection
from graphsvc.web.negotiation import negotiate
from graphsvc.web.problems import RequestProblem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PATH = "/sparql"
"""The path of the endpoint, under the mount point."""

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"

VERSIONS = ("1.1", "1.2-basic", "1.2")
"""The versions of SPARQL that a request may announce, each a part of the next."""

LONGEST_ADDRESS = 16_384
"""The most bytes of an address; a longer query can be sent in the body of a POST."""

LARGEST_BODY = 1_048_576
"""The most bytes of a body: a query of a megabyte is a mistake."""

# Functions whose values differ at each call; answers with them are not cached.
_CHANGING = frozenset({"NOW", "RAND", "UUID", "STRUUID", "BNODE"})
_MAY_CHANGE = frozenset(("NOW", "RAND", "UUID", "BNODE"))


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters of a request: those of its address, and those of a form in its body."""

    values: Mapping[str, Sequence[str]]

    def all(self, name: str) -> Sequence[str]:
        """Return the values of a parameter, in order."""
        return self.values.get(name, ())


@dataclass(frozen=True, slots=True)
class Body:
    """The body of a POST: its media type in lower case, the type's parameters, and its bytes."""

    media_type: str = ""
    data: bytes = b""
    parameters: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, content_type: str, data: bytes) -> Body:
        """Return a body with the media type of a Content-Type field."""
        media_type, *more = content_type.split(";")
        pairs = (each.partition("=") for each in more)
        parameters = {name.strip().lower(): value.strip(' \t"') for name, _, value in pairs}
        return cls(media_type.strip().lower(), data, parameters)


@dataclass(frozen=True, slots=True)
class QueryRequest:
    """A request for a query: the query, its dataset, and the name of the format, if it has one."""

    query: str
    graphs: GraphSelection = field(default_factory=GraphSelection)
    format_name: str | None = None

    @property
    def key(self) -> tuple[str, ...]:
        """Return the values on which the answer depends, besides the release and the format."""
        return (self.query, *self.graphs.default_graphs, "|", *self.graphs.named_graphs)

    @property
    def changes(self) -> bool:
        """Tell whether the query uses a function whose value differs at each call."""
        return sparql.mentions(self.query, _MAY_CHANGE) and any(
            token.text.upper() in _CHANGING for token in sparql.code(self.query)
        )

    @property
    def form(self) -> str | None:
        """Return SELECT, ASK, CONSTRUCT or DESCRIBE; None if it is no query."""
        return sparql.form(self.query)

    def format(self, accept: str | None) -> Format:
        """Return the format of the answer: by ``format=``, or by negotiation."""
        return choose_format(self.format_name, accept, answer_formats(self.form))


def read_parameters(query_string: bytes, body: Body | None) -> Parameters:
    """Read the parameters of a request, those in the address first.

    Errors: RequestProblem if they are not UTF-8.
    """
    values = _decode_pairs(query_string)
    if body is not None and body.media_type == FORM:
        for name, more in _decode_pairs(body.data).items():
            values[name] = [*values.get(name, ()), *more]
    return Parameters(values)


def _decode_pairs(pairs: bytes) -> dict[str, list[str]]:
    # Some clients do not percent-encode all bytes.
    try:
        values = parse_qs(pairs.decode("utf-8"), keep_blank_values=True, errors="strict")
    except UnicodeDecodeError as error:
        raise RequestProblem(
            "bad-request",
            "The parameters are not UTF-8.",
            remedy="Percent-encode their UTF-8 bytes.",
        ) from error
    return {name: _without_empty(name, each) for name, each in values.items()}


def _without_empty(name: str, values: list[str]) -> list[str]:
    """Return the values that are not empty: forms also send empty fields.

    An empty query is kept, since it is a mistake that is reported.
    """
    return values if name == "query" else [value for value in values if value]


def in_ascii(query_string: bytes) -> bytes:
    """Return an address's query in ASCII: some clients do not encode other bytes."""
    if query_string.isascii():
        return query_string
    return quote_from_bytes(query_string, safe=bytes(range(33, 127))).encode("ascii")


def decode_form_value(value: bytes) -> str:
    """Return a value of a form as text.

    Python's own escape for two hexadecimal digits is decoded in C, four times as fast as
    `urllib.parse` decodes percent signs. Errors: UnicodeDecodeError if a percent sign is followed
    by something else, or if the bytes are not UTF-8.
    https://url.spec.whatwg.org/#urlencoded-parsing
    """
    escaped = value.replace(b"\\", rb"\\").replace(b"%", rb"\x").replace(b"+", b" ")
    return escaped.decode("unicode_escape").encode("latin-1").decode("utf-8")


def asks_nothing(parameters: Parameters) -> bool:
    """Tell whether a GET has no query, and so is about the endpoint itself."""
    return not parameters.all("query") and not parameters.all("update")


def asks_why_empty(parameters: Parameters) -> bool:
    """Tell whether a request asks for the explanation of an empty answer: ``explain=empty``."""
    values = parameters.all("explain")
    if values and set(values) != {"empty"}:
        raise RequestProblem(
            "bad-request",
            f"explain={values[0]} is not known.",
            remedy="Ask explain=empty for the reason of an empty answer.",
        )
    return bool(values)


def read(parameters: Parameters, body: Body | None) -> QueryRequest:
    """Return the query of a request. Errors: RequestProblem if it has not exactly one."""
    if parameters.all("update"):
        raise _no_updates()
    queries = list(parameters.all("query"))
    if body is not None and body.media_type != FORM:
        queries.append(_direct(body))
    if len(queries) != 1 or not queries[0].strip():
        raise RequestProblem(
            "bad-request",
            f"The request holds {len(queries)} queries."
            if len(queries) != 1
            else "The query is empty.",
            remedy="Send exactly one query.",
        )
    _check_versions(parameters, body)
    return QueryRequest(queries[0], _graphs(parameters), format_name(parameters))


def format_name(parameters: Parameters) -> str | None:
    """Return the name of a format in ``format=``, or in ``output=`` as for Fuseki.

    In a form a plus means a space. No media type has a space, so a space was a plus.
    """
    names = [*parameters.all("format"), *parameters.all("output")]
    return names[0].strip().replace(" ", "+") if names else None


def choose_format(name: str | None, accept: str | None, offered: Sequence[Format]) -> Format:
    """Return the format with a name or media type from ``format=``, or by negotiation."""
    if name is None:
        return _negotiate(accept, tuple(offered))
    fmt = next((fmt for fmt in offered if name.casefold() in _names(fmt)), None)
    if fmt is None:
        raise NotAcceptable(offered)
    return fmt


# Clients send few different headers, and negotiation is slow, so results are cached.
@lru_cache(maxsize=512)
def _negotiate(accept: str | None, offered: tuple[Format, ...]) -> Format:
    return negotiate(accept, offered)


@lru_cache(maxsize=8)
def answer_formats(form: str | None) -> tuple[Format, ...]:
    """Return the formats of the answer to a query of a form.

    A page is last, for clients that name it.
    """
    content = CONTENT_OF_FORM.get(form or "SELECT", Content.SOLUTIONS)
    return (*carrying(content), *carrying(Content.PAGE))


def _direct(body: Body) -> str:
    """Return the query in the body of a request. Errors: RequestProblem for another media type."""
    if body.media_type == UPDATE:
        raise _no_updates()
    if body.media_type != QUERY:
        raise RequestProblem(
            "unsupported-media-type",
            f"A body of the kind {body.media_type or '(none)'} cannot be read as a query.",
            remedy=f"Send the query as {QUERY}, or in the field 'query' of a form ({FORM}).",
            Accept_Post=f"{QUERY}, {FORM}",
        )
    if body.parameters.get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
        raise RequestProblem(
            "unsupported-media-type",
            f"A query in {body.parameters['charset']} cannot be read.",
            remedy="Send the query in UTF-8; SPARQL knows no other charset.",
            Accept_Post=f"{QUERY}, {FORM}",
        )
    try:
        return body.data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RequestProblem(
            "bad-request",
            f"The query is not UTF-8: byte {error.start} cannot be read.",
            remedy="Send the query in UTF-8.",
        ) from error


def _check_versions(parameters: Parameters, body: Body | None) -> None:
    """Refuse a query that announces an unknown version of SPARQL.

    The parameter, also of the body's media type, belongs to the SPARQL 1.2 Protocol. Each known
    version is a part of the newest one, so a known version has no effect.
    https://www.w3.org/TR/sparql12-protocol/#version-announcement
    """
    versions = list(parameters.all("version"))
    if body is not None and body.media_type == QUERY and "version" in body.parameters:
        versions.append(body.parameters["version"])
    if len(versions) > 1:
        raise RequestProblem(
            "bad-request", "The request announces its version twice.", remedy="Announce it once."
        )
    for version in versions:
        if version not in VERSIONS:
            raise RequestProblem(
                "bad-request",
                f"{version!r} is no version of SPARQL that is known here.",
                remedy=f"Leave it out, or announce one of {', '.join(VERSIONS)}.",
            )


def _no_updates() -> RequestProblem:
    return RequestProblem(
        "forbidden-operation",
        "The graph cannot be changed over HTTP.",
        remedy="Change the project's files and build them again.",
    )


def _graphs(parameters: Parameters) -> GraphSelection:
    default, named_graphs = parameters.all("default-graph-uri"), parameters.all("named-graph-uri")
    for iri in (*default, *named_graphs):
        if not is_absolute_iri(iri):
            raise RequestProblem(
                "bad-request", f"{iri!r} is not the IRI of a graph.", remedy="Give its whole IRI."
            )
    return GraphSelection(tuple(default), tuple(named_graphs))


@lru_cache(maxsize=64)
def _names(fmt: Format) -> frozenset[str]:
    """Return the names of a format in ``format=``: turtle, rdf+xml, or xml for a graph."""
    media_types = {fmt.media_type, *fmt.aliases}
    subtypes = {media_type.partition("/")[2] for media_type in media_types}
    suffixes = {subtype.rpartition("+")[2] for subtype in subtypes}
    return frozenset({fmt.name, fmt.label.casefold()} | media_types | subtypes | suffixes)
