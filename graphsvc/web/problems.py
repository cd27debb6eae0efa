"""Errors over HTTP: one shape, built in one place, written in the format that the client takes.

The shape is that of RFC 9457 (https://www.rfc-editor.org/rfc/rfc9457). Programs get it as JSON,
people as a page, terminals as text, and clients that ask for RDF about a thing in RDF.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flask import Response, current_app, render_template, request
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple
from werkzeug.exceptions import HTTPException, InternalServerError

from graphsvc import errors
from graphsvc.formats import Content, Format, carrying
from graphsvc.namespaces import DCTERMS, PROV, RDF, RDFS, XSD, Namespace
from graphsvc.web.delivery import FAILURE
from graphsvc.web.languages import speaks
from graphsvc.web.negotiation import acceptable
from graphsvc.web.problem_kinds import KINDS, NAMED_KINDS, ProblemKind
from graphsvc.web.rdf import write_rdf

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flask import Flask

    from graphsvc.errors import Position

# https://www.w3.org/TR/HTTP-in-RDF10/
_HTTP = Namespace("http://www.w3.org/2011/http#")


_BY_STATUS = {kind.status: kind for kind in KINDS}

# The seconds of Retry-After by kind of problem: RFC 9110, section 10.2.3.
_RETRY_AFTER = {"deadline-exceeded": 10, "memory-exceeded": 10, "overloaded": 1, "unavailable": 2}

# The first matching class decides, so special classes come first.
_OF_EXCEPTION: tuple[tuple[type[errors.GraphsvcError], str], ...] = (
    (errors.QuerySyntaxError, "query-syntax"),
    (errors.ForbiddenOperation, "forbidden-operation"),
    (errors.UnknownQuery, "not-found"),
    (errors.UnknownEntity, "not-found"),
    (errors.Withdrawn, "gone"),
    (errors.QueryError, "bad-request"),
    (errors.TextError, "bad-request"),
    (errors.ForwardingError, "bad-request"),
    (errors.NotAcceptable, "not-acceptable"),
    (errors.ReleaseError, "unavailable"),
    (errors.DeadlineExceeded, "deadline-exceeded"),
    (errors.MemoryExceeded, "memory-exceeded"),
    (errors.Overloaded, "overloaded"),
    (errors.StoreError, "unavailable"),
    (errors.GraphsvcError, "internal"),
)


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem: its ``detail``, its ``position`` and its ``remedy``."""

    kind: ProblemKind
    detail: str
    remedy: str = ""
    position: Position | None = None
    variants: tuple[Format, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    withdrawn: errors.Withdrawn | None = None

    @property
    def excerpt(self) -> str:
        """Return the line with the error, cut to a readable width, with a caret below."""
        return "" if self.position is None else self.position.caret()

    def as_json(self, root: str) -> str:
        """Return the problem object (RFC 9457, section 3); ``root`` is the path of the service."""
        return json.dumps(self._members(root), indent=2, ensure_ascii=False) + "\n"

    def as_text(self) -> str:
        """Return the problem in words, with the line that is wrong."""
        where = self.position
        place = f"Line {where.line}, column {where.column}:\n{self.excerpt}" if where else ""
        parts = [
            f"{self.kind.status} {self.kind.title}",
            self.detail,
            place,
            self.remedy,
            "\n".join(f"  {fmt.name:8} {fmt.full_type}" for fmt in self.variants),
        ]
        return "\n\n".join(part for part in parts if part) + "\n"

    def _members(self, root: str) -> dict[str, object]:
        members: dict[str, object] = {
            "type": f"{root}/problems#{self.kind.name}",
            "title": self.kind.title,
            "status": self.kind.status,
            "detail": self.detail,
        }
        if self.remedy:
            members["remedy"] = self.remedy
        if self.position is not None:
            members["line"] = self.position.line
            members["column"] = self.position.column
            members["excerpt"] = self.excerpt
        if self.withdrawn is not None:
            members["replaced_by"] = list(self.withdrawn.replacements)
        if self.variants:
            members["variants"] = [
                {"format": fmt.name, "media_type": fmt.full_type} for fmt in self.variants
            ]
        return members


class RequestProblem(Exception):  # noqa: N818 - it names what it carries
    """The service refuses a request because of its content."""

    def __init__(self, name: str, detail: str, *, remedy: str = "", **headers: str) -> None:
        super().__init__(detail)
        self.problem = Problem(
            NAMED_KINDS[name],
            detail,
            remedy,
            headers={key.replace("_", "-"): value for key, value in headers.items()},
        )


def register(app: Flask) -> None:
    """Make an application answer every error in the same form."""
    app.register_error_handler(errors.GraphsvcError, lambda error: render(problem_of(error)))
    app.register_error_handler(RequestProblem, lambda error: render(error.problem))
    app.register_error_handler(HTTPException, lambda error: render(_of_http(error)))
    app.register_error_handler(Exception, _unexpected)


def failure() -> Exception | None:
    """Return the error in the environment of the request, if there is one."""
    error = request.environ.get(FAILURE)
    return error if isinstance(error, Exception) else None


def raise_failure() -> None:
    """Raise the error in the environment of the request, if there is one."""
    if (error := failure()) is not None:
        raise error


def render(problem: Problem) -> Response:
    """Return the answer for a problem, in the best format that the client accepts."""
    fmt = _format()
    response = Response(_write(problem, fmt), problem.kind.status, content_type=fmt.content_type)
    response.headers.extend(problem.headers)
    response.vary.add("Accept")
    speaks(response, fmt)
    response.headers["Cache-Control"] = "no-store"
    return response


def ask_for_rdf_errors(fmt: Format | None = None) -> None:
    """Allow RDF, or set a format, for the errors of this request, which is about a thing."""
    request.environ["graphsvc.rdf_errors"] = True
    if fmt is not None and Content.LINKS not in fmt.carries:
        request.environ["graphsvc.format"] = fmt


def _format() -> Format:
    """Return the format for an error; if none is acceptable, the first one is used."""
    fmt = request.environ.get("graphsvc.format")
    if isinstance(fmt, Format):
        return fmt
    offered = list(carrying(Content.PROBLEM))
    if "graphsvc.rdf_errors" in request.environ:
        offered += [fmt for fmt in carrying(Content.TRIPLES) if "text/plain" not in fmt.aliases]
        offered += carrying(Content.CLAIMS)
    acceptable_formats = acceptable(request.headers.get("Accept"), offered)
    return acceptable_formats[0] if acceptable_formats else offered[0]


def _write(problem: Problem, fmt: Format) -> str | bytes:
    if fmt.name == "html":
        return render_template("problem.html", problem=problem)
    if fmt.name == "txt":
        return problem.as_text()
    if isinstance(fmt.engine, RdfFormat):
        return write_rdf(_as_rdf(problem), fmt, {})
    return problem.as_json(request.script_root)


def _as_rdf(problem: Problem) -> Sequence[Triple]:
    response = BlankNode("response")
    texts = [problem.detail, problem.remedy]
    return [
        Triple(response, RDF.type, _HTTP.Response),
        Triple(
            response,
            _HTTP.statusCodeValue,
            Literal(str(problem.kind.status), datatype=XSD.integer),
        ),
        Triple(response, RDFS.label, Literal(problem.kind.title, language="en")),
        *(
            Triple(response, RDFS.comment, Literal(words, language="en"))
            for words in texts
            if words
        ),
        *_tombstone(problem.withdrawn),
    ]


def _tombstone(withdrawn: errors.Withdrawn | None) -> Sequence[Triple]:
    if withdrawn is None:
        return []
    kind = XSD.dateTime if "T" in withdrawn.time else XSD.date
    node, time = NamedNode(withdrawn.iri), Literal(withdrawn.time, datatype=kind)
    replacing = (NamedNode(each) for each in withdrawn.replacements)
    return [
        Triple(node, PROV.invalidatedAtTime, time),
        *(Triple(node, DCTERMS.isReplacedBy, each) for each in replacing),
    ]


def problem_of(error: errors.GraphsvcError) -> Problem:
    name = next(name for cls, name in _OF_EXCEPTION if isinstance(error, cls))
    return Problem(
        NAMED_KINDS[name],
        error.message,
        error.remedy,
        position=error.position if isinstance(error, errors.QueryError) else None,
        variants=error.formats if isinstance(error, errors.NotAcceptable) else (),
        withdrawn=error if isinstance(error, errors.Withdrawn) else None,
        headers={"Retry-After": str(_RETRY_AFTER[name])} if name in _RETRY_AFTER else {},
    )


def _of_http(error: HTTPException) -> Problem:
    status = error.code or InternalServerError.code
    kind = _BY_STATUS.get(status) or ProblemKind(
        "http", status, error.name, error.description or ""
    )
    # Content-Type and Content-Length of the exception belong to the page of werkzeug.
    headers = {
        name: value
        for name, value in error.get_headers(request.environ)
        if name not in ("Content-Type", "Content-Length")
    }
    return Problem(kind, _detail(kind, error), _remedy(kind), headers=headers)


def _detail(kind: ProblemKind, error: HTTPException) -> str:
    if kind.name == "not-found":
        return f"The service has nothing at {request.path}."
    if kind.name == "method-not-allowed":
        return f"{request.method} is not a method of {request.path}."
    return error.description or kind.meaning


def _remedy(kind: ProblemKind) -> str:
    if kind.name == "not-found":
        return "Check the address, or start from the home page."
    return kind.meaning if kind.name in NAMED_KINDS else ""


def _unexpected(error: Exception) -> Response:
    current_app.logger.error("unexpected error", exc_info=error)
    return render(
        Problem(NAMED_KINDS["internal"], "The service met an error that it did not expect.")
    )
