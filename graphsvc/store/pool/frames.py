"""What goes over the socket between a client and a worker. No input or output here.

A request is a length and a JSON object. An answer is a row of frames, each a kind, a length and a
payload: HEAD names the format, DATA carries the bytes, and only END says that the answer is whole;
ERROR stands in place of HEAD when a query cannot be answered. A worker's first word is HELLO.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import IntEnum
from struct import Struct
from typing import TYPE_CHECKING, Any

from graphsvc import errors, formats
from graphsvc.errors import GraphsvcError, NotAcceptable, Position, QueryError, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEADER = Struct("<BI")
_LENGTH = Struct("<I")
_WHO = Struct("<II")

#: The most bytes of a request: a query of a megabyte, and what is around it.
LONGEST_REQUEST = 4 << 20

#: The most bytes of one DATA frame.
CHUNK = 1 << 16


class Kind(IntEnum):
    """The kinds of frames."""

    HELLO = 1
    HEAD = 2
    DATA = 3
    END = 4
    ERROR = 5


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame as it came."""

    kind: Kind
    payload: bytes


def request(content: dict[str, Any]) -> bytes:
    """Return a request as bytes."""
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return _LENGTH.pack(len(body)) + body


def frame(kind: Kind, payload: bytes = b"") -> bytes:
    """Return a frame as bytes."""
    return _HEADER.pack(kind, len(payload)) + payload


def hello(pid: int, slot: int) -> bytes:
    """Return a worker's first frame: its process id, and its slot in the register."""
    return frame(Kind.HELLO, _WHO.pack(pid, slot))


def who(hello_frame: Frame) -> tuple[int, int]:
    """Return a worker's process id and slot from its first frame."""
    pid, slot = _WHO.unpack(hello_frame.payload)
    return pid, slot


class RequestReader:
    """Puts a request together from what a socket gives."""

    def __init__(self) -> None:
        self._bytes = b""

    def feed(self, received: bytes) -> dict[str, Any] | None:
        """Take what was received; return the request once it is whole."""
        self._bytes += received
        if len(self._bytes) < _LENGTH.size:
            return None
        (length,) = _LENGTH.unpack_from(self._bytes)
        if len(self._bytes) < _LENGTH.size + length:
            return None
        content: dict[str, Any] = json.loads(self._bytes[_LENGTH.size :])
        self._bytes = b""
        return content


class FrameReader:
    """Takes bytes as they come and gives the frames that are whole."""

    def __init__(self) -> None:
        self._bytes = b""

    def feed(self, received: bytes) -> Iterator[Frame]:
        """Take what was received and yield each frame that is whole."""
        data = self._bytes + received if self._bytes else received
        start, size = 0, len(data)
        while size - start >= _HEADER.size:
            kind, length = _HEADER.unpack_from(data, start)
            end = start + _HEADER.size + length
            if end > size:
                break
            yield Frame(Kind(kind), data[start + _HEADER.size : end])
            start = end
        self._bytes = data[start:]


def error(raised: GraphsvcError) -> bytes:
    """Return the frame that carries an error to the client."""
    position = raised.position if isinstance(raised, QueryError) else None
    content = {
        "type": type(raised).__name__,
        "message": raised.message,
        "remedy": raised.remedy,
        "position": position and [position.line, position.column, position.text],
        "formats": [fmt.name for fmt in raised.formats]
        if isinstance(raised, NotAcceptable)
        else [],
    }
    return frame(Kind.ERROR, json.dumps(content).encode())


def raise_error(payload: bytes) -> None:
    """Raise the error that a frame carries."""
    content = json.loads(payload)
    if content["type"] == NotAcceptable.__name__:
        raise NotAcceptable([fmt for name in content["formats"] if (fmt := formats.named(name))])
    kind = getattr(errors, content["type"], StoreError)
    if isinstance(kind, type) and issubclass(kind, QueryError):
        place = content["position"]
        position = Position(*place) if place else None
        raise kind(content["message"], remedy=content["remedy"], position=position)
    raise StoreError(content["message"], remedy=content["remedy"])
