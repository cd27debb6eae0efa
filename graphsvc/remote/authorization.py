"""The field Authorization: at once where that says enough, by HTTP Digest where an engine asks so.

Virtuoso lets users in by Digest alone. https://www.rfc-editor.org/rfc/rfc7616
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.request import (
    AbstractDigestAuthHandler,
    HTTPPasswordMgrWithDefaultRealm,
    parse_http_list,
    parse_keqv_list,
)

if TYPE_CHECKING:
    from urllib.request import Request

    from graphsvc.remote.credentials import Credentials

_DIGEST = "digest "


class Authorization:
    """Says in requests to the engine at an address who asks."""

    def __init__(self, address: str, credentials: Credentials) -> None:
        self._at_once = credentials.authorization
        self._challenge: dict[str, str] | None = None
        passwords = HTTPPasswordMgrWithDefaultRealm()
        if credentials.user is not None:
            passwords.add_password(None, address, credentials.user, credentials.password or "")
        self._has_password = credentials.user is not None
        self._digest = AbstractDigestAuthHandler(passwords)

    def field(self, request: Request) -> str | None:
        """Return the value of the field for a request; None if there is nothing to show."""
        if self._challenge is None:
            return self._at_once
        return f"Digest {self._digest.get_authorization(request, self._challenge)}"

    def learn(self, challenge: str) -> bool:
        """Take what an engine answers to a request with 401; tell whether to send it again."""
        if not self._has_password or not challenge.lower().startswith(_DIGEST):
            return False
        before = self._challenge
        self._challenge = parse_keqv_list(parse_http_list(challenge[len(_DIGEST) :]))
        is_refused = before is not None and self._challenge.get("stale", "").lower() != "true"
        return not is_refused
