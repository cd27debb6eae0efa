"""The dumps of the served release and of the other releases.

They are archives for clients to keep, so they are application/gzip without Content-Encoding. With
Content-Encoding, clients would unpack them on arrival, and the files would have neither the size
and the checksum of the dataset's description nor the right name. "If the media type
includes an inherent encoding [...] that encoding would not be restated in Content-Encoding":
https://www.rfc-editor.org/rfc/rfc9110#section-8.4
"""

from __future__ import annotations

from base64 import b64encode
from datetime import datetime
from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, request, send_file
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.http import http_date

from graphsvc.errors import ReleaseError
from graphsvc.texts.comparing import slug
from graphsvc.web.history import history
from graphsvc.web.site import site

if TYPE_CHECKING:
    from graphsvc.dumps import Dump
    from graphsvc.release import Release

downloads = Blueprint("dumps", __name__)


@downloads.get("/dump.<name>.gz")
def dump(name: str) -> Response:
    """Answer with the dump in a format, or with a range of its bytes."""
    return _dump(site().release, name)


@downloads.get("/releases/<release>/dump.<name>.gz")
def dump_of_release(release: str, name: str) -> Response:
    """Answer with the dump of a release."""
    return _dump(history().find(release), name)


def _dump(release: Release, name: str) -> Response:
    archive = next((dump for dump in release.manifest.dumps if dump.format == name), None)
    if archive is None:
        abort(404)
    built = datetime.fromisoformat(release.manifest.built)
    _refuse_if_cut(release, archive)
    try:
        # The tag is strong: it is the digest of the bytes, so a broken download can be continued.
        response = send_file(
            release.path / archive.file,
            "application/gzip",
            conditional=False,
            etag=archive.sha256,
            last_modified=built,
        )
    except FileNotFoundError as error:
        raise ReleaseError(
            "The dump no longer exists.", remedy="Try again: a newer release is served soon."
        ) from error
    part_of = archive.size if _asks_for_a_part(archive, built) else None
    try:
        response.make_conditional(request, accept_ranges=True, complete_length=part_of)
    except RequestedRangeNotSatisfiable:
        response.close()
        raise
    response.headers["Cache-Control"] = "public, no-cache"
    # https://www.rfc-editor.org/rfc/rfc9530#section-3
    digest = b64encode(bytes.fromhex(archive.sha256)).decode("ascii")
    response.headers["Repr-Digest"] = f"sha-256=:{digest}:"
    response.headers["Release"] = release.id
    file_name = f"{slug(site().dataset.title) or 'dump'}-{release.id}.{archive.format}.gz"
    response.headers["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return response


def _refuse_if_cut(release: Release, dump: Dump) -> None:
    """Refuse a dump whose file became shorter after the release was opened.

    Errors: ReleaseError.
    """
    file = release.path / dump.file
    if file.exists() and file.stat().st_size != dump.size:
        raise ReleaseError(
            f"The dump {dump.file} is damaged.", remedy="Try again: it may be repaired soon."
        )


def _asks_for_a_part(archive: Dump, built: datetime) -> bool:
    """Tell whether a request asks for one range of this file; otherwise it gets the whole file.

    A server may ignore ranges that it does not support: several ranges, other units. A later date
    may be that of another release, since a service can go back to an older one.
    https://www.rfc-editor.org/rfc/rfc9110#section-14.2, section 13.1.5
    """
    validators = (f'"{archive.sha256}"', http_date(built))
    if request.method != "GET" or request.headers.get("If-Range", validators[0]) not in validators:
        return False
    byte_range = request.range
    if byte_range is None or byte_range.units != "bytes" or len(byte_range.ranges) != 1:
        return False
    # A suffix range that is longer than the file is the whole file.
    return byte_range.ranges[0][0] > -archive.size
