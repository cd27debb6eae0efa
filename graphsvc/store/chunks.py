"""Bytes as a stream of chunks, so that only one chunk is in memory."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from _typeshed import WriteableBuffer

_BUFFER = 1 << 16


def reader(parts: Iterable[bytes]) -> io.BufferedReader:
    """Return a binary file with the content of the chunks."""
    return io.BufferedReader(_ChunkReader(parts), _BUFFER)


def lines(data: bytes, start: int = 0) -> Iterator[bytes]:
    """Yield the lines of the data, each with its line feed; every line has one."""
    while start < len(data):
        end = data.index(b"\n", start) + 1
        yield data[start:end]
        start = end


class _ChunkReader(io.RawIOBase):
    def __init__(self, parts: Iterable[bytes]) -> None:
        super().__init__()
        self._parts = iter(parts)
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        while not self._rest:
            part = next(self._parts, None)
            if part is None:
                return 0
            self._rest = memoryview(part)
        target = memoryview(buffer)
        size = min(len(target), len(self._rest))
        target[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size
