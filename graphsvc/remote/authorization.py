"""The field Authorization of requests: a token, or a password in the scheme of the engine.

Without TLS a password is sent only after the engine has asked for it, because HTTP Digest hides it
from listeners; Virtuoso accepts only Digest. With TLS it is sent with the first request, because
some engines accept anonymous requests and answer them with less data.
https://www.rfc-editor.org/rfc/rfc7617 and https://www.rfc-editor.org/rfc/rfc7616
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING
from urllib.request import (
    AbstractDigestAuthHandler,
    HTTPPasswordMgrWithDefaultRealm,
    parse_http_list,
    parse_keqv_list,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from urllib.request import Request

    from graphsvc.remote.credentials import Credentials

_DIGEST, _BASIC = "digest ", "basic"


class _Scheme(Enum):
    """The scheme of the field Authorization."""

    NOT = 0
    AT_ONCE = 1
    DIGEST = 2


class Authorization:
    """Makes the field Authorization of requests to the engine at an address."""

    def __init__(self, address: str, credentials: Credentials) -> None:
        self._credentials = credentials
        is_private = address.startswith("https:") or credentials.token is not None
        self._way = _Scheme.AT_ONCE if is_private else _Scheme.NOT
        self._challenge: dict[str, str] = {}
        passwords = HTTPPasswordMgrWithDefaultRealm()
        passwords.add_password(None, address, credentials.user or "", credentials.password or "")
        self._digest = AbstractDigestAuthHandler(passwords)

    def field(self, request: Request) -> str | None:
        """Return the value of the field for a request; None for no field."""
        if self._way is _Scheme.DIGEST:
            return f"Digest {self._digest.get_authorization(request, self._challenge)}"
        return self._credentials.authorization if self._way is _Scheme.AT_ONCE else None

    def learn(self, challenges: Sequence[str]) -> bool:
        """Read the challenge of an answer with status 401; tell whether to send the request again.

        https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1
        """
        if self._credentials.user is None:
            return False
        before = self._way
        digest = next((each for each in challenges if each.lower().startswith(_DIGEST)), None)
        if digest is not None:
            self._way = _Scheme.DIGEST
            self._challenge = parse_keqv_list(parse_http_list(digest[len(_DIGEST) :]))
            return (
                before is not _Scheme.DIGEST or self._challenge.get("stale", "").lower() == "true"
            )
        if before is _Scheme.NOT and any(each.lower().startswith(_BASIC) for each in challenges):
            self._way = _Scheme.AT_ONCE
            return True
        if before is _Scheme.AT_ONCE and not challenges:
            # Virtuoso sends its challenge only for a request without the field.
            self._way = _Scheme.NOT
            return True
        return False
