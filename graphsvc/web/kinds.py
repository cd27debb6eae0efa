"""What kinds of requests there are, for whoever counts, logs or limits them: one table.

A kind is known from the first segment of the path, without the application: so a request can be
counted that nothing has answered.
"""

from __future__ import annotations

import re
from enum import IntEnum
from functools import lru_cache


class RequestKind(IntEnum):
    """What a request asks for."""

    OTHER = 0
    """What cannot be read as a request, and the files for crawlers."""
    SPARQL = 1
    PAGE = 2
    DOCUMENT = 3
    """A thing or a vocabulary, in any format: also whatever else is no path of another kind."""
    SEARCH = 4
    """Search and reconciliation."""
    QUERY = 5
    """A named query, its description, and the gallery of all."""
    DOWNLOAD = 6
    STATIC = 7
    HEALTH = 8
    METRICS = 9

    @property
    def label(self) -> str:
        """Return what metrics, logs and traces call it."""
        return self.name.lower()

    @property
    def is_unlimited(self) -> bool:
        """Tell whether a client may make as many of these as it likes: those that watch it do."""
        return self in (RequestKind.HEALTH, RequestKind.METRICS)


_OF_SEGMENTS = {
    "": RequestKind.PAGE,
    **dict.fromkeys(("robots", "sitemap", "sitemap-"), RequestKind.OTHER),
    "sparql": RequestKind.SPARQL,
    **dict.fromkeys(
        (
            "problems",
            "docs",
            "browse",
            "things",
            "compare",
            "cite",
            "annotations",
            "timeline",
            "map",
            "neighbourhood",
            "data",
        ),
        RequestKind.PAGE,
    ),
    **dict.fromkeys(("releases", "openapi", "api", "data"), RequestKind.PAGE),
    **dict.fromkeys(
        ("doc", "describe", "ontology", "context", ".well-known"), RequestKind.DOCUMENT
    ),
    **dict.fromkeys(("search", "reconcile"), RequestKind.SEARCH),
    "queries": RequestKind.QUERY,
    "dump": RequestKind.DOWNLOAD,
    "static": RequestKind.STATIC,
    **dict.fromkeys(("healthz", "readyz"), RequestKind.HEALTH),
    "metrics": RequestKind.METRICS,
}
_SEGMENT = re.compile(r"/?(\.?[^/.0-9]*)")


# Clients ask for the same paths again and again.
@lru_cache(maxsize=1024)
def kind_of(path: str) -> RequestKind:
    """Return the kind of the requests for a path under the mount point."""
    segment = _SEGMENT.match(path)
    return _OF_SEGMENTS.get(segment[1] if segment else "", RequestKind.DOCUMENT)
