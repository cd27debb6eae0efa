"""The content codings: their compressors, and the negotiation with a client.

A coding is one row of ``CODINGS``. https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

import brotli  # type: ignore[import-untyped]
import zstandard

from graphsvc.web.negotiation import elements

if TYPE_CHECKING:
    from collections.abc import Callable


_IDENTITY = "identity"
_WINDOW_OF_GZIP = zlib.MAX_WBITS | 16


class Compressor(Protocol):
    """Compresses one answer, piece by piece."""

    def part(self, data: bytes) -> bytes:
        """Return compressed bytes from which a client can read all of ``data``."""
        ...

    def last(self, data: bytes) -> bytes:
        """Return the compressed bytes to the end of the stream."""
        ...


class _Gzip:
    """https://www.rfc-editor.org/rfc/rfc1952."""

    def __init__(self) -> None:
        self._stream = zlib.compressobj(4, zlib.DEFLATED, _WINDOW_OF_GZIP)

    def part(self, data: bytes) -> bytes:
        return self._stream.compress(data) + self._stream.flush(zlib.Z_SYNC_FLUSH)

    def last(self, data: bytes) -> bytes:
        return self._stream.compress(data) + self._stream.flush()


class _Brotli:
    """https://www.rfc-editor.org/rfc/rfc7932."""

    def __init__(self) -> None:
        # For the longest page (328 kB), quality 5 takes 3 ms for 33 kB, 9 19 ms for 31 kB,
        # and 11, which is usual for files that are compressed once, takes 704 ms for 28 kB.
        self._stream = brotli.Compressor(mode=brotli.MODE_TEXT, quality=5)

    def part(self, data: bytes) -> bytes:
        return bytes(self._stream.process(data) + self._stream.flush())

    def last(self, data: bytes) -> bytes:
        return bytes(self._stream.process(data) + self._stream.finish())


class _Zstandard:
    """https://www.rfc-editor.org/rfc/rfc8878; its level's window is within that of RFC 9659."""

    def __init__(self) -> None:
        self._stream = zstandard.ZstdCompressor(level=3).compressobj()

    def part(self, data: bytes) -> bytes:
        return self._stream.compress(data) + self._stream.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)

    def last(self, data: bytes) -> bytes:
        return self._stream.compress(data) + self._stream.flush()


@dataclass(frozen=True, slots=True)
class Coding:
    """A content coding: its registered name, its compressor, and other names."""

    name: str
    compressor: Callable[[], Compressor]
    aliases: tuple[str, ...] = ()


#: In order of preference: the first acceptable coding wins a tie. The fastest comes first.
#: https://www.iana.org/assignments/http-parameters/http-parameters.xhtml#content-coding
CODINGS: tuple[Coding, ...] = (
    Coding("zstd", _Zstandard),
    Coding("br", _Brotli),
    Coding("gzip", _Gzip, aliases=("x-gzip",)),
)


@dataclass(frozen=True, slots=True)
class AcceptedCodings:
    """The codings that a client accepts, the best first, and whether it accepts no coding.

    ``best`` is None if an answer should not be coded.
    """

    codings: tuple[Coding, ...]
    best: Coding | None
    takes_identity: bool


@lru_cache(maxsize=256)
def negotiate_codings(accept_encoding: str | None) -> AcceptedCodings:
    """Return the codings that an Accept-Encoding header accepts; without one, no coding is used.

    At equal weights, a coding that the client names precedes one that only ``*`` matches. A coding
    that is not mentioned is not acceptable. The identity is acceptable unless it, or ``*`` for it,
    has the weight 0.
    """
    if accept_encoding is None:
        return AcceptedCodings((), None, takes_identity=True)
    weights = dict(reversed(list(elements(accept_encoding))))
    others = weights.get("*")

    def rank(coding: Coding) -> tuple[float, bool]:
        named = [weights[name] for name in (coding.name, *coding.aliases) if name in weights]
        return (max(named), True) if named else (others or 0.0, False)

    takers = sorted((one for one in CODINGS if rank(one)[0] > 0), key=rank, reverse=True)
    plain = weights.get(_IDENTITY, 1.0 if others is None else others)
    # If the identity is not named, it has no weight, and any accepted coding precedes it.
    preferred = weights.get(_IDENTITY, 0.0)
    best = takers[0] if takers and rank(takers[0])[0] >= preferred else None
    return AcceptedCodings(tuple(takers), best, takes_identity=plain > 0)
