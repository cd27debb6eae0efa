"""Connections as clients have them: right answers in order, whatever comes, and in bounds.

https://www.rfc-editor.org/rfc/rfc9112
"""

from __future__ import annotations

import asyncio
import json
import socket
from contextlib import closing
from http.client import HTTPResponse
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus, unquote_to_bytes, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from uvicorn import Config
from uvicorn.server import ServerState

from graphsvc.web import protocol
from graphsvc.web.connections import LONGEST_HEAD, Connection
from graphsvc.web.messages import START

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from graphsvc.web.messages import Receive, Scope, Send, Whole

LOOKUP = "SELECT ?label { light:north-rock rdfs:label ?label }"
LONGER = "SELECT (COUNT(*) AS ?number) { ?light a lights:Light }"


def connect(address: str) -> socket.socket:
    parts = urlsplit(address)
    return socket.create_connection((parts.hostname or "", parts.port or 0), timeout=30)


def head(target: str, *fields: str, method: str = "GET", version: str = "1.1") -> bytes:
    lines = (f"{method} {target} HTTP/{version}", "Host: lights.example", *fields, "", "")
    return "\r\n".join(lines).encode()


def query(text: str) -> str:
    return "/sparql?query=" + quote(text)


def answers(connection: socket.socket, number: int) -> list[tuple[int, bytes]]:
    """Return so many answers to GET, in the order in which they come."""
    found = []
    with connection.makefile("rb") as stream:
        for _ in range(number):
            response = HTTPResponse(_Shared(stream))
            response.begin()
            found.append((response.status, response.read()))
    return found


class _Shared(socket.socket):
    """What `HTTPResponse` reads an answer from, and leaves open for the next one."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def makefile(self, *_words: Any, **_named: Any) -> Any:
        return _Unclosed(self._stream)


class _Unclosed:
    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def close(self) -> None:
        pass


def rest(connection: socket.socket) -> bytes:
    """Return all that comes until the other side closes the connection."""
    with connection.makefile("rb") as stream:
        return stream.read()


def problem(answer: bytes) -> tuple[int, str]:
    """Return the status of an answer, and the kind of its problem."""
    top, _, content = answer.partition(b"\r\n\r\n")
    assert b"content-type: application/problem+json" in top.lower()
    told = json.loads(content)
    status = int(top.split(b" ", 2)[1])
    assert told["status"] == status
    assert told["detail"]
    return status, told["type"]


def test_requests_that_come_together_are_answered_in_order(server: str) -> None:
    targets = [query(LONGER), query(LOOKUP), "/readyz", query(LOOKUP), query(LOOKUP), "/none"]
    alone = []
    for target in targets:
        with closing(connect(server)) as connection:
            connection.sendall(head(target))
            alone += answers(connection, 1)
    with closing(connect(server)) as connection:
        connection.sendall(b"".join(head(target) for target in targets))
        assert answers(connection, len(targets)) == alone
    assert [status for status, _ in alone] == [200, 200, 200, 200, 200, 404]


def test_a_request_may_come_in_pieces(server: str) -> None:
    request = head(query(LOOKUP))
    with closing(connect(server)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for number in range(len(request)):
            connection.sendall(request[number : number + 1])
        ((status, content),) = answers(connection, 1)
    assert status == 200
    assert b"bindings" in content


@pytest.mark.parametrize(
    ("request_head", "status_line"),
    [
        (head(query(LOOKUP), "Connection: close"), b"HTTP/1.1 200"),
        (head(query(LOOKUP), version="1.0"), b"HTTP/1.1 200"),
    ],
)
def test_9_3_a_client_that_wants_no_more_is_let_go(
    server: str, request_head: bytes, status_line: bytes
) -> None:
    with closing(connect(server)) as connection:
        connection.sendall(request_head)
        answer = rest(connection)
    assert answer.startswith(status_line)
    assert answer.endswith(b"}")


def test_a_body_that_means_nothing_is_not_taken_for_the_next_request(server: str) -> None:
    body = head("/readyz")
    with closing(connect(server)) as connection:
        connection.sendall(head(query(LOOKUP), f"Content-Length: {len(body)}") + body)
        connection.sendall(head("/none", "Connection: close"))
        first, second = answers(connection, 2)
    assert (first[0], second[0]) == (200, 404)


@pytest.mark.parametrize(
    "nonsense",
    [
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9.9\r\n\r\n",
        b"BREW /pot HTTP/1.1\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nNo colon\r\n\r\n",
        b"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Length: many\r\n\r\n",
        b"GET http://[ HTTP/1.1\r\nHost: a\r\n\r\n",
    ],
)
def test_what_is_no_http_is_told_so(server: str, nonsense: bytes) -> None:
    with closing(connect(server)) as connection:
        connection.sendall(nonsense)
        assert problem(rest(connection)) == (400, "/problems#bad-request")


@pytest.mark.parametrize("start", [b"GET /", b"GET / HTTP/1.1\r\nHost: a\r\nCookie: "])
def test_a_head_without_end_is_not_read_to_it(server: str, start: bytes) -> None:
    with closing(connect(server)) as connection:
        connection.sendall(start + b"a" * (LONGEST_HEAD + 1))
        assert problem(rest(connection)) == (431, "/problems#fields-too-large")


class _Hasty(Connection):
    patience = 0.05


class _Nothing:
    """An application that reads what it is sent, and answers with nothing."""

    def at_once(self, _scope: Scope) -> Whole | None:
        return None

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        while (message := await receive())["type"] == "http.request" and message["more_body"]:
            pass
        await send({"type": START, "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})


async def _sent(parts: Sequence[bytes]) -> bytes:
    """Return what a hasty server answers."""
    config = Config(_Nothing(), interface="asgi3", lifespan="off")
    config.load()
    loop = asyncio.get_running_loop()
    listening = await loop.create_server(
        lambda: _Hasty(config, ServerState(), {}), "127.0.0.1", 0, start_serving=True
    )
    async with listening:
        port = listening.sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.writelines(parts)
        answer = await reader.read()
        writer.close()
        await writer.wait_closed()
    return answer


def test_15_5_9_a_head_that_does_not_come_is_given_up() -> None:
    answer = asyncio.run(_sent([b"GET / HTTP/1.1\r\nHost: a\r\n"]))
    assert problem(answer) == (408, "/problems#request-timeout")


def test_a_body_that_does_not_come_is_given_up() -> None:
    sent = [b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n", b"1"]
    assert asyncio.run(_sent(sent)) == b""


@given(st.text())
def test_a_value_of_a_form_is_decoded(text: str) -> None:
    text = text.encode("utf-8", "replace").decode()
    assert protocol.decoded(quote_plus(text).encode()) == text
    assert protocol.decoded(quote(text, safe="").encode()) == text


@given(st.text("%+\\xX0aFgu{}\u00e9\n", max_size=12).map(str.encode))
def test_a_value_is_decoded_as_others_do_or_not_at_all(value: bytes) -> None:
    try:
        found = protocol.decoded(value)
    except UnicodeDecodeError:
        return
    assert found == unquote_to_bytes(value.replace(b"+", b" ")).decode()
