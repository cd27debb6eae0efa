"""The header fields of every answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# Pages load nothing from other hosts, run only scripts of this host, and cannot be framed by other
# sites.
SECURITY = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
        "img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def with_images_of(hosts: Sequence[str]) -> dict[str, str]:
    """Return these fields for pages that may show images of some other hosts."""
    field = "Content-Security-Policy"
    allowed = "".join(f" {host}" for host in hosts)
    return SECURITY | {field: SECURITY[field].replace("img-src 'self'", f"img-src 'self'{allowed}")}


#: The field that names the release from which an answer was given.
RELEASE = "Release"

# Pages of other sites may read the graph.
# https://fetch.spec.whatwg.org/#http-cors-protocol
SHARED = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": (
        "Accept-Ranges, Content-Disposition, Content-Location, Content-Range, Current-Answer, "
        "ETag, Last-Modified, Link, Memento-Datetime, RateLimit, RateLimit-Policy, Release, "
        "Repr-Digest, Request-Id, Retry-After"
    ),
    "Cross-Origin-Resource-Policy": "cross-origin",
}
#: The fields of an answer for pages of this service only, instead of those above.
ONLY_HERE = {"Cross-Origin-Resource-Policy": "same-origin", "Cache-Control": "no-store"}

PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS, POST",
    "Access-Control-Allow-Headers": (
        "Accept, Content-Type, If-Modified-Since, If-None-Match, If-Range, Range"
    ),
    "Access-Control-Max-Age": "86400",
}
