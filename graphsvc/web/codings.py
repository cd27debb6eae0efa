"""The content codings: how each compresses, and which one a client wants.

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
        """Return the compressed bytes up to here, so that all of ``data`` can be read."""
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
        # On the longest page (328 kB) 5 takes 3 ms and leaves 33 kB; 9 takes 19 ms and leaves 31;
        # 11, which is usual for files that are compressed once, takes 704 ms and leaves 28.
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
    """A content coding: its registered name, other names for it, and what compresses."""

    name: str
    compressor: Callable[[], Compressor]
    aliases: tuple[str, ...] = ()


#: In order of preference: the first that a client takes wins a tie. The fastest comes first.
#: https://www.iana.org/assignments/http-parameters/http-parameters.xhtml#content-coding
CODINGS: tuple[Coding, ...] = (
    Coding("zstd", _Zstandard),
    Coding("br", _Brotli),
    Coding("gzip", _Gzip, aliases=("x-gzip",)),
)


@dataclass(frozen=True, slots=True)
class AcceptedCodings:
    """What a client takes: codings, the best first, and whether it takes none at all.

    ``best`` is None if an answer should go out as it is.
    """

    codings: tuple[Coding, ...]
    best: Coding | None
    takes_identity: bool


@lru_cache(maxsize=256)
def negotiate_codings(accept_encoding: str | None) -> AcceptedCodings:
    """Return what an Accept-Encoding header asks for; without one nothing is compressed.

    A coding that the client names goes before one that only ``*`` lets in, where it likes them
    alike. What is not mentioned is not acceptable, but for the identity, which is unless it, or
    ``*`` in its stead, has the weight 0.
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
    # Where it is not named the identity has no weight to compare: whatever is taken goes first.
    preferred = weights.get(_IDENTITY, 0.0)
    best = takers[0] if takers and rank(takers[0])[0] >= preferred else None
    return AcceptedCodings(tuple(takers), best, takes_identity=plain > 0)
