"""Answers that are asked for again are the same bytes, and only those that may be are kept."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from graphsvc import settings
from graphsvc.web.app import create_app
from graphsvc.web.compression import meant
from graphsvc.web.kept import Kept
from graphsvc.web.languages import readers
from graphsvc.web.messages import Whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphsvc.release import Release
    from graphsvc.web.messages import Message, Receive, Scope, Send

PUBLIC = ((b"content-type", b"text/csv"), (b"cache-control", b"public, no-cache"))


@dataclass
class Inner:
    """An application that counts how often it is asked."""

    chunks: Sequence[bytes] = (b"a,b\r\n", b"1,2\r\n")
    status: int = 200
    headers: Sequence[tuple[bytes, bytes]] = PUBLIC
    breaks_off: bool = False
    now: Whole | None = None
    asked: int = 0

    def at_once(self, scope: Scope) -> Whole | None:  # noqa: ARG002
        self.asked += self.now is not None
        return self.now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        self.asked += 1
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        for chunk in self.chunks:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        if not self.breaks_off:
            await send({"type": "http.response.body", "body": b""})


@dataclass
class Client:
    """Asks, and has what came."""

    application: Kept
    messages: list[Message] = field(default_factory=list)

    def get(
        self,
        query: bytes = b"query=ASK{}",
        headers: Sequence[tuple[bytes, bytes]] = (),
        **more: Any,
    ) -> bytes:
        self.messages.clear()
        scope = {
            "type": "http",
            "method": "GET",
            "path": "/sparql",
            "query_string": query,
            "headers": list(headers),
            **more,
        }
        asyncio.run(self._ask(scope))
        return b"".join(message.get("body", b"") for message in self.messages)

    async def _ask(self, scope: Scope) -> None:
        async def receive() -> Message:
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            self.messages.append(message)

        await self.application(scope, receive, send)


def client(inner: Inner, most: int = 1000, most_of_one: int = 500) -> Client:
    return Client(Kept(inner, most, most_of_one, lambda: 0))


def test_an_answer_is_kept_when_it_is_asked_for_again() -> None:
    inner = Inner()
    asking = client(inner)
    answers = [asking.get() for _ in range(4)]
    assert set(answers) == {b"a,b\r\n1,2\r\n"}
    assert inner.asked == 2
    start, *rest = asking.messages
    assert start["status"] == 200
    assert start["headers"] == [*PUBLIC, (b"content-length", b"10")]
    assert not rest[-1].get("more_body")


@pytest.mark.parametrize(
    "name", [b"accept", b"accept-encoding", b"accept-language", b"host"], ids=bytes.decode
)
def test_what_answers_vary_by_tells_them_apart(name: bytes) -> None:
    inner = Inner()
    asking = client(inner)
    for value in (b"one", b"two") * 3:
        asking.get(headers=[(name, value)])
    assert inner.asked == 4


def test_what_comes_to_the_same_is_kept_once() -> None:
    inner = Inner()
    kept = Kept(inner, 1000, 500, lambda: 0, {b"accept-encoding": meant})
    asking = Client(kept)
    for value in (b"gzip, br", b"br, gzip;q=1.0", b"gzip,br,deflate") * 2:
        asking.get(headers=[(b"accept-encoding", value)])
    assert inner.asked == 2
    asking.get(headers=[(b"accept-encoding", b"gzip")])
    assert inner.asked == 3
    # Several lines are one field.
    asking.get(headers=[(b"accept-encoding", b"gzip"), (b"accept-encoding", b"br")])
    assert inner.asked == 3


def test_browsers_of_the_same_reader_are_alike(mechanisms_release: Release) -> None:
    app = create_app(mechanisms_release, settings.load({}, {}))
    told = readers(app)
    assert told("en-GB,en;q=0.9") == "en-GB,en;q=0.9", "a header stands for itself at first"
    assert app.test_client().get("/browse", headers={"Accept": "text/html"}).status_code == 200
    assert told("en-GB,en;q=0.9") == told("en-US,en;q=0.5") == told(None)
    assert told("zh") == told(None), "the graph does not speak it"


@pytest.mark.parametrize(
    "name", [b"if-none-match", b"if-modified-since", b"range", b"authorization"], ids=bytes.decode
)
def test_a_request_for_something_else_is_passed_on(name: bytes) -> None:
    inner = Inner()
    asking = client(inner)
    for _ in range(3):
        asking.get()
        asking.get(headers=[(name, b"x")])
    assert inner.asked == 2 + 3


@pytest.mark.parametrize(
    "inner",
    [
        Inner(headers=((b"cache-control", b"no-store"),)),
        Inner(headers=()),
        Inner(status=404),
        Inner(breaks_off=True),
        Inner(chunks=[b"x" * 501]),
        Inner(chunks=[b"x" * 400] * 2),
    ],
    ids=["no-store", "no policy", "an error", "broken off", "too long", "too long in pieces"],
)
def test_what_may_not_be_kept_is_asked_for_each_time(inner: Inner) -> None:
    asking = client(inner)
    for _ in range(4):
        asking.get()
    assert inner.asked == 4


def test_a_post_is_asked_for_each_time() -> None:
    inner = Inner()
    asking = client(inner)
    for _ in range(3):
        asking.get(method="POST")
    assert inner.asked == 3


def test_the_one_not_asked_for_longest_goes_first() -> None:
    inner = Inner(chunks=[b"x" * 300])
    asking = client(inner, most=1000)
    for query in (b"1", b"2", b"3"):
        asking.get(query)
        asking.get(query)
    asking.get(b"1")
    asking.get(b"4")
    asking.get(b"4")
    assert inner.asked == 8
    asking.get(b"1")
    assert inner.asked == 8
    asking.get(b"2")
    assert inner.asked == 9


def test_in_another_state_it_is_asked_for_again() -> None:
    inner, states = Inner(), [1]
    asking = Client(Kept(inner, 1000, 500, lambda: states[-1]))
    for state, number in ((1, 1), (1, 2), (1, 2), (2, 3), (2, 3)):
        states.append(state)
        asking.get()
        assert inner.asked == number


def test_what_is_had_at_once_is_kept_when_it_is_asked_for_again() -> None:
    inner = Inner(now=Whole(200, list(PUBLIC), b"a\r\n"))
    kept = Kept(inner, 1000, 500, lambda: 0)
    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []}
    found = [kept.at_once(scope) for _ in range(4)]
    assert inner.asked == 2
    assert found == [inner.now] * 4


def test_what_is_kept_is_had_at_once() -> None:
    inner = Inner()
    kept = Kept(inner, 1000, 500, lambda: 0)
    asking = Client(kept)
    scope = {"type": "http", "method": "GET", "path": "/a", "query_string": b"", "headers": []}
    assert kept.at_once(scope) is None
    for _ in range(2):
        asking.get(b"", path="/a")
    found = kept.at_once(scope)
    assert found is not None
    assert found.body == b"a,b\r\n1,2\r\n"
