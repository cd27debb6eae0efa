"""Interprets an engine's answer to a request: success, or an error with a remedy."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from graphsvc.errors import EngineAway, EngineRefuses, PublishingError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from requests import Response

#: The most characters of an engine's message that are shown.
_WORDS = 400

#: Status codes after which the same request may succeed later.
_TEMPORARY = frozenset(
    (
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    )
)

_REMEDIES: Mapping[int, str] = {
    HTTPStatus.BAD_REQUEST: "Look at the engine's words; its log may say more.",
    HTTPStatus.UNAUTHORIZED: "Set GRAPHSVC_STORE_USER and GRAPHSVC_STORE_PASSWORD, or "
    "GRAPHSVC_STORE_TOKEN, in the environment, or write the user into a netrc file.",
    HTTPStatus.FORBIDDEN: "Give the user the right to write (in Virtuoso the role SPARQL_UPDATE), "
    "or give the address at which the engine takes updates by --update-url.",
    HTTPStatus.NOT_FOUND: "Give the addresses by --to, --update-url and --upload-url; the "
    "engine's documentation names them.",
    HTTPStatus.METHOD_NOT_ALLOWED: "Give the address at which the engine takes updates by "
    "--update-url.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "Send less in one request, by --request-size, or raise "
    "the limit of the engine or of the proxy before it.",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "The engine takes no N-Quads there. Give the address of "
    "its bulk upload by --upload-url, or no upload: --upload-url none",
}


def must_be_good(response: Response) -> None:
    """Raise PublishingError unless a request to an engine succeeded."""
    where = f"The engine at {response.url.partition('?')[0]}"
    if response.is_redirect:
        raise EngineRefuses(
            f"{where} leads to {response.headers['Location']}.",
            remedy="Give that address, if it is the engine's: credentials are sent nowhere else.",
        )
    if response.ok:
        if _is_page(response):
            raise EngineRefuses(
                f"{where} answered with a web page.",
                remedy="Give the address for programs, not that of a form or of a login page.",
            )
        return
    raise _error(response, where)


def _error(response: Response, where: str) -> PublishingError:
    words = "" if _is_page(response) else " ".join(response.text[:_WORDS].split())
    message = f"{where} answered {response.status_code} {response.reason}" + (
        f": {words}" if words else "."
    )
    if response.status_code in _TEMPORARY:
        return EngineAway(message, remedy="Try again later: what is done stays done.")
    default = "Look at the engine's log, then run the command again: what is done stays done."
    return EngineRefuses(message, remedy=_REMEDIES.get(response.status_code, default))


def _is_page(response: Response) -> bool:
    # Virtuoso declares an empty answer as HTML.
    is_empty = response.headers.get("Content-Length") == "0"
    return "html" in response.headers.get("Content-Type", "") and not is_empty
