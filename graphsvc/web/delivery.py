"""The last step of every answer: its content coding, its length, and no content for a HEAD.

An answer that fits into a buffer is sent whole, with its length; a longer one is streamed. So an
answer that fails during its first bytes can be replaced by an error. An answer that fails later is
cut, so no client takes it for complete.

Each coding of an answer is a separate representation with its own entity tag (RFC 9110, section
8.8.3.3), and ``Vary`` names the field that chose it.
https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3
"""

from __future__ import annotations

import re
from contextlib import closing, suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Protocol, TypeAlias

from werkzeug.http import HTTP_STATUS_CODES, unquote_etag
from werkzeug.wsgi import ClosingIterator

from graphsvc.formats import FORMATS
from graphsvc.web.answer_head import VARY, Head
from graphsvc.web.codings import negotiate_codings
from graphsvc.web.conditional import TAG

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from graphsvc.web.codings import AcceptedCodings, Coding, Compressor

Headers: TypeAlias = list[tuple[str, str]]

BUFFER = 65_536
"""The bytes of an answer that are buffered before the first are sent."""

#: Answers of known length below this are sent whole.
_LARGEST_WHOLE = 1_048_576

SMALLEST = 512
"""The least bytes of an answer that is compressed."""

_NOT_MODIFIED = 304
_WITHOUT_CONTENT = frozenset((204, 304))

#: The media types that are compressed: texts. Images and archives are compressed already.
_TEXTS = re.compile(r"text/.*|.*\+(?:json|xml)|application/(?:json|xml|javascript|ecmascript)")
_OF_THE_TABLE = frozenset(fmt.media_type for fmt in FORMATS if not fmt.packed)


#: The key of the WSGI environment for an error to send: one that occurred before the application
#: was called, or None.
FAILURE = "graphsvc.failure"

#: The key of the WSGI environment for the function that returns the last header fields.
LAST_FIELDS = "graphsvc.last_fields"


_NO_HEAD = Head(())

_VARIES = f"{VARY[0]}: {VARY[1]}\r\n"


#: Returns the header fields that depend on the whole content.
LastFields: TypeAlias = "Callable[[bytes], Sequence[tuple[str, str]]]"


def _no_fields(_: bytes) -> Sequence[tuple[str, str]]:
    return ()


class Transport(Protocol):
    """Sends an answer to its client."""

    def begin(self, status: int, head: Head, length: int | None) -> None:
        """Take the head; ``length`` is None if it is not known before the end of the content."""
        ...

    def send(self, data: bytes | bytearray) -> None:
        """Take a part of the content."""
        ...

    def end(self) -> None:
        """End the answer."""
        ...


class ContentNotNeeded(Exception):  # noqa: N818 - it is no error
    """The client gets no content, and everything else of the answer is known."""


@dataclass(frozen=True, slots=True)
class DeliveryOptions:
    """The fields of a request that decide how its answer is delivered."""

    method: str = "GET"
    accept_encoding: str | None = None
    if_none_match: str | None = None

    def inner_tags(self) -> str | None:
        """Return If-None-Match for the application: with tags without codings."""
        if self.if_none_match is None or self.if_none_match.strip() == "*":
            return self.if_none_match
        accepted = negotiate_codings(self.accept_encoding)
        client_tags = _tags(self.if_none_match)
        inner = {
            tag.removesuffix(f"-{coding.name}")
            for tag in client_tags
            for coding in accepted.codings
            if tag.endswith(f"-{coding.name}")
        }
        if accepted.takes_identity:
            inner |= client_tags
        return ", ".join(f'W/"{tag}"' for tag in sorted(inner))


class Delivery:
    """The delivery of one answer: a binary file for writing the content.

    ``start`` is called first, ``finish`` last. Nothing is sent until ``is_started``; before that,
    ``start`` may be called again with another answer. An answer that is sent whole also has the
    ``last_fields``.
    """

    def __init__(self, options: DeliveryOptions, transport: Transport) -> None:
        self.is_started = False
        self.options = options
        self.last_fields: LastFields = _no_fields
        self._transport = transport
        self._status = 0
        self._head = _NO_HEAD
        self._length: int | None = None
        self._buffer = bytearray()
        self._most = BUFFER
        self._compressor: Compressor | None = None

    def start(self, status: int, head: Head, length: int | None = None) -> None:
        """Take the head of the answer, and the length of its content if it is known."""
        self._status, self._head, self._length = status, head, length
        self._buffer = bytearray()
        # A page is complete already; in chunks it would only lose its length.
        self._most = _LARGEST_WHOLE if (length or _LARGEST_WHOLE) < _LARGEST_WHOLE else BUFFER

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """Take a part of the content; return its length. Errors: Enough, OSError."""
        self._buffer += data
        if len(self._buffer) >= self._most:
            self._spill()
        return len(data)

    def flush(self) -> None:
        """Do nothing: the buffer is sent when it is full or the answer ends."""

    def finish(self) -> None:
        """Send the rest; then the answer is complete."""
        if not self.is_started and self._status == HTTPStatus.OK:
            for name, value in self.last_fields(bytes(self._buffer)):
                self._head = self._head.preceded_by(name, value)
        if self.is_started:
            self._send_rest()
        elif self.options.method == "HEAD":
            self._begin_without_content()
        else:
            self._send_whole()
        self._transport.end()

    def _send_rest(self) -> None:
        content: bytes | bytearray = self._buffer
        if self._compressor is not None:
            content = self._compressor.last(bytes(content))
        if content:
            self._transport.send(content)

    def _spill(self) -> None:
        if not self.is_started:
            self._begin_streamed()
        data: bytes | bytearray = self._buffer
        if self._compressor is not None:
            data = self._compressor.part(bytes(data))
        self._transport.send(data)
        self._buffer = bytearray()
        self._most = BUFFER

    def _begin_streamed(self) -> None:
        if self.options.method == "HEAD":
            raise ContentNotNeeded
        coding = self._coding(self._length)
        if coding is not None:
            self._compressor = coding.compressor()
        self._begin(self._length if coding is None else None)

    def _send_whole(self) -> None:
        content: bytes | bytearray = self._buffer
        coding = self._coding(len(content))
        if coding is not None:
            content = coding.compressor().last(bytes(content))
        self._begin(None if self._status in _WITHOUT_CONTENT else len(content))
        if content:
            self._transport.send(content)

    def _begin_without_content(self) -> None:
        """Send the header fields of the answer to GET, with its length if it has one."""
        length = self._length
        if length is None and 0 < len(self._buffer) < BUFFER:
            length = len(self._buffer)
        coding = self._coding(length)
        is_told = coding is None and self._status not in _WITHOUT_CONTENT
        self._begin(length if is_told else None)

    def _begin(self, length: int | None) -> None:
        self.is_started = True
        self._transport.begin(self._status, self._head, length)

    def _coding(self, length: int | None) -> Coding | None:
        """Choose the coding and set its header fields; None if the answer is not coded."""
        accept = self.options.accept_encoding
        if accept is None and self._head.text.endswith(_VARIES):
            return None  # the usual case: most programs accept no coding
        if self._status == _NOT_MODIFIED:
            self._head = _with_vary(self._head)
            self._tag_not_modified()
            return None
        if not _may_be_coded(self._status, self._head):
            return None
        self._head = _with_vary(self._head)
        accepted = negotiate_codings(accept)
        coding = accepted.best
        if coding is None or not _is_worth_while(self._head, length, accepted):
            return None
        head = self._head.replacing("Content-Encoding", coding.name).without("accept-ranges")
        self._head = _with_coded_tag(head, coding)
        return coding

    def _tag_not_modified(self) -> None:
        """Give a 304 the entity tag of a representation that the client has and accepts."""
        if self.options.if_none_match is None:
            return
        client_tags, accepted = (
            _tags(self.options.if_none_match),
            negotiate_codings(self.options.accept_encoding),
        )
        opaque = _opaque(self._head.field("etag"))
        if opaque is None or (opaque in client_tags and accepted.takes_identity):
            return
        for coding in accepted.codings:
            if f"{opaque}-{coding.name}" in client_tags:
                self._head = _with_coded_tag(self._head, coding)
                return


class DeliveryMiddleware:
    """WSGI middleware that delivers answers by this module, under any WSGI server."""

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        wish = DeliveryOptions(
            environ["REQUEST_METHOD"],
            environ.get("HTTP_ACCEPT_ENCODING"),
            environ.get("HTTP_IF_NONE_MATCH"),
        )
        transport = _WsgiTransport(start_response)
        self.answer(environ, Delivery(wish, transport))
        return transport.parts

    def answer(
        self, environ: WSGIEnvironment, delivery: Delivery, failure: Exception | None = None
    ) -> None:
        """Answer one request, or send the error ``failure``.

        Errors: those of an answer that breaks off.
        """
        if delivery.options.if_none_match is not None:
            tags = delivery.options.inner_tags()
            environ.pop("HTTP_IF_NONE_MATCH", None)
            if tags is not None:
                environ["HTTP_IF_NONE_MATCH"] = tags
        try:
            self._deliver(environ | {FAILURE: failure}, delivery)
        except Exception as error:
            if delivery.is_started or failure is not None:
                raise
            # Nothing was sent yet, so the error can be sent instead.
            self._deliver(environ | {FAILURE: error}, delivery)

    def _deliver(self, environ: WSGIEnvironment, delivery: Delivery) -> None:
        def start(status: str, headers: Headers, _: object = None) -> Callable[[bytes], object]:
            head = Head(headers)
            # The server dates each answer itself.
            head, length = head.without("content-length").without("date"), head.length
            delivery.start(int(status[:3]), head, length)
            return delivery.write

        with (
            suppress(ContentNotNeeded),
            closing(ClosingIterator(self._application(environ, start))) as parts,
        ):
            for part in parts:
                delivery.write(part)
        delivery.last_fields = environ.get(LAST_FIELDS, _no_fields)
        delivery.finish()


class _WsgiTransport:
    """Sends an answer through a WSGI server; a long one by its ``write`` function (PEP 3333).

    ``parts`` is the rest that the server sends at the end.
    """

    def __init__(self, start_response: StartResponse) -> None:
        self.parts: list[bytes] = []
        self._size = 0
        self._start_response = start_response
        self._write: Callable[[bytes], object] | None = None

    def begin(self, status: int, head: Head, length: int | None) -> None:
        fields = list(head.fields)
        if length is not None:
            fields.append(("Content-Length", str(length)))
        phrase = HTTP_STATUS_CODES.get(status, "Unknown")
        self._write = self._start_response(f"{status} {phrase}", fields)

    def send(self, data: bytes | bytearray) -> None:
        self.parts.append(bytes(data))
        self._size += len(data)
        if self._write is not None and self._size > _LARGEST_WHOLE:
            self._write(b"".join(self.parts))
            self.parts.clear()

    def end(self) -> None:
        pass


def _is_worth_while(head: Head, length: int | None, accepted: AcceptedCodings) -> bool:
    if length == 0 or not accepted.takes_identity:
        return length != 0
    kind = (head.field("content-type") or "").partition(";")[0].strip().lower()
    is_text = kind in _OF_THE_TABLE or _TEXTS.fullmatch(kind) is not None
    return is_text and (length is None or length >= SMALLEST)


def _may_be_coded(status: int, head: Head) -> bool:
    """Tell whether an answer may be coded.

    A redirect is the same for all clients. A part of a representation (206) belongs to one coding
    of it. An answer that has a coding, or must not be transformed, is not changed.
    """
    has_content = status in range(200, 204) or status in range(400, 600)
    is_coded = head.field("content-encoding") is not None
    policy = (head.field("cache-control") or "").lower()
    return has_content and not is_coded and "no-transform" not in policy


def _with_coded_tag(head: Head, coding: Coding) -> Head:
    """Return the head with the entity tag of a coded representation.

    The tag is weak: a stream may be cut into other chunks, and be compressed to other bytes.
    """
    opaque = _opaque(head.field("etag"))
    return head if opaque is None else head.replacing("ETag", f'W/"{opaque}-{coding.name}"')


def _tags(value: str) -> frozenset[str]:
    """Return the opaque parts of a list of entity tags, for weak comparison."""
    return frozenset(TAG.findall(value))


def _opaque(tag: str | None) -> str | None:
    return unquote_etag(tag)[0] if tag else None


def _with_vary(head: Head) -> Head:
    """Return the head with Vary: the coding depends on the request."""
    varies = head.field("vary") or ""
    names = [name.strip().lower() for name in varies.split(",")]
    if "*" in names or "accept-encoding" in names:
        return head
    return head.replacing("Vary", f"{varies}, Accept-Encoding" if varies else "Accept-Encoding")
