"""Answers that depend only on the release and the request, so clients can cache them.

Every such answer has an entity tag and the date of its release, and a client validates it before it
uses it again: https://www.rfc-editor.org/rfc/rfc9110#section-13

If the statements are in an engine, others may change them at any time. Then an answer is made each
time, and its tag is the digest of its content: a client that has it gets no content, and never an
old answer. A streamed answer has no tag.
"""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, TypeAlias, cast

from flask import Response, request
from werkzeug.http import http_date

from graphsvc.web.conditional import is_unchanged
from graphsvc.web.languages import of_reader, reader, speaks
from graphsvc.web.site import site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from graphsvc.formats import Format
    from graphsvc.store.base import Answer

    Content: TypeAlias = Answer | bytes | str


def release_answer(
    fmt: Format,
    key: tuple[object, ...],
    body: Callable[[], Content],
    changed: datetime | None = None,
) -> Response:
    """Return the body in a format, or 304 if the client has it; then the body is not made.

    ``key`` has the values of the request on which the answer depends, besides the format. A page
    also depends on the reader's languages. ``changed`` is the time of the last change of an answer
    that depends on more than the release; the key then has these values, too.
    """
    tag = site().etag(*key, fmt.name, *of_reader(fmt))
    return answer(fmt, tag, http_date(changed or site().built), body)


def localised_answer(fmt: Format, key: tuple[object, ...], body: Callable[[], str]) -> Response:
    """Return an answer that depends on the reader's languages in any format."""
    response = release_answer(fmt, (*key, reader()), body)
    response.vary.add("Accept-Language")
    return response


def answer(fmt: Format, tag: str, modified: str, body: Callable[[], Content]) -> Response:
    """Return an answer with an entity tag and an HTTP date, or 304 if the client has it.

    The tag of a page includes the reader's languages: see ``languages.of_reader``.
    """
    if site().release.engine:
        return _changing(fmt, body())
    if_none_match = request.headers.get("If-None-Match")
    unchanged = is_unchanged(
        request.method, if_none_match, request.headers.get("If-Modified-Since"), tag, modified
    )
    if unchanged and if_none_match is not None and if_none_match.strip() == "*":
        # The condition is that there is an answer: making it may raise an error.
        body()
    response = _not_modified() if unchanged else response_of(fmt, body())
    # The tag is weak: the order of an answer's rows may differ.
    response.set_etag(tag, weak=True)
    response.headers["Last-Modified"] = modified
    response.headers["Cache-Control"] = "public, no-cache"
    response.vary.add("Accept")
    speaks(response, fmt)
    return response


def _changing(fmt: Format, content: Content) -> Response:
    """Return an answer that may change at any time."""
    response = response_of(fmt, content)
    if isinstance(content, bytes | str):
        response.add_etag(weak=True)
        response.make_conditional(request)
    response.headers["Cache-Control"] = "public, no-cache"
    response.vary.add("Accept")
    speaks(response, fmt)
    return response


class StreamedResponse(Response):
    """A response whose content is streamed by the server.

    https://peps.python.org/pep-3333/#the-write-callable
    """

    automatically_set_content_length = False

    def __init__(self, answer: Answer, fmt: Format) -> None:
        super().__init__(content_type=fmt.content_type)
        self._answer = answer

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Send the head, then write the content."""
        headers = self.get_wsgi_headers(environ).to_wsgi_list()
        write = start_response(self.status, headers)
        # This includes HEAD: the fields are those of GET, and the delivery stops the writing.
        self._answer.write(cast("IO[bytes]", _Sink(write)))
        return []


class _Sink:
    """A binary file that passes written bytes to the server."""

    def __init__(self, write: Callable[[bytes], object]) -> None:
        self._write = write

    def write(self, data: bytes) -> int:
        self._write(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Do nothing: there is no buffer."""


def response_of(fmt: Format, content: Content) -> Response:
    """Return a response with some content."""
    if isinstance(content, bytes | str):
        return Response(content, content_type=fmt.content_type)
    return StreamedResponse(content, fmt)


def _not_modified() -> Response:
    response = Response(status=304)
    del response.headers["Content-Type"]
    return response
