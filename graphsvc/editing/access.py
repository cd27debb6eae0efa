"""Allows requests to edit only from this machine, and from no page of another site.

A page of another site runs in a browser of this machine. It could send requests here (cross-site
request forgery), and, if its name resolves to this machine, read the answers (DNS rebinding). So
the host of a request must be an address of this machine, and a request to write must have a token
that only pages of this service can read.
"""

from __future__ import annotations

import secrets
from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import request

from graphsvc.editing.live import state_of_service
from graphsvc.web.problems import RequestProblem

#: The header field with the token of a request to write.
TOKEN = "Edit-Token"  # noqa: S105 - the name of a field, not a token

#: Header fields of requests that come through a proxy.
_OF_PROXIES = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "Via")

#: Header fields by which a browser names the origin of a request:
#: https://www.w3.org/TR/fetch-metadata/
_SITE, _MODE = "Sec-Fetch-Site", "Sec-Fetch-Mode"


def refuse_others() -> None:
    """Refuse a request from another machine, or from a page of another site.

    Errors: RequestProblem.
    """
    if not _is_loopback(request.remote_addr or "") or any(map(request.headers.get, _OF_PROXIES)):
        raise _refusal("Only the machine that runs the service may use the editor's page.")
    if not _names_this_machine(request.host):
        raise _refusal(f"{request.host} is no address of this machine.")
    origin = request.headers.get("Origin")
    own = f"{request.scheme}://{request.host}"
    is_of_other_site = request.headers.get(_SITE, "none") not in ("none", "same-origin")
    is_link = request.method == "GET" and request.headers.get(_MODE) == "navigate"
    if (origin is not None and origin != own) or (is_of_other_site and not is_link):
        raise _refusal("Pages of other sites may not edit.")
    if request.method not in ("GET", "HEAD", "OPTIONS"):
        _refuse_without_token(origin)


def _refuse_without_token(origin: str | None) -> None:
    token = request.headers.get(TOKEN, "").encode()
    if origin is None or not secrets.compare_digest(token, state_of_service().token.encode()):
        raise _refusal("Only the editor's page of this service may write.")


def _names_this_machine(host: str) -> bool:
    """Tell whether a Host is localhost or a loopback address, with the port of the service."""
    parts = urlsplit(f"//{host}")
    try:
        port = parts.port or 80
    except ValueError:
        return False
    name = parts.hostname or ""
    return str(port) == request.environ["SERVER_PORT"] and (
        name == "localhost" or _is_loopback(name)
    )


def _is_loopback(address: str) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return (getattr(parsed, "ipv4_mapped", None) or parsed).is_loopback


def _refusal(detail: str) -> RequestProblem:
    return RequestProblem(
        "forbidden-operation",
        detail,
        remedy="Open the address that graphsvc edit prints, on the same machine.",
    )
