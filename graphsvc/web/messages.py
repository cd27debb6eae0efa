"""What ASGI applications and servers say to each other, as types, and how fields are read.

https://asgi.readthedocs.io/en/latest/specs/main.html
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias

Message: TypeAlias = MutableMapping[str, Any]
Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Application: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers: TypeAlias = list[tuple[bytes, bytes]]


def field_value(headers: Headers, name: bytes) -> str | None:
    """Return the value of a field, its lines joined; ``name`` is in lower case.

    https://www.rfc-editor.org/rfc/rfc9110#section-5.3
    """
    values = [value for key, value in headers if key == name]
    return b", ".join(values).decode("latin-1") if values else None
