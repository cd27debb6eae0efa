"""What the parent and a worker say to each other over their channel.

The channel is a pair of Unix sockets that keep messages apart. A message is one letter, the lease
of the connection that it is about, what else belongs to it, and descriptors.
https://man7.org/linux/man-pages/man7/unix.7.html
"""

from __future__ import annotations

import os
import socket
import struct
from typing import NamedTuple

from graphsvc.server.board import Lease

ANSWER = b"a"
"""Parent: answer the requests of this connection. With it come the connection, the file of what
has been read of it already, if there is one, since when the client waits, and the `FailedRequest`
if the worker before has ended."""

KEEP = b"k"
"""Worker: the connection has no request now."""

CLOSE = b"c"
"""Worker: the connection can be closed."""

ABORT = b"x"
"""Worker: the last answer is not whole; the connection must end so that the client sees it."""

CLOSE_SOON = b"l"
"""Worker: the connection can be closed, once the client has read its last answer."""

UNFINISHED = b"u"
"""Worker: the request has not come whole. With it come how many bytes it has in all, 0 if that is
not known, and the file of what has been read."""

_START = struct.Struct("<cBI")
_NEEDED = struct.Struct("<Q")
_SINCE = struct.Struct("<d")
_LONGEST = 128
_MOST_DESCRIPTORS = 2


class Message(NamedTuple):
    """A message: its letter, the lease, what else belongs to it, and its descriptors."""

    letter: bytes
    lease: Lease
    content: bytes
    descriptors: list[int]


def send(channel: socket.socket, message: Message, flags: int = 0) -> None:
    """Send a message. Errors: OSError if the other side has ended.

    With the flag MSG_DONTWAIT BlockingIOError, if it does not read what it has been sent.
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
    """Return a number of bytes as a message holds it."""
    return _NEEDED.pack(size)


def decode_size(content: bytes) -> int:
    """Return the number of bytes that a message holds."""
    size: int = _NEEDED.unpack(content)[0]
    return size


def encode_time(seconds: float, rest: bytes) -> bytes:
    """Return a time and what follows it as a message holds them."""
    return _SINCE.pack(seconds) + rest


def decode_time(content: bytes) -> tuple[float, bytes]:
    """Return the time that a message begins with, and what follows it."""
    seconds: float = _SINCE.unpack_from(content)[0]
    return seconds, content[_SINCE.size :]


def file_of(data: bytes | bytearray | memoryview) -> int:
    """Return the descriptor of a file in memory that holds some bytes."""
    descriptor = os.memfd_create("request", os.MFD_CLOEXEC)
    os.write(descriptor, data)
    return descriptor


def content_of(descriptor: int) -> bytes:
    """Return what a file in memory holds, and close it."""
    try:
        return os.pread(descriptor, os.fstat(descriptor).st_size, 0)
    finally:
        os.close(descriptor)
