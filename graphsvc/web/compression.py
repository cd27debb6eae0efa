"""Compression of answers, negotiated by Accept-Encoding: a layer around an ASGI 3 application.

A coding is one row of ``CODINGS``. A streamed answer stays one: each chunk goes out as soon as it
is compressed, so that nothing waits for more. An answer that its application breaks off breaks
off here as well: the compressed stream then lacks its end, and no client takes it for whole.

https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

import brotli  # type: ignore[import-untyped]
import zstandard

from graphsvc.formats import FORMATS
from graphsvc.web.conditions import TAG
from graphsvc.web.fields import VARY
from graphsvc.web.messages import START, Whole, field_value
from graphsvc.web.negotiation import elements

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphsvc.web.messages import Headers, Immediate, Message, Receive, Scope, Send


SMALLEST = 512
"""How many bytes an answer has at least for its compression to be worth while."""

_IDENTITY = "identity"
_NOT_MODIFIED = 304
_WINDOW_OF_GZIP = zlib.MAX_WBITS | 16

#: What is worth compressing: texts. Images, archives and their like are compressed already.
_TEXTS = re.compile(r"text/.*|.*\+(?:json|xml)|application/(?:json|xml|javascript|ecmascript)")
_OF_THE_TABLE = frozenset(fmt.media_type for fmt in FORMATS if not fmt.packed)


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
class Wanted:
    """What a client takes: codings, the best first, and whether it takes none at all.

    ``best`` is None if an answer should go out as it is.
    """

    codings: tuple[Coding, ...]
    best: Coding | None
    takes_identity: bool


@lru_cache(maxsize=256)
def negotiated(accept_encoding: str | None) -> Wanted:
    """Return what an Accept-Encoding header asks for; without one nothing is compressed.

    A coding that the client names goes before one that only ``*`` lets in, where it likes them
    alike. What is not mentioned is not acceptable, but for the identity, which is unless it, or
    ``*`` in its stead, has the weight 0.
    """
    if accept_encoding is None:
        return Wanted((), None, takes_identity=True)
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
    return Wanted(tuple(takers), best, takes_identity=plain > 0)


@lru_cache(maxsize=256)
def meant(accept_encoding: str | None) -> str:
    """Return the same for all Accept-Encoding headers that come to the same."""
    wanted = negotiated(accept_encoding)
    best = wanted.best and wanted.best.name
    return f"{[coding.name for coding in wanted.codings]} {best} {wanted.takes_identity}"


class Compression:
    """An ASGI 3 application whose answers are compressed as their clients wish.

    Each coding of an answer is a representation of its own: it has its own entity tag (RFC 9110,
    section 8.8.3.3), by which it can be asked for again, and ``Vary`` says what chose it.
    """

    def __init__(self, app: Immediate) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = scope["headers"]
        wanted = negotiated(field_value(headers, b"accept-encoding"))
        held = _tags(field_value(headers, b"if-none-match") or "")
        if wanted.best is None and wanted.takes_identity and not held:
            await self._app(scope, receive, _Plain(send))
            return
        inner = _asked_by_inner_tags(scope, held, wanted) if held else scope
        await self._app(inner, receive, _Answer(send, _Coded(scope["method"], wanted, held)))

    def at_once(self, scope: Scope) -> Whole | None:
        """Return the answer, coded, if it is to be had at once; it is a GET without conditions."""
        found = self._app.at_once(scope)
        if found is None:
            return None
        wanted = negotiated(field_value(scope["headers"], b"accept-encoding"))
        if wanted.best is None and wanted.takes_identity:
            return found
        start: Message = {"type": START, "status": found.status, "headers": list(found.headers)}
        body: Message = {"type": "http.response.body", "body": found.body}
        body = _Coded("GET", wanted, frozenset()).begin(start, body)
        return Whole(found.status, start["headers"], body["body"])


class _Plain:
    """An answer that goes out as it is: all that is added is that others may get it coded."""

    def __init__(self, send: Send) -> None:
        self._send = send

    async def __call__(self, message: Message) -> None:
        if message["type"] == START and VARY not in message.get("headers", ()):
            headers = [(name.lower(), value) for name, value in message.get("headers", ())]
            if message["status"] == _NOT_MODIFIED or _may_be_coded(message["status"], headers):
                _add_vary(headers)
            message = {**message, "headers": headers}
        await self._send(message)


class _Answer:
    """One answer on its way out: its start waits for the first bytes, which tell what it is."""

    def __init__(self, send: Send, coded: _Coded) -> None:
        self._send = send
        self._coded = coded
        self._start: Message | None = None

    async def __call__(self, message: Message) -> None:
        is_body = message["type"] == "http.response.body"
        if message["type"] == START:
            headers = [(name.lower(), value) for name, value in message.get("headers", ())]
            self._start = {**message, "headers": headers}
            return
        if self._start is not None:
            start, self._start = self._start, None
            if is_body:
                message = self._coded.begin(start, message)
            await self._send(start)
        elif is_body:
            message = self._coded.go_on(message)
        await self._send(message)


class _Coded:
    """How one answer is coded, as its request wants it; ``held`` are the tags that it names."""

    def __init__(self, method: str, wanted: Wanted, held: frozenset[str]) -> None:
        self._method = method
        self._wanted = wanted
        self._held = held
        self._compressor: Compressor | None = None

    def begin(self, start: Message, body: Message) -> Message:
        """Settle how the answer goes out; change its headers, and return the first of its body."""
        headers: Headers = start["headers"]
        if start["status"] == _NOT_MODIFIED:
            _add_vary(headers)
            self._tag_what_is_held(headers)
            return body
        if not _may_be_coded(start["status"], headers):
            return body
        _add_vary(headers)
        coding = self._wanted.best
        if coding is None or not self._is_worth_while(headers, body):
            return body
        _replace(headers, b"content-encoding", coding.name.encode("ascii"))
        _replace(headers, b"accept-ranges", None)
        _mark_tag(headers, coding)
        if self._method == "HEAD":
            _replace(headers, b"content-length", None)
            return body
        self._compressor = coding.compressor()
        body = self.go_on(body)
        whole = not body.get("more_body")
        length = str(len(body["body"])).encode("ascii") if whole else None
        _replace(headers, b"content-length", length)
        return body

    def go_on(self, body: Message) -> Message:
        """Return what follows, coded."""
        if self._compressor is None:
            return body
        data = bytes(body.get("body", b""))
        if body.get("more_body"):
            return {**body, "body": self._compressor.part(data) if data else b""}
        return {**body, "body": self._compressor.last(data)}

    def _is_worth_while(self, headers: Headers, body: Message) -> bool:
        length = self._length(headers, body)
        if length == 0 or not self._wanted.takes_identity:
            return length != 0
        kind = (field_value(headers, b"content-type") or "").partition(";")[0].strip().lower()
        is_text = kind in _OF_THE_TABLE or _TEXTS.fullmatch(kind) is not None
        return is_text and (length is None or length >= SMALLEST)

    def _length(self, headers: Headers, body: Message) -> int | None:
        """Return how long the answer is, or None if only its end will tell."""
        told = field_value(headers, b"content-length") or ""
        if told.isascii() and told.isdigit():
            return int(told)
        is_whole = self._method != "HEAD" and not body.get("more_body")
        return len(body.get("body", b"")) if is_whole else None

    def _tag_what_is_held(self, headers: Headers) -> None:
        """Let a 304 name the representation that the client holds: any that it takes will do."""
        opaque = _opaque(field_value(headers, b"etag"))
        if opaque is None or (opaque in self._held and self._wanted.takes_identity):
            return
        for coding in self._wanted.codings:
            if f"{opaque}-{coding.name}" in self._held:
                _mark_tag(headers, coding)
                return


def _may_be_coded(status: int, headers: Headers) -> bool:
    """Tell whether a coding may be put on the answer at all.

    A part of a representation (206) is a part of one coding of it, and what has a coding, or says
    that it must not be transformed, stays as it is.
    """
    has_content = status >= 200 and status not in (204, 205, 206)  # noqa: PLR2004
    is_coded = field_value(headers, b"content-encoding") is not None
    policy = (field_value(headers, b"cache-control") or "").lower()
    return has_content and not is_coded and "no-transform" not in policy


def _asked_by_inner_tags(scope: Scope, held: frozenset[str], wanted: Wanted) -> Scope:
    """Return the request as the application understands it: with the tags that it gives itself."""
    inner = {
        tag.removesuffix(f"-{coding.name}")
        for tag in held
        for coding in wanted.codings
        if tag.endswith(f"-{coding.name}")
    }
    if wanted.takes_identity:
        inner |= held
    headers = list(scope["headers"])
    value = ", ".join(f'W/"{tag}"' for tag in sorted(inner)) if inner else None
    _replace(headers, b"if-none-match", value.encode("latin-1") if value else None)
    return {**scope, "headers": headers}


def _mark_tag(headers: Headers, coding: Coding) -> None:
    """Give the coded representation a tag of its own.

    It is weak: two runs may cut the same stream into other chunks, and compress to other bytes.
    """
    opaque = _opaque(field_value(headers, b"etag"))
    if opaque is not None:
        _replace(headers, b"etag", f'W/"{opaque}-{coding.name}"'.encode("latin-1"))


def _tags(value: str) -> frozenset[str]:
    """Return the opaque parts of a list of entity tags: their comparison here is a weak one."""
    return frozenset(TAG.findall(value))


def _opaque(tag: str | None) -> str | None:
    match = TAG.fullmatch(tag or "")
    return match[1] if match else None


def _add_vary(headers: Headers) -> None:
    varies = field_value(headers, b"vary") or ""
    names = [name.strip().lower() for name in varies.split(",")]
    if "*" not in names and "accept-encoding" not in names:
        value = f"{varies}, Accept-Encoding" if varies else "Accept-Encoding"
        _replace(headers, b"vary", value.encode("latin-1"))


def _replace(headers: Headers, name: bytes, value: bytes | None) -> None:
    """Put a field's new value in the place of its old ones; None takes the field away."""
    headers[:] = [(key, old) for key, old in headers if key != name]
    if value is not None:
        headers.append((name, value))
