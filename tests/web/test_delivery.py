"""How answers go out: coded, whole or as they come: RFC 9110, sections 8.4, 8.8.3.3 and 12.5.3."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import brotli  # type: ignore[import-untyped]
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import create_environ

from graphsvc import settings
from graphsvc.formats import FORMATS, Content
from graphsvc.web.app import create_app
from graphsvc.web.codings import CODINGS, Coding, negotiate_codings
from graphsvc.web.delivery import (
    BUFFER,
    FAILURE,
    SMALLEST,
    Delivery,
    DeliveryMiddleware,
    DeliveryOptions,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from graphsvc.release import Release
    from graphsvc.web.answer_head import Head

TEXT = b"North Rock Light was lit in 1871 on the order of the Harbour Board.\n" * 40
LONG = TEXT * (BUFFER // len(TEXT) + 1)
TAG = 'W/"0123"'
NAMES = [coding.name for coding in CODINGS]


class Reader:
    """Reads a compressed stream as a client does: its content so far, and whether it has ended."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._gzip = zlib.decompressobj(zlib.MAX_WBITS | 16)
        self._zstd = zstandard.ZstdDecompressor().decompressobj()
        self._br = brotli.Decompressor()

    def read(self, data: bytes) -> bytes:
        if self._name == "gzip":
            return self._gzip.decompress(data)
        if self._name == "zstd":
            return self._zstd.decompress(data)
        parts = [self._br.process(data)]
        # It gives back so much at a time.
        while part := self._br.process(b""):
            parts.append(part)
        return b"".join(parts)

    @property
    def ended(self) -> bool:
        if self._name == "gzip":
            return self._gzip.eof
        return self._zstd.eof if self._name == "zstd" else bool(self._br.is_finished())


@dataclass
class Inner:
    """A WSGI application with a fixed answer that records its requests."""

    chunks: Sequence[bytes] = (TEXT,)
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "text/csv"})
    breaks_off: bool = False
    requests: list[WSGIEnvironment] = field(default_factory=list)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
        self.requests.append(environ)
        start_response(f"{self.status} Any", list(self.headers.items()))
        if environ["REQUEST_METHOD"] != "HEAD":
            yield from self.chunks
        if self.breaks_off:
            raise RuntimeError("The answer broke off.")


@dataclass
class Response:
    """What came out, as a transport takes it; ``error`` is what ended it early."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    length: int | None = None
    chunks: list[bytes] = field(default_factory=list)
    ended: bool = False
    error: Exception | None = None

    def begin(self, status: int, head: Head, length: int | None) -> None:
        assert not self.status, "an answer begins once"
        self.status, self.length = status, length
        self.headers = {name.lower(): value for name, value in head.fields}

    def send(self, data: bytes | bytearray) -> None:
        self.chunks.append(bytes(data))

    def end(self) -> None:
        self.ended = True

    @property
    def content(self) -> bytes:
        return b"".join(self.chunks)

    @property
    def read(self) -> bytes:
        coding = self.headers.get("content-encoding")
        if coding is None:
            return self.content
        reader = Reader(coding)
        data = b"".join(reader.read(chunk) for chunk in self.chunks if chunk)
        assert reader.ended
        return data


def ask(app: Inner, method: str = "GET", **headers: str) -> Response:
    answer = Response()
    wish = DeliveryOptions(method, headers.get("accept_encoding"), headers.get("if_none_match"))
    environ = create_environ(method=method)
    if wish.if_none_match is not None:
        environ["HTTP_IF_NONE_MATCH"] = wish.if_none_match
    try:
        DeliveryMiddleware(app).answer(environ, Delivery(wish, answer))
    except RuntimeError as error:
        answer.error = error
    return answer


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, None),
        ("", None),
        ("identity", None),
        ("deflate", None),
        ("gzip", "gzip"),
        ("GZip", "gzip"),
        ("x-gzip", "gzip"),
        ("br, gzip", "br"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip;q=1.0, br;q=0.9, zstd;q=0.1", "gzip"),
        ("gzip;q=0", None),
        ("*", "zstd"),
        ("*, br", "br"),
        ("*;q=0", None),
        ("gzip, *;q=0", "gzip"),
        ("zstd;q=0, *", "br"),
        ("identity;q=0, *;q=0", None),
        ("identity, gzip;q=0.5", None),
        ("identity;q=0.5, gzip;q=0.5", "gzip"),
        ("identity;q=0.5, *;q=0.8", "zstd"),
        ("gzip;q=2, br", "br"),
        ("gzip;q=high", None),
        (",,;q=1, gzip", "gzip"),
    ],
)
def test_a_coding_is_negotiated(header: str | None, expected: str | None) -> None:
    best = negotiate_codings(header).best
    assert (best and best.name) == expected


@pytest.mark.parametrize("header", [None, "", "gzip", "gzip, *", "*;q=0, identity;q=0.1"])
def test_no_coding_at_all_is_acceptable(header: str | None) -> None:
    assert negotiate_codings(header).takes_identity


@pytest.mark.parametrize("header", ["identity;q=0", "*;q=0", "gzip, identity;q=0"])
def test_no_coding_at_all_can_be_refused(header: str) -> None:
    assert not negotiate_codings(header).takes_identity


weights = st.integers(0, 1000).map(lambda thousandths: f"{thousandths / 1000:.3f}")
wishes = st.dictionaries(st.sampled_from([*NAMES, "identity", "deflate"]), weights)


@given(weights=wishes, order=st.randoms(use_true_random=False))
def test_the_heaviest_coding_wins_whatever_the_order(weights: dict[str, str], order: Any) -> None:
    entries = [f"{name} ; q={weight}" for name, weight in weights.items()]
    order.shuffle(entries)
    best = negotiate_codings(" , ".join(entries)).best
    ours = {name: float(weights.get(name, 0)) for name in NAMES}
    heaviest = max(ours.values())
    if heaviest == 0 or heaviest < float(weights.get("identity", 0)):
        assert best is None
    else:
        assert best is not None
        assert ours[best.name] == heaviest


@given(header=st.text(alphabet='gzipbrstd*;,=q.01" \\identy', max_size=60) | st.text(max_size=30))
def test_garbage_is_no_wish_that_fails(header: str) -> None:
    negotiated = negotiate_codings(header)
    assert negotiated.best is None or negotiated.best in negotiated.codings


@pytest.mark.parametrize("coding", CODINGS, ids=lambda coding: coding.name)
@given(chunks=st.lists(st.binary(max_size=2000), min_size=1, max_size=8))
def test_each_chunk_can_be_read_when_it_comes(coding: Coding, chunks: list[bytes]) -> None:
    compressor, reader = coding.compressor(), Reader(coding.name)
    for chunk in chunks:
        part = compressor.part(chunk) if chunk else b""
        assert (reader.read(part) if part else b"") == chunk
        assert not reader.ended
    assert reader.read(compressor.last(b"")) == b""
    assert reader.ended


@pytest.mark.parametrize("name", NAMES)
@given(chunks=st.lists(st.binary(max_size=2000), min_size=1, max_size=5))
def test_what_is_read_is_what_was_answered(name: str, chunks: list[bytes]) -> None:
    answer = ask(Inner(chunks), accept_encoding=name)
    assert answer.read == b"".join(chunks)
    assert answer.ended


@pytest.mark.parametrize("name", NAMES)
def test_a_whole_answer_has_its_new_length(name: str) -> None:
    app = Inner(headers={"Content-Type": "text/csv", "Content-Length": str(len(TEXT))})
    answer = ask(app, accept_encoding=name)
    assert answer.headers["content-encoding"] == name
    assert answer.length == len(answer.content)
    assert len(answer.content) < len(TEXT) / 2
    assert answer.read == TEXT


@pytest.mark.parametrize("name", [*NAMES, "identity"])
def test_a_page_goes_out_as_a_whole(name: str) -> None:
    page = b"<p>words</p>" * 20_000
    app = Inner([page], headers={"Content-Type": "text/html", "Content-Length": str(len(page))})
    answer = ask(app, accept_encoding=name)
    assert answer.length == len(answer.content)
    assert answer.read == page


@pytest.mark.parametrize("name", [*NAMES, "identity"])
def test_what_does_not_fit_the_buffer_goes_out_as_it_comes(name: str) -> None:
    parts: list[int] = []

    class Watched(Inner):
        def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterator[bytes]:
            for chunk in super().__call__(environ, start):
                yield chunk
                parts.append(len(answer.chunks))

    answer = Response()
    app = Watched([LONG, b"more", LONG])
    DeliveryMiddleware(app).answer(create_environ(), Delivery(DeliveryOptions("GET", name), answer))
    assert parts == [1, 1, 2]
    assert answer.length is None
    assert answer.read == LONG + b"more" + LONG


@pytest.mark.parametrize("name", [*NAMES, "identity"])
def test_what_breaks_off_has_no_end(name: str) -> None:
    answer = ask(Inner([LONG, LONG], breaks_off=True), accept_encoding=name)
    assert str(answer.error) == "The answer broke off."
    assert not answer.ended
    if name != "identity":
        reader = Reader(name)
        assert b"".join(reader.read(chunk) for chunk in answer.chunks) == LONG * 2
        assert not reader.ended


def test_what_fails_before_its_first_byte_is_told_instead() -> None:
    class Failing(Inner):
        def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterator[bytes]:
            if environ[FAILURE] is None:
                yield from super().__call__(environ, start)
            else:
                start("500 Any", [("Content-Type", "text/plain")])
                yield str(environ[FAILURE]).encode()

    answer = ask(Failing([b"a part"], breaks_off=True))
    assert (answer.status, answer.content, answer.ended) == (
        500,
        b"The answer broke off.",
        True,
    )


def test_head_makes_no_more_of_an_answer_than_it_tells() -> None:
    chunks: list[int] = []

    class Endless(Inner):
        def __call__(self, _: WSGIEnvironment, start: StartResponse) -> Iterator[bytes]:
            write = start("200 OK", [("Content-Type", "text/csv")])
            while len(chunks) < 1000:
                chunks.append(1)
                write(LONG)
            yield b""

    answer = ask(Endless(), "HEAD")
    assert (answer.status, answer.length, answer.content, answer.ended) == (
        200,
        None,
        b"",
        True,
    )
    assert len(chunks) == 1


@pytest.mark.parametrize("fmt", FORMATS, ids=lambda fmt: fmt.name)
def test_every_format_of_the_table_is_compressed_once(fmt: Any) -> None:
    # A workbook is a ZIP archive: what its format says it has done is not done again.
    answer = ask(Inner(headers={"Content-Type": fmt.content_type}), accept_encoding="br")
    assert ("content-encoding" in answer.headers) is not fmt.packed


def test_only_archives_are_packed(mechanisms_release: Release) -> None:
    client = create_app(mechanisms_release, settings.load({}, {})).test_client()
    for fmt in (fmt for fmt in FORMATS if fmt.carries & {Content.TABLE, Content.ROWS}):
        suffix = "json" if fmt.name == "explanation" else fmt.name
        data = client.get(f"/browse.{suffix}?class=iwm:Country").data
        assert (len(zlib.compress(data)) > 0.8 * len(data)) is fmt.packed, fmt.name


@pytest.mark.parametrize(
    "app",
    [
        Inner([b"x" * (SMALLEST - 1)]),
        Inner([b"", b"x"], headers={"Content-Type": "text/csv", "Content-Length": "1"}),
        Inner(headers={"Content-Type": "image/png"}),
        Inner(headers={"Content-Type": "font/woff2"}),
        Inner(headers={}),
        Inner(headers={"Content-Type": "text/csv", "Content-Encoding": "gzip"}),
        Inner(headers={"Content-Type": "text/csv", "Cache-Control": "public, No-Transform"}),
        Inner(status=206, headers={"Content-Type": "text/csv", "Content-Range": "bytes 0-9/10"}),
        Inner([b""], status=204, headers={}),
    ],
)
def test_what_would_not_gain_or_must_not_change_is_left_alone(app: Inner) -> None:
    answer = ask(app, accept_encoding="gzip")
    assert answer.content == b"".join(app.chunks)
    assert answer.headers.get("content-encoding") == app.headers.get("Content-Encoding")


def test_who_refuses_the_identity_gets_a_coding_even_of_little() -> None:
    answer = ask(Inner([b"x"]), accept_encoding="identity;q=0, gzip")
    assert (answer.headers["content-encoding"], answer.read) == ("gzip", b"x")
    nothing = ask(Inner([b""]), accept_encoding="identity;q=0, gzip")
    assert "content-encoding" not in nothing.headers


def test_who_takes_nothing_is_not_left_without_an_answer() -> None:
    answer = ask(Inner(), accept_encoding="*;q=0")
    assert (answer.status, answer.read) == (200, TEXT)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, "Accept-Encoding"),
        ("Accept", "Accept, Accept-Encoding"),
        ("accept-encoding, Accept", "accept-encoding, Accept"),
        ("*", "*"),
    ],
)
@pytest.mark.parametrize("header", ["gzip", "identity"])
def test_caches_learn_what_chose_the_answer(before: str | None, after: str, header: str) -> None:
    vary = {} if before is None else {"Vary": before}
    app = Inner(headers={"Content-Type": "text/csv", **vary})
    assert ask(app, accept_encoding=header).headers["vary"] == after
    assert ask(app).headers["vary"] == after


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("length", [None, str(SMALLEST), "1"])
def test_the_headers_of_head_are_those_of_get(name: str, length: str | None) -> None:
    length_field = {} if length is None else {"Content-Length": length}
    content = b"x" * int(length or SMALLEST)
    app = Inner([content], headers={"Content-Type": "text/csv", "ETag": TAG, **length_field})
    get, head = (ask(app, method, accept_encoding=name) for method in ("GET", "HEAD"))
    assert head.headers == get.headers
    assert head.chunks == []
    assert head.length in (None, get.length)


def tagged(**others: Any) -> Inner:
    return Inner(headers={"Content-Type": "text/csv", "ETag": TAG}, **others)


def test_each_representation_has_its_own_tag() -> None:
    tags = [ask(tagged(), accept_encoding=name).headers["etag"] for name in [*NAMES, "identity"]]
    assert tags == ['W/"0123-zstd"', 'W/"0123-br"', 'W/"0123-gzip"', TAG]
    strong = Inner(headers={"Content-Type": "text/csv", "ETag": '"0123"'})
    assert ask(strong, accept_encoding="gzip").headers["etag"] == 'W/"0123-gzip"'


@pytest.mark.parametrize(
    ("accepted", "cached_tag", "inner", "outer"),
    [
        ("gzip", 'W/"0123-gzip"', 'W/"0123", W/"0123-gzip"', 'W/"0123-gzip"'),
        ("br, gzip", '"0123-gzip", W/"x"', 'W/"0123", W/"0123-gzip", W/"x"', 'W/"0123-gzip"'),
        ("gzip", TAG, TAG, TAG),
        ("gzip, identity;q=0", 'W/"0123", W/"0123-gzip"', TAG, 'W/"0123-gzip"'),
        ("identity", TAG, TAG, TAG),
        ("gzip", "*", "*", TAG),
    ],
)
def test_a_client_is_told_that_what_it_holds_is_fresh(
    accepted: str, cached_tag: str, inner: str, outer: str
) -> None:
    app = tagged(status=304, chunks=[b""])
    answer = ask(app, accept_encoding=accepted, if_none_match=cached_tag)
    assert app.requests[0]["HTTP_IF_NONE_MATCH"] == inner
    assert (answer.status, answer.headers["etag"], answer.content) == (304, outer, b"")
    assert answer.headers["vary"] == "Accept-Encoding"
    assert "content-encoding" not in answer.headers


@pytest.mark.parametrize(
    ("accepted", "cached_tag"),
    [
        ("identity", 'W/"0123-gzip"'),
        ("br", 'W/"0123-gzip"'),
        ("gzip, identity;q=0", TAG),
    ],
)
def test_what_a_client_does_not_take_is_not_what_it_may_keep(
    accepted: str, cached_tag: str
) -> None:
    app = tagged()
    ask(app, accept_encoding=accepted, if_none_match=cached_tag)
    assert TAG not in app.requests[0].get("HTTP_IF_NONE_MATCH", "")
