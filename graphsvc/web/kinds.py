"""The kinds of requests, in one table, for counters, logs and limits.

The first segment of the path decides, without the application, so a request without an answer can
be counted, too.
"""

from __future__ import annotations

import re
from enum import IntEnum
from functools import lru_cache


class RequestKind(IntEnum):
    """The kind of a request."""

    OTHER = 0
    """A malformed request, or a file for crawlers."""
    SPARQL = 1
    PAGE = 2
    DOCUMENT = 3
    """A thing or a vocabulary, in any format, and any path that has no other kind."""
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
        """Return the name for metrics, logs and traces."""
        return self.name.lower()

    @property
    def is_unlimited(self) -> bool:
        """Tell whether requests of this kind have no limit: monitoring needs them."""
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


# Many requests have the same paths.
@lru_cache(maxsize=1024)
def kind_of(path: str) -> RequestKind:
    """Return the kind of the requests for a path under the mount point."""
    segment = _SEGMENT.match(path)
    return _OF_SEGMENTS.get(segment[1] if segment else "", RequestKind.DOCUMENT)
