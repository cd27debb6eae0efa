"""Parses HTTP/1.1 requests.

llhttp (httptools) parses heads and chunked bodies, strictly. This module knows the grammar and its
limits. It knows nothing of the graph, and never waits for a client.
https://www.rfc-editor.org/rfc/rfc9112
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote_from_bytes

import httptools

from graphsvc.web.delivery import DeliveryOptions
from graphsvc.web.protocol import LARGEST_BODY, LONGEST_ADDRESS

if TYPE_CHECKING:
    from collections.abc import Mapping


LONGEST_HEAD = LONGEST_ADDRESS + 65_536
"""The most bytes of the head of a request: more than any browser sends."""

LONGEST_REQUEST = LONGEST_HEAD + 2 * LARGEST_BODY
"""The most bytes of a request that the parent collects."""

#: The most bytes of sizes and extensions of chunks, besides the content.
_MOST_FRAMING = 65_536

_HEAD_END = re.compile(rb"\n\r?\n")
#: The forms of a target: a path, a whole address, or "*" for the server as a whole.
#: https://www.rfc-editor.org/rfc/rfc9112#section-3.2
_ADDRESS = rb"https?://(?:\[[0-9A-Fa-f:.]+\]|[^/?#\[\]@ ]+)(?::[0-9]*)?(?:[/?#][!-~]*)?"
_TARGET = re.compile(rb"/[!-~]*|\*|(?i:%b)" % _ADDRESS)
_REQUEST_LINE = re.compile(rb"([A-Z]+) (%b) HTTP/(1\.[01])\r\n" % _TARGET.pattern)
_TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+ ")
_ANY_LINE = b"GET / HTTP/1.1\r\n"
_CHUNKED_HEAD = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
_PRINTABLE = bytes(range(0x21, 0x7F))
_METHODS = frozenset((b"GET", b"HEAD", b"POST", b"OPTIONS", b"PUT", b"DELETE", b"PATCH", b"TRACE"))

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
"""https://www.rfc-editor.org/rfc/rfc9110#section-10.1.1"""


def may_be_whole(data: bytes) -> bool:
    """Tell whether bytes contain the head of a request, or cannot be a request."""
    start = data.lstrip(b"\r\n")[:1]
    return b"\n\r\n" in data or b"\n\n" in data or (bool(start) and not start.isalpha())


class Malformed(Exception):  # noqa: N818 - it names what it carries
    """A malformed request, which ends its connection; ``name`` is that of a kind of problem."""

    def __init__(self, name: str, detail: str) -> None:
        super().__init__(detail)
        self.name = name
        self.detail = detail


@dataclass(frozen=True, slots=True, eq=False)
class Fields:
    """The fields of a head by their names in lower case, the lines of a name joined.

    Equal heads share one object.

    ``hosts`` is the number of Host fields, ``options`` how the answer to a GET is to be delivered.
    """

    values: Mapping[bytes, str]
    hosts: int
    wish: DeliveryOptions

    def keep_alive(self, version: str) -> bool:
        """Tell whether the connection stays open (RFC 9112, section 9.3)."""
        options = self.values.get(b"connection", "").lower()
        return "close" not in options and (version == "1.1" or "keep-alive" in options)


@dataclass(slots=True)
class Request:
    """A request: ``target`` is not decoded, ``raw`` has all bytes, so that it can be parsed again.

    ``is_followed`` tells whether bytes of a next request have been read.
    """

    method: str
    target: bytes
    version: str
    fields: Fields
    keep_alive: bool
    body: bytes = b""
    raw: bytes = b""
    is_followed: bool = False

    @property
    def wish(self) -> DeliveryOptions:
        """Return how the answer is to be delivered."""
        wish = self.fields.wish
        return wish if self.method == "GET" else replace(wish, method=self.method)

    def field(self, name: bytes) -> str | None:
        """Return the value of a field, its lines joined (RFC 9110, section 5.3)."""
        return self.fields.values.get(name)


@dataclass(slots=True)
class _ParserEvents:
    """Collects the events of the parser for a head or a chunked body."""

    fields: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytearray = field(default_factory=bytearray)
    is_complete: bool = False
    messages: int = 0
    target: bytes = b""

    def on_url(self, url: bytes) -> None:
        self.target += url

    def on_message_begin(self) -> None:
        self.messages += 1

    def on_header(self, name: bytes, value: bytes) -> None:
        self.fields.append((name.lower(), value))

    def on_body(self, data: bytes) -> None:
        self.body += data

    def on_message_complete(self) -> None:
        self.is_complete = True


class RequestBuffer:
    """The bytes received on a connection, and the requests in them, one after the other."""

    def __init__(self) -> None:
        self.data = b""
        self._request: Request | None = None
        self._head_size = 0
        self._length = 0
        self._chunks: tuple[httptools.HttpRequestParser, _ParserEvents] | None = None

    def feed(self, data: bytes) -> None:
        """Add bytes."""
        self.data += data
        if self._chunks is not None:
            self._decode(data)

    @property
    def needed(self) -> int:
        """Return the number of all bytes of the request, 0 if it is not known yet."""
        return self._head_size + self._length if self._length else 0

    @property
    def awaits_continue(self) -> bool:
        """Tell whether the client waits for 100 Continue before it sends the body."""
        return (
            self._request is not None
            and len(self.data) == self._head_size
            and (self._request.field(b"expect") or "").lower() == "100-continue"
        )

    def next_request(self) -> Request | None:
        """Return the next request if it is complete. Errors: Malformed."""
        if self._request is None:
            self._request = self._read_head()
        if self._request is None or not self._has_body():
            return None
        return self._complete(self._request)

    def _read_head(self) -> Request | None:
        # An empty line before a request is ignored: RFC 9112, section 2.2.
        if self.data.startswith((b"\r", b"\n")):
            self.data = self.data.lstrip(b"\r\n")
        end = _HEAD_END.search(self.data)
        size = end.end() if end else len(self.data)
        if size > LONGEST_HEAD:
            raise Malformed("fields-too-large", f"At most {LONGEST_HEAD} bytes are read.")
        if end is None:
            if self.data and not self.data[:1].isalpha():
                raise Malformed("bad-request", "This is no HTTP request.")
            return None
        self._head_size = size
        request = _parse_head(self.data[:size])
        self._frame(request)
        return request

    def _frame(self, request: Request) -> None:
        """Determine the end of the body: https://www.rfc-editor.org/rfc/rfc9112#section-6.3."""
        coding = request.field(b"transfer-encoding")
        if coding is not None:
            # https://www.rfc-editor.org/rfc/rfc9112#section-6.1
            if request.version == "1.0":
                raise Malformed("bad-request", "HTTP/1.0 has no Transfer-Encoding.")
            if coding.strip().lower() != "chunked":
                raise Malformed("not-implemented", "The only transfer coding here is chunked.")
            head = _ParserEvents()
            self._chunks = httptools.HttpRequestParser(head), head
            self._chunks[0].feed_data(_CHUNKED_HEAD)
            self._decode(self.data[self._head_size :])
        else:
            self._length = int(request.field(b"content-length") or 0)
            if self._length > LARGEST_BODY:
                raise _too_large()

    def _decode(self, data: bytes) -> None:
        parser, head = self._chunks or (None, None)
        if parser is None or head is None or not data:
            return
        try:
            parser.feed_data(data)
        except httptools.HttpParserError as error:
            raise Malformed("bad-request", f"The body is not chunked rightly: {error}.") from error
        # Bytes that are not content, such as extensions of chunks, have their own limit.
        framing = len(self.data) - self._head_size - len(head.body)
        if len(head.body) > LARGEST_BODY or framing > _MOST_FRAMING + 8 * len(head.body):
            raise _too_large()

    def _has_body(self) -> bool:
        if self._chunks is not None:
            return self._chunks[1].is_complete
        return len(self.data) >= self._head_size + self._length

    def _complete(self, request: Request) -> Request:
        if self._chunks is not None:
            parsed, size = self._chunks[1], len(self.data)
            request.body = bytes(parsed.body)
            # The end of the last chunk is not known, so bytes after it are not used.
            request.keep_alive = request.keep_alive and parsed.messages == 1
        else:
            size = self._head_size + self._length
            request.body = self.data[self._head_size : size]
        request.raw, self.data = self.data[:size], self.data[size:]
        request.is_followed = bool(self.data)
        self._request, self._chunks, self._head_size, self._length = None, None, 0, 0
        return request


def _parse_head(head: bytes) -> Request:
    line = _REQUEST_LINE.match(head)
    if line is None or line[1] not in _METHODS:
        return _parse_unusual_head(head)
    fields = _fields(head[line.end() :])
    version = line[3].decode("ascii")
    return Request(line[1].decode("ascii"), line[2], version, fields, fields.keep_alive(version))


def _parse_unusual_head(head: bytes) -> Request:
    """Parse a head with an unusual first line. Errors: Malformed."""
    line, separator, rest = head.partition(b"\r\n")
    if not line.isascii():
        # Some clients do not percent-encode an address.
        encoded = quote_from_bytes(line, safe=_PRINTABLE + b" ").encode("ascii")
        return _parse_head(encoded + separator + rest)
    parsed = _ParserEvents()
    parser = httptools.HttpRequestParser(parsed)
    unknown = Malformed("not-implemented", "The method is not known here.")
    try:
        parser.feed_data(head)
    except httptools.HttpParserUpgrade:
        raise unknown from None
    except httptools.HttpParserInvalidMethodError as error:
        if _TOKEN.match(head):
            raise unknown from error
        raise Malformed("bad-request", f"This is no HTTP request: {error}.") from error
    except httptools.HttpParserError as error:
        raise Malformed("bad-request", f"This is no HTTP request: {error}.") from error
    version = parser.get_http_version()
    if version not in ("1.0", "1.1"):
        raise Malformed("version-not-supported", f"HTTP/{version} is not spoken here.")
    if not _TARGET.fullmatch(parsed.target):
        raise Malformed("bad-request", "The request asks for what is no address.")
    method, fields = parser.get_method().decode("ascii"), _fields(rest)
    return Request(method, parsed.target, version, fields, fields.keep_alive(version))


# A client sends the same fields with each of its requests.
@lru_cache(maxsize=1024)
def _fields(block: bytes) -> Fields:
    """Parse the fields of a head, after its first line and up to its empty line.

    They are parsed without the first line, so that a client's offer of another protocol is ignored
    (RFC 9110, section 7.8).
    """
    parsed = _ParserEvents()
    try:
        httptools.HttpRequestParser(parsed).feed_data(_ANY_LINE + block)
    except httptools.HttpParserUpgrade:
        pass
    except httptools.HttpParserError as error:
        raise Malformed("bad-request", f"This is no HTTP request: {error}.") from error
    values: dict[bytes, str] = {}
    for name, value in parsed.fields:
        text = value.decode("latin-1")
        values[name] = f"{values[name]}, {text}" if name in values else text
    hosts = sum(name == b"host" for name, _ in parsed.fields)
    wish = DeliveryOptions("GET", values.get(b"accept-encoding"), values.get(b"if-none-match"))
    return Fields(values, hosts, wish)


def _too_large() -> Malformed:
    return Malformed("too-large", f"At most {LARGEST_BODY} bytes of a body are read.")
