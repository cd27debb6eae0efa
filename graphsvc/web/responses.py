"""Answers that depend on nothing but the release and the request, and so can be kept.

Every such answer has an entity tag and the date of its release, and is asked for again before
it is used again: https://www.rfc-editor.org/rfc/rfc9110#section-13

Where the statements lie in an engine, others may change them at any time. Then an answer is made
each time, and its tag is the digest of its content: so a client that has it is spared the way of
it, and never gets an old one. An answer that goes out while it is made has no tag.
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

    ``key`` is whatever in the request decides the answer beside the format. A page depends on
    the reader's languages as well. ``changed`` is when an answer last changed that depends on
    more than the release; what else it depends on is in its key then.
    """
    tag = site().etag(*key, fmt.name, *of_reader(fmt))
    return answer(fmt, tag, http_date(changed or site().built), body)


def localised_answer(fmt: Format, key: tuple[object, ...], body: Callable[[], str]) -> Response:
    """Return an answer that depends on the reader's languages whatever its format is."""
    response = release_answer(fmt, (*key, reader()), body)
    response.vary.add("Accept-Language")
    return response


def answer(fmt: Format, tag: str, modified: str, body: Callable[[], Content]) -> Response:
    """Return what has an entity tag and an HTTP date, or 304 if the client has it.

    The tag of a page is made of what its reader reads, too: see ``languages.of_reader``.
    """
    if site().release.engine:
        return _changing(fmt, body())
    if_none_match = request.headers.get("If-None-Match")
    unchanged = is_unchanged(
        request.method, if_none_match, request.headers.get("If-Modified-Since"), tag, modified
    )
    if unchanged and if_none_match is not None and if_none_match.strip() == "*":
        # It asks whether there is an answer at all, which only its making tells.
        body()
    response = _not_modified() if unchanged else response_of(fmt, body())
    # Weak: what is said is the same each time, but nothing promises the order of an answer's rows.
    response.set_etag(tag, weak=True)
    response.headers["Last-Modified"] = modified
    response.headers["Cache-Control"] = "public, no-cache"
    response.vary.add("Accept")
    speaks(response, fmt)
    return response


def _changing(fmt: Format, content: Content) -> Response:
    """Return an answer that may be another one the next time."""
    response = response_of(fmt, content)
    if isinstance(content, bytes | str):
        response.add_etag(weak=True)
        response.make_conditional(request)
    response.headers["Cache-Control"] = "public, no-cache"
    response.vary.add("Accept")
    speaks(response, fmt)
    return response


class StreamedResponse(Response):
    """A response whose content is written while it is made, by whatever server delivers it.

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
        # For HEAD too: the fields tell what GET gives, and whoever delivers them stops the writing.
        self._answer.write(cast("IO[bytes]", _Sink(write)))
        return []


class _Sink:
    """A binary file to write into, which passes all on to the server."""

    def __init__(self, write: Callable[[bytes], object]) -> None:
        self._write = write

    def write(self, data: bytes) -> int:
        self._write(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Do nothing: nothing is kept here."""


def response_of(fmt: Format, content: Content) -> Response:
    """Return a response with some content."""
    if isinstance(content, bytes | str):
        return Response(content, content_type=fmt.content_type)
    return StreamedResponse(content, fmt)


def _not_modified() -> Response:
    response = Response(status=304)
    del response.headers["Content-Type"]
    return response
