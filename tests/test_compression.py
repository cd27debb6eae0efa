"""Compression, negotiated and streamed: RFC 9110, sections 8.4, 8.8.3.3 and 12.5.3."""

from __future__ import annotations

import asyncio
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import brotli  # type: ignore[import-untyped]
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from graphsvc.formats import FORMATS
from graphsvc.web.compression import CODINGS, SMALLEST, Coding, Compression, negotiated
from graphsvc.web.messages import Whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphsvc.web.messages import Application, Message, Receive, Scope, Send

TEXT = b"North Rock Light was lit in 1871 on the order of the Harbour Board.\n" * 40
TAG = 'W/"0123"'
NAMES = [coding.name for coding in CODINGS]


class Reader:
    """Reads a compressed stream as a client does: what has come so far, and whether it ended."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._gzip = zlib.decompressobj(zlib.MAX_WBITS | 16)
        self._zstd = zstandard.ZstdDecompressor().decompressobj()
        self._br = brotli.Decompressor()

    def read(self, data: bytes) -> bytes:
        if self._name == "gzip":
            return self._gzip.decompress(data)
        return self._zstd.decompress(data) if self._name == "zstd" else self._br.process(data)

    @property
    def ended(self) -> bool:
        if self._name == "gzip":
            return self._gzip.eof
        return self._zstd.eof if self._name == "zstd" else bool(self._br.is_finished())


@dataclass
class Inner:
    """An application that answers what it is told to, and remembers what it was asked."""

    chunks: Sequence[bytes] = (TEXT,)
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"content-type": "text/csv"})
    breaks_off: bool = False
    asked: dict[bytes, bytes] = field(default_factory=dict)
    start: dict[str, Any] = field(default_factory=dict)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert (await receive())["type"] == "http.request"
        self.asked = dict(scope["headers"])
        headers = [(name.encode(), value.encode()) for name, value in self.headers.items()]
        self.start = {"type": "http.response.start", "status": self.status, "headers": headers}
        await send(self.start)
        if scope["method"] == "HEAD":
            await send({"type": "http.response.body"})
            return
        for number, chunk in enumerate(self.chunks, start=1):
            more = number < len(self.chunks) or self.breaks_off
            await send({"type": "http.response.body", "body": chunk, "more_body": more})
        if self.breaks_off:
            raise RuntimeError("The answer broke off.")


@dataclass
class Later:
    """An application that has nothing at once, or what it is told to have."""

    application: Application
    now: Whole | None = None

    def at_once(self, _scope: Scope) -> Whole | None:
        return self.now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.application(scope, receive, send)


@dataclass
class Got:
    """What came out: the messages, and what ended it if that was an exception."""

    messages: list[Message] = field(default_factory=list)
    error: Exception | None = None

    @property
    def status(self) -> int:
        return int(self.messages[0]["status"])

    @property
    def headers(self) -> dict[str, str]:
        return {name.decode(): value.decode() for name, value in self.messages[0]["headers"]}

    @property
    def chunks(self) -> list[bytes]:
        return [message.get("body", b"") for message in self.messages[1:]]

    @property
    def read(self) -> bytes:
        coding = self.headers.get("content-encoding")
        if coding is None:
            return b"".join(self.chunks)
        reader = Reader(coding)
        data = b"".join(reader.read(chunk) for chunk in self.chunks if chunk)
        assert reader.ended
        return data


def ask(app: Application, method: str = "GET", **headers: str) -> Got:
    got = Got()

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        got.messages.append(message)

    fields = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "path": "/", "headers": fields}
    try:
        asyncio.run(Compression(Later(app))(scope, receive, send))
    except RuntimeError as error:
        got.error = error
    return got


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
    best = negotiated(header).best
    assert (best and best.name) == expected


@pytest.mark.parametrize("header", [None, "", "gzip", "gzip, *", "*;q=0, identity;q=0.1"])
def test_no_coding_at_all_is_acceptable(header: str | None) -> None:
    assert negotiated(header).takes_identity


@pytest.mark.parametrize("header", ["identity;q=0", "*;q=0", "gzip, identity;q=0"])
def test_no_coding_at_all_can_be_refused(header: str) -> None:
    assert not negotiated(header).takes_identity


weights = st.integers(0, 1000).map(lambda thousandths: f"{thousandths / 1000:.3f}")
wishes = st.dictionaries(st.sampled_from([*NAMES, "identity", "deflate"]), weights)


@given(wanted=wishes, order=st.randoms(use_true_random=False))
def test_the_heaviest_coding_wins_whatever_the_order(wanted: dict[str, str], order: Any) -> None:
    entries = [f"{name} ; q={weight}" for name, weight in wanted.items()]
    order.shuffle(entries)
    best = negotiated(" , ".join(entries)).best
    ours = {name: float(wanted.get(name, 0)) for name in NAMES}
    heaviest = max(ours.values())
    if heaviest == 0 or heaviest < float(wanted.get("identity", 0)):
        assert best is None
    else:
        assert best is not None
        assert ours[best.name] == heaviest


@given(header=st.text(alphabet='gzipbrstd*;,=q.01" \\identy', max_size=60) | st.text(max_size=30))
def test_garbage_is_no_wish_that_fails(header: str) -> None:
    wanted = negotiated(header)
    assert wanted.best is None or wanted.best in wanted.codings


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
    got = ask(Inner(chunks), accept_encoding=name)
    assert got.read == b"".join(chunks)
    assert len(got.chunks) == len(chunks)


@pytest.mark.parametrize("name", NAMES)
def test_a_whole_answer_has_its_new_length(name: str) -> None:
    app = Inner(headers={"content-type": "text/csv", "content-length": str(len(TEXT))})
    got = ask(app, accept_encoding=name)
    assert got.headers["content-encoding"] == name
    assert got.headers["content-length"] == str(len(got.chunks[0]))
    assert len(got.chunks[0]) < len(TEXT) / 2
    assert got.read == TEXT
    assert app.start["headers"][1] == (b"content-length", str(len(TEXT)).encode())


@pytest.mark.parametrize("name", NAMES)
def test_a_stream_has_no_length_and_waits_for_nothing(name: str) -> None:
    got = ask(Inner([b"a", b"", b"b" * 9]), accept_encoding=name)
    assert "content-length" not in got.headers
    reader = Reader(name)
    assert [reader.read(chunk) if chunk else b"" for chunk in got.chunks] == [b"a", b"", b"b" * 9]


@pytest.mark.parametrize("name", [*NAMES, "identity"])
def test_what_breaks_off_has_no_end(name: str) -> None:
    got = ask(Inner([TEXT, TEXT], breaks_off=True), accept_encoding=name)
    assert str(got.error) == "The answer broke off."
    assert all(message["more_body"] for message in got.messages[1:])
    if name != "identity":
        reader = Reader(name)
        assert b"".join(reader.read(chunk) for chunk in got.chunks) == TEXT * 2
        assert not reader.ended


@pytest.mark.parametrize("fmt", FORMATS, ids=lambda fmt: fmt.name)
def test_every_format_of_the_table_is_compressed(fmt: Any) -> None:
    assert ask(Inner(headers={"content-type": fmt.content_type}), accept_encoding="br").headers[
        "content-encoding"
    ]


@pytest.mark.parametrize(
    "app",
    [
        Inner([b"x" * (SMALLEST - 1)]),
        Inner([b"", b"x"], headers={"content-type": "text/csv", "content-length": "1"}),
        Inner(headers={"content-type": "image/png"}),
        Inner(headers={"content-type": "font/woff2"}),
        Inner(headers={}),
        Inner(headers={"content-type": "text/csv", "content-encoding": "gzip"}),
        Inner(headers={"content-type": "text/csv", "cache-control": "public, No-Transform"}),
        Inner(status=206, headers={"content-type": "text/csv", "content-range": "bytes 0-9/10"}),
        Inner([b""], status=204, headers={}),
    ],
)
def test_what_would_not_gain_or_must_not_change_is_left_alone(app: Inner) -> None:
    got = ask(app, accept_encoding="gzip")
    assert b"".join(got.chunks) == b"".join(app.chunks)
    assert got.headers.get("content-encoding") == app.headers.get("content-encoding")
    assert got.headers.get("content-length") == app.headers.get("content-length")


def test_who_refuses_the_identity_gets_a_coding_even_of_little() -> None:
    got = ask(Inner([b"x"]), accept_encoding="identity;q=0, gzip")
    assert (got.headers["content-encoding"], got.read) == ("gzip", b"x")
    nothing = ask(Inner([b""]), accept_encoding="identity;q=0, gzip")
    assert "content-encoding" not in nothing.headers


def test_who_takes_nothing_is_not_left_without_an_answer() -> None:
    got = ask(Inner(), accept_encoding="*;q=0")
    assert (got.status, got.read) == (200, TEXT)


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
    vary = {} if before is None else {"vary": before}
    app = Inner(headers={"content-type": "text/csv", **vary})
    assert ask(app, accept_encoding=header).headers["vary"] == after
    assert ask(app).headers["vary"] == after


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("length", [None, str(SMALLEST), "1"])
def test_the_headers_of_head_are_those_of_get(name: str, length: str | None) -> None:
    told = {} if length is None else {"content-length": length}
    app = Inner([b"x", b"y"], headers={"content-type": "text/csv", "etag": TAG, **told})
    get, head = (ask(app, method, accept_encoding=name) for method in ("GET", "HEAD"))
    assert head.headers == get.headers
    assert head.chunks == [b""]


def tagged(**others: Any) -> Inner:
    return Inner(headers={"content-type": "text/csv", "etag": TAG}, **others)


def test_each_representation_has_its_own_tag() -> None:
    tags = [ask(tagged(), accept_encoding=name).headers["etag"] for name in [*NAMES, "identity"]]
    assert tags == ['W/"0123-zstd"', 'W/"0123-br"', 'W/"0123-gzip"', TAG]
    strong = Inner(headers={"content-type": "text/csv", "etag": '"0123"'})
    assert ask(strong, accept_encoding="gzip").headers["etag"] == 'W/"0123-gzip"'


@pytest.mark.parametrize(
    ("accepted", "held", "inner", "outer"),
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
    accepted: str, held: str, inner: str, outer: str
) -> None:
    app = tagged(status=304, chunks=[b""])
    got = ask(app, accept_encoding=accepted, if_none_match=held)
    assert app.asked[b"if-none-match"].decode() == inner
    assert (got.status, got.headers["etag"], got.chunks) == (304, outer, [b""])
    assert got.headers["vary"] == "Accept-Encoding"
    assert "content-encoding" not in got.headers


@pytest.mark.parametrize(
    ("accepted", "held"),
    [
        ("identity", 'W/"0123-gzip"'),
        ("br", 'W/"0123-gzip"'),
        ("gzip, identity;q=0", TAG),
    ],
)
def test_what_a_client_does_not_take_is_not_what_it_may_keep(accepted: str, held: str) -> None:
    app = tagged()
    ask(app, accept_encoding=accepted, if_none_match=held)
    assert TAG.encode() not in app.asked.get(b"if-none-match", b"")


@pytest.mark.parametrize("accepted", ["", "gzip", "br", "zstd", "gzip;q=0", "identity;q=0, br"])
@pytest.mark.parametrize("body", [b"short", TEXT], ids=["short", "long"])
def test_what_is_had_at_once_is_coded_as_if_it_came_later(body: bytes, accepted: str) -> None:
    fields = {
        "content-type": "text/csv",
        "content-length": str(len(body)),
        "etag": TAG,
        "vary": "Accept, Accept-Encoding",
    }
    later = ask(Inner([body], headers=fields), accept_encoding=accepted)
    ready = Whole(200, [(name.encode(), value.encode()) for name, value in fields.items()], body)
    asked = [(b"accept-encoding", accepted.encode())]
    scope = {"type": "http", "method": "GET", "headers": asked}
    now = Compression(Later(Inner(), ready)).at_once(scope)
    assert now is not None
    assert {name.decode(): value.decode() for name, value in now.headers} == later.headers
    assert now.body == b"".join(later.chunks)


def test_what_is_no_request_passes() -> None:
    seen: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001
        seen.append(scope["type"])

    async def never(*_: object) -> Any:
        raise AssertionError

    asyncio.run(Compression(Later(app))({"type": "lifespan"}, never, never))
    assert seen == ["lifespan"]


def test_a_file_that_the_server_sends_by_itself_goes_as_it_is() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001
        headers = [(b"content-type", b"text/css")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.pathsend", "path": "/style.css"})

    got = ask(app)
    assert [message["type"] for message in got.messages] == [
        "http.response.start",
        "http.response.pathsend",
    ]
