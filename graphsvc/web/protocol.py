"""What a request to the endpoint asks: the query side of the SPARQL 1.1 Protocol, without HTTP.

Sections 2.1.1 to 2.1.4 of https://www.w3.org/TR/sparql11-protocol/#query-operation. The request is
read here, for whichever server brought it, and nothing is answered.
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
"""Where the endpoint is, under the mount point."""

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"

VERSIONS = ("1.1", "1.2-basic", "1.2")
"""The versions of SPARQL that a request may announce, each a part of the next."""

LONGEST_ADDRESS = 16_384
"""How many bytes of an address are read; a longer query fits into the body of a POST."""

LARGEST_BODY = 1_048_576
"""How many bytes of a body are read: a query of a megabyte is an accident."""

# What makes two answers to one query on one release differ; such answers are not kept.
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
        """Return a body of the kind that the value of a Content-Type field says."""
        media_type, *more = content_type.split(";")
        pairs = (each.partition("=") for each in more)
        parameters = {name.strip().lower(): value.strip(' \t"') for name, _, value in pairs}
        return cls(media_type.strip().lower(), data, parameters)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks: the query, the dataset it is about, and the format by name, if any."""

    query: str
    graphs: GraphSelection = field(default_factory=GraphSelection)
    format_name: str | None = None

    @property
    def key(self) -> tuple[str, ...]:
        """Return what decides the answer beside the release and the format."""
        return (self.query, *self.graphs.default_graphs, "|", *self.graphs.named_graphs)

    @property
    def changes(self) -> bool:
        """Tell whether the query uses a function whose value is another each time."""
        return sparql.mentions(self.query, _MAY_CHANGE) and any(
            token.text.upper() in _CHANGING for token in sparql.code(self.query)
        )

    @property
    def form(self) -> str | None:
        """Return SELECT, ASK, CONSTRUCT or DESCRIBE; None if it is no query."""
        return sparql.form(self.query)

    def format(self, accept: str | None) -> Format:
        """Return the format of the answer: by ``format=``, or by negotiation."""
        return chosen(self.format_name, accept, offered(self.form))


def parameters(query_string: bytes, body: Body | None) -> Parameters:
    """Read the parameters of a request, those in the address first.

    Errors: RequestProblem if they are not UTF-8.
    """
    values = _decoded(query_string)
    if body is not None and body.media_type == FORM:
        for name, more in _decoded(body.data).items():
            values[name] = [*values.get(name, ()), *more]
    return Parameters(values)


def _decoded(pairs: bytes) -> dict[str, list[str]]:
    # What some clients leave unencoded is read as well.
    try:
        values = parse_qs(pairs.decode("utf-8"), keep_blank_values=True, errors="strict")
    except UnicodeDecodeError as error:
        raise RequestProblem(
            "bad-request",
            "The parameters are not UTF-8.",
            remedy="Percent-encode their UTF-8 bytes.",
        ) from error
    return {name: _filled(name, each) for name, each in values.items()}


def _filled(name: str, values: list[str]) -> list[str]:
    """Return the values that are not empty: forms send every field, also one left empty.

    An empty query is a mistake, and is reported.
    """
    return values if name == "query" else [value for value in values if value]


def in_ascii(query_string: bytes) -> bytes:
    """Return an address's query in ASCII: some clients leave other bytes as they are."""
    if query_string.isascii():
        return query_string
    return quote_from_bytes(query_string, safe=bytes(range(33, 127))).encode("ascii")


def decoded(value: bytes) -> str:
    """Return a value of a form as text.

    Python has an escape of its own for two hexadecimal digits, and reads it in C, four times as
    fast as `urllib.parse` reads the percent sign. UnicodeDecodeError if anything else follows one,
    or if the bytes are not in UTF-8.
    https://url.spec.whatwg.org/#urlencoded-parsing
    """
    escaped = value.replace(b"\\", rb"\\").replace(b"%", rb"\x").replace(b"+", b" ")
    return escaped.decode("unicode_escape").encode("latin-1").decode("utf-8")


def asks_nothing(given: Parameters) -> bool:
    """Tell whether a GET is about the endpoint itself, since it brings no query."""
    return not given.all("query") and not given.all("update")


def asks_why_empty(given: Parameters) -> bool:
    """Tell whether the reason of an empty answer is wanted, not the answer: ``explain=empty``."""
    values = given.all("explain")
    if values and set(values) != {"empty"}:
        raise RequestProblem(
            "bad-request",
            f"explain={values[0]} is not known.",
            remedy="Ask explain=empty for the reason of an empty answer.",
        )
    return bool(values)


def read(given: Parameters, body: Body | None) -> Asked:
    """Return what a request asks; RequestProblem if it is not exactly one query."""
    if given.all("update"):
        raise _no_updates()
    queries = list(given.all("query"))
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
    _check_versions(given, body)
    return Asked(queries[0], _graphs(given), format_name(given))


def format_name(given: Parameters) -> str | None:
    """Return the format that a request names, in ``format=``, or in ``output=`` as for Fuseki.

    In a form a plus is a space. No media type has a space, so that it was a plus here.
    """
    names = [*given.all("format"), *given.all("output")]
    return names[0].strip().replace(" ", "+") if names else None


def chosen(name: str | None, accept: str | None, offered: Sequence[Format]) -> Format:
    """Return the format asked for by name or media type in ``format=``, or by negotiation."""
    if name is None:
        return _negotiated(accept, tuple(offered))
    asked = next((fmt for fmt in offered if name.casefold() in _names(fmt)), None)
    if asked is None:
        raise NotAcceptable(offered)
    return asked


# Clients send the same few headers; negotiation reads them with care, and so once.
@lru_cache(maxsize=512)
def _negotiated(accept: str | None, offered: tuple[Format, ...]) -> Format:
    return negotiate(accept, offered)


@lru_cache(maxsize=8)
def offered(form: str | None) -> tuple[Format, ...]:
    """Return the formats that can carry the answer to a query of a form.

    A page comes last, for who names it.
    """
    content = CONTENT_OF_FORM.get(form or "SELECT", Content.SOLUTIONS)
    return (*carrying(content), *carrying(Content.PAGE))


def _direct(body: Body) -> str:
    """Return the query that is the body of the request, if its kind is that of a query."""
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


def _check_versions(given: Parameters, body: Body | None) -> None:
    """Refuse a query that announces a version which is not known here.

    The parameter, or that of the body's media type, is of the SPARQL 1.2 Protocol; each known
    version is a part of the newest, so nothing else follows from it.
    https://www.w3.org/TR/sparql12-protocol/#version-announcement
    """
    versions = list(given.all("version"))
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


def _graphs(given: Parameters) -> GraphSelection:
    default, named_graphs = given.all("default-graph-uri"), given.all("named-graph-uri")
    for iri in (*default, *named_graphs):
        if not is_absolute_iri(iri):
            raise RequestProblem(
                "bad-request", f"{iri!r} is not the IRI of a graph.", remedy="Give its whole IRI."
            )
    return GraphSelection(tuple(default), tuple(named_graphs))


@lru_cache(maxsize=64)
def _names(fmt: Format) -> frozenset[str]:
    """Return what clients call a format in ``format=``: turtle, rdf+xml, or xml for a graph."""
    media_types = {fmt.media_type, *fmt.aliases}
    subtypes = {media_type.partition("/")[2] for media_type in media_types}
    suffixes = {subtype.rpartition("+")[2] for subtype in subtypes}
    return frozenset({fmt.name, fmt.label.casefold()} | media_types | subtypes | suffixes)
