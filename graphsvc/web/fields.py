"""The header fields of the endpoint's answers, as ASGI takes them, made once for each format."""

from __future__ import annotations

from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from graphsvc.web.app import RELEASE, SECURITY, SHARED

if TYPE_CHECKING:
    from graphsvc.formats import Format
    from graphsvc.release import Release
    from graphsvc.web.messages import Headers

VARY = (b"vary", b"Accept, Accept-Encoding")
"""What chooses among the representations of an answer: its format, and its coding."""


class Fields:
    """The fields of the answers that a release gives."""

    def __init__(self, release: Release) -> None:
        built = datetime.fromisoformat(release.manifest.built)
        self.last_modified = format_datetime(built, usegmt=True)
        always = {**SECURITY, **SHARED, "Last-Modified": self.last_modified, RELEASE: release.id}
        self._always = [
            (name.lower().encode("latin-1"), value.encode("latin-1"))
            for name, value in always.items()
        ]
        self._of = lru_cache(maxsize=64)(self._made)

    def kept(self, fmt: Format, tag: str) -> Headers:
        """Return the fields of an answer that stays true; ``tag`` is its opaque entity tag."""
        return [*self._of(fmt, b"public, no-cache"), (b"etag", b'W/"%b"' % tag.encode())]

    def unkept(self, fmt: Format) -> Headers:
        """Return the fields of an answer that is another one each time."""
        return list(self._of(fmt, b"no-store"))

    def _made(self, fmt: Format, policy: bytes) -> Headers:
        kind = (b"content-type", fmt.content_type.encode())
        return [*self._always, kind, VARY, (b"cache-control", policy)]
