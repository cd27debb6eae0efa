"""The messages between the parent and a worker.

The channel is a pair of Unix sockets that preserve message boundaries. A message is one letter, the
lease of its connection, more content, and descriptors.
https://man7.org/linux/man-pages/man7/unix.7.html
"""

from __future__ import annotations

import os
import socket
import struct
from typing import NamedTuple

from graphsvc.server.board import Lease

ANSWER = b"a"
"""Parent: answer the requests of this connection. The message has the connection, the file of bytes
that have been read already, if there is one, the start of the client's wait, and the
`FailedRequest` if another worker has ended."""

KEEP = b"k"
"""Worker: the connection has no request now."""

CLOSE = b"c"
"""Worker: the connection can be closed."""

ABORT = b"x"
"""Worker: the last answer is not complete; the connection must be reset."""

CLOSE_SOON = b"l"
"""Worker: the connection can be closed after the client has read its last answer."""

UNFINISHED = b"u"
"""Worker: the request is not complete. The message has the number of all its bytes, 0 if it is not
known, and the file of bytes that have been read."""

_START = struct.Struct("<cBI")
_NEEDED = struct.Struct("<Q")
_SINCE = struct.Struct("<d")
_LONGEST = 128
_MOST_DESCRIPTORS = 2


class Message(NamedTuple):
    """A message: its letter, the lease, more content, and its descriptors."""

    letter: bytes
    lease: Lease
    content: bytes
    descriptors: list[int]


def send(channel: socket.socket, message: Message, flags: int = 0) -> None:
    """Send a message. Errors: OSError if the other side has ended.

    With the flag MSG_DONTWAIT also BlockingIOError, if the other side does not read.
    """
    start = _START.pack(message.letter, *message.lease)
    socket.send_fds(channel, [start + message.content], message.descriptors, flags)


def receive(channel: socket.socket, flags: int = 0) -> Message | None:
    """Return the next message, None if the other side has ended."""
    try:
        data, descriptors, _, _ = socket.recv_fds(channel, _LONGEST, _MOST_DESCRIPTORS, flags)
    except ConnectionResetError:
        return None
    if not data:
        return None
    letter, cell, number = _START.unpack_from(data)
    return Message(letter, Lease(cell, number), data[_START.size :], descriptors)


def encode_size(size: int) -> bytes:
    """Encode a number of bytes for a message."""
    return _NEEDED.pack(size)


def decode_size(content: bytes) -> int:
    """Decode the number of bytes in a message."""
    size: int = _NEEDED.unpack(content)[0]
    return size


def encode_time(seconds: float, rest: bytes) -> bytes:
    """Encode a time and the rest of a message."""
    return _SINCE.pack(seconds) + rest


def decode_time(content: bytes) -> tuple[float, bytes]:
    """Decode the time at the beginning of a message; return it and the rest."""
    seconds: float = _SINCE.unpack_from(content)[0]
    return seconds, content[_SINCE.size :]


def file_of(data: bytes | bytearray | memoryview) -> int:
    """Return the descriptor of a file in memory with some bytes."""
    descriptor = os.memfd_create("request", os.MFD_CLOEXEC)
    os.write(descriptor, data)
    return descriptor


def content_of(descriptor: int) -> bytes:
    """Return the content of a file in memory, and close it."""
    try:
        return os.pread(descriptor, os.fstat(descriptor).st_size, 0)
    finally:
        os.close(descriptor)
