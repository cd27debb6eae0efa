"""What ASGI applications and servers say to each other, as types, and how fields are read.

https://asgi.readthedocs.io/en/latest/specs/main.html
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

Message: TypeAlias = MutableMapping[str, Any]
Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Application: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers: TypeAlias = list[tuple[bytes, bytes]]

START = "http.response.start"
"""The type of the message that begins an answer."""


@dataclass(frozen=True, slots=True)
class Whole:
    """An answer that is there as a whole, its length among its fields."""

    status: int
    headers: Headers
    body: bytes

    async def send(self, send: Send) -> None:
        """Send it in one piece."""
        await send({"type": START, "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": self.body})


class Immediate(Protocol):
    """An application that can tell some answers without waiting for anything."""

    def at_once(self, scope: Scope) -> Whole | None:
        """Return the answer to a request, if it is to be had at once."""
        ...

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or one event of the server's life."""
        ...


def field_value(headers: Headers, name: bytes) -> str | None:
    """Return the value of a field, its lines joined; ``name`` is in lower case.

    https://www.rfc-editor.org/rfc/rfc9110#section-5.3
    """
    values = [value for key, value in headers if key == name]
    return b", ".join(values).decode("latin-1") if values else None
