"""The dumps, as they lie in the releases: of the one that is served, and of each that is kept.

They are archives that a client keeps: what is sent is application/gzip, without Content-Encoding.
With one, clients would unpack it on its way, and what they kept would have neither the size nor the
checksum that the description of the dataset gives, nor be what its name says. "If the media type
includes an inherent encoding [...] that encoding would not be restated in Content-Encoding":
https://www.rfc-editor.org/rfc/rfc9110#section-8.4
"""

from __future__ import annotations

import re
import unicodedata
from base64 import b64encode
from datetime import datetime
from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, request
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.http import http_date

from graphsvc.errors import ReleaseError
from graphsvc.web.conditional import is_unchanged
from graphsvc.web.history import history
from graphsvc.web.ranges import Unsatisfiable, wanted
from graphsvc.web.site import site

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from graphsvc.dumps import Dump
    from graphsvc.release import Release

downloads = Blueprint("dumps", __name__)

_TYPE = "application/gzip"
_CHUNK = 1 << 16


@downloads.get("/dump.<name>.gz")
def dump(name: str) -> Response:
    """Answer with the dump in a format, or with the part of it that is asked for."""
    return _dump(site().release, name)


@downloads.get("/releases/<release>/dump.<name>.gz")
def dump_of_release(release: str, name: str) -> Response:
    """Answer with the dump of a release that is kept."""
    return _dump(history().find(release), name)


def _dump(release: Release, name: str) -> Response:
    found = next((dump for dump in release.manifest.dumps if dump.format == name), None)
    if found is None:
        abort(404)
    built = datetime.fromisoformat(release.manifest.built)
    if is_unchanged(
        request.method,
        request.headers.get("If-None-Match"),
        request.headers.get("If-Modified-Since"),
        found.sha256,
        http_date(built),
    ):
        response = Response(status=304)
        del response.headers["Content-Type"]
    else:
        response = _content(release, found, _part(found, http_date(built)))
    # Strong: the tag is the digest of these very bytes, so that a broken download can go on.
    response.set_etag(found.sha256)
    response.last_modified = built
    response.headers["Cache-Control"] = "public, no-cache"
    response.headers["Accept-Ranges"] = "bytes"
    # https://www.rfc-editor.org/rfc/rfc9530#section-3
    digest = b64encode(bytes.fromhex(found.sha256)).decode("ascii")
    response.headers["Repr-Digest"] = f"sha-256=:{digest}:"
    response.headers["Release"] = release.id
    return response


def _content(release: Release, found: Dump, part: range | None) -> Response:
    at = part or range(found.size)
    response = Response(status=206 if part else 200, content_type=_TYPE)
    if request.method != "HEAD":
        file = _opened(release, found)
        response.call_on_close(file.close)
        response.response = _read(file, at)
    response.content_length = len(at)
    if part:
        response.headers["Content-Range"] = f"bytes {at.start}-{at.stop - 1}/{found.size}"
    name = f"{_slug(site().dataset.title)}-{release.id}.{found.format}.gz"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _part(found: Dump, modified: str) -> range | None:
    """Return the positions that are asked for; of another release the whole file is.

    https://www.rfc-editor.org/rfc/rfc9110#section-13.1.5
    """
    same = (f'"{found.sha256}"', modified)
    if request.headers.get("If-Range", same[0]).strip() not in same:
        return None
    try:
        return wanted(request.headers.get("Range"), found.size)
    except Unsatisfiable:
        raise RequestedRangeNotSatisfiable(found.size) from None


def _opened(release: Release, found: Dump) -> BinaryIO:
    try:
        return (release.path / found.file).open("rb")
    except OSError as error:
        raise ReleaseError(
            "The dump is not there any more.", remedy="Try again: a newer release is served soon."
        ) from error


def _read(file: BinaryIO, at: range) -> Iterator[bytes]:
    with file:
        file.seek(at.start)
        left = len(at)
        while left and (chunk := file.read(min(_CHUNK, left))):
            left -= len(chunk)
            yield chunk


def _slug(title: str) -> str:
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode("ascii").lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "dump"
