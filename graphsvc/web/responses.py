"""Answers that depend on nothing but the release and the request, and so can be kept.

Every such answer has an entity tag and the date of its release, and is asked for again before
it is used again: https://www.rfc-editor.org/rfc/rfc9110#section-13
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, request
from werkzeug.http import http_date

from graphsvc.web.conditions import Condition
from graphsvc.web.languages import of_reader, reader, speaks
from graphsvc.web.site import site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from graphsvc.formats import Format


def release_answer(
    fmt: Format,
    key: tuple[object, ...],
    body: Callable[[], Iterable[bytes] | bytes | str],
    changed: datetime | None = None,
) -> Response:
    """Return the body in a format, or 304 if the client has it; then the body is not made.

    ``key`` is whatever in the request decides the answer beside the format. A page depends on
    the reader's languages as well. ``changed`` is when an answer last changed that depends on
    more than the release; what else it depends on is in its key then.
    """
    tag = site().etag(*key, fmt.name, *of_reader(fmt))
    return answer(fmt, tag, http_date(changed or site().built), body)


def spoken_answer(fmt: Format, key: tuple[object, ...], body: Callable[[], str]) -> Response:
    """Return an answer that depends on the reader's languages whatever its format is."""
    response = release_answer(fmt, (*key, reader()), body)
    response.vary.add("Accept-Language")
    return response


def answer(
    fmt: Format, tag: str, modified: str, body: Callable[[], Iterable[bytes] | bytes | str]
) -> Response:
    """Return what has an entity tag and an HTTP date, or 304 if the client has it.

    The tag of a page is made of what its reader reads, too: see ``languages.of_reader``.
    """
    condition = Condition.of(
        request.method,
        request.headers.get("If-None-Match"),
        request.headers.get("If-Modified-Since"),
    )
    if condition.is_met_by(tag, modified):
        response = _not_modified()
    else:
        response = Response(body(), content_type=fmt.content_type)
        if condition.anything:
            # "*" asks whether there is an answer at all, and only now is that known.
            response.close()
            response = _not_modified()
    # Weak: what is said is the same each time, but nothing promises the order of an answer's rows.
    response.set_etag(tag, weak=True)
    response.headers["Last-Modified"] = modified
    response.headers["Cache-Control"] = "public, no-cache"
    response.vary.add("Accept")
    speaks(response, fmt)
    return response


def _not_modified() -> Response:
    response = Response(status=304)
    del response.headers["Content-Type"]
    return response
