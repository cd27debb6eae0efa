"""Engines that are down, stall, or send cut or wrong answers: an error, never a partial answer."""

from __future__ import annotations

import io
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Protocol

import pytest

from graphsvc.errors import (
    DeadlineExceeded,
    GraphsvcError,
    MemoryExceeded,
    Overloaded,
    QueryError,
    StoreError,
    StoreUnavailable,
)
from graphsvc.formats import Content, named
from graphsvc.remote import breaker, client, connection
from graphsvc.remote.store import RemoteStore
from graphsvc.web.problems import problem_of

from .naughty import (
    JSON,
    N_TRIPLES,
    YES,
    answer,
    chunked,
    cuts,
    headed,
    naughty,
    refuses,
    sends,
    stalls,
    unframed,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphsvc.store.base import Answer

    from .naughty import Behaviour, Naughty

ROWS = (
    b'{"head":{"vars":["x"]},"results":{"bindings":['
    b'{"x":{"type":"literal","value":"1"}},{"x":{"type":"literal","value":"2"}}]}}'
)
TRIPLES = b'<http://x/a> <http://x/p> "1" .\n<http://x/a> <http://x/p> "2" .\n'
SELECT = "SELECT ?x { ?s ?p ?x }"
CONSTRUCT = "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }"


class At(Protocol):
    """A function that returns the store at a server; the store is closed at the end of the test."""

    def __call__(self, server: Naughty, deadline: float = 30.0) -> RemoteStore: ...


@pytest.fixture
def store_at() -> Iterator[At]:
    with ExitStack() as stack:

        def at(server: Naughty, deadline: float = 30.0) -> RemoteStore:
            store = RemoteStore.at(server.address, {}, "sparql", deadline)
            stack.callback(store.close)
            return store

        yield at


#: The store first asks whether the default graph is the merge; this answer says yes.
MERGED = answer(b'{"head":{},"boolean":false}')


def answered(store: RemoteStore, query: str, name: str) -> Answer:
    fmt = named(name)
    assert fmt is not None
    return store.answer(query, {content: [fmt] for content in Content})


def content_of(answer: Answer) -> bytes:
    out = io.BytesIO()
    answer.write(out)
    return out.getvalue()


NO_WHOLE_ROWS: dict[str, Behaviour] = {
    "cut in a chunk": cuts(chunked(ROWS)[:-20]),
    "cut between chunks": cuts(chunked(ROWS)),
    "shorter than it says": cuts(headed(len(ROWS) + 9, ROWS)),
    "longer than it says": sends(headed(len(ROWS) - 9, ROWS)),
    "cut without a length": cuts(unframed(ROWS[:-30])),
    "broken JSON in whole chunks": sends(chunked(ROWS[:-30], b"")),
    "JSON and more": answer(ROWS[:-5] + b" error: out of luck"),
    "HTML": answer(b"<html><h1>Welcome</h1></html>", "text/html"),
    "a page that says that it is JSON": answer(b"<html><h1>Welcome</h1></html>"),
    "nothing": answer(b""),
    "another charset": answer(ROWS, f"{JSON}; charset=utf-16"),
}


@pytest.mark.parametrize("name", ["json", "csv", "xml"])
@pytest.mark.parametrize("behaviour", NO_WHOLE_ROWS.values(), ids=NO_WHOLE_ROWS)
def test_a_part_of_a_table_is_no_answer(store_at: At, behaviour: Behaviour, name: str) -> None:
    with naughty(MERGED, behaviour) as server, pytest.raises(StoreError, match="invalid answer"):
        content_of(answered(store_at(server), SELECT, name))


@pytest.mark.parametrize("behaviour", NO_WHOLE_ROWS.values(), ids=NO_WHOLE_ROWS)
def test_a_part_of_a_table_is_none_for_pages_either(store_at: At, behaviour: Behaviour) -> None:
    with naughty(MERGED, behaviour) as server, pytest.raises(StoreError, match="invalid answer"):
        store_at(server).select(SELECT)


NO_WHOLE_GRAPH: dict[str, Behaviour] = {
    "cut in a chunk": cuts(chunked(TRIPLES, kind=N_TRIPLES)[:-20]),
    "cut between chunks": cuts(chunked(TRIPLES, kind=N_TRIPLES)),
    "cut after a line": cuts(headed(len(TRIPLES), TRIPLES[:32], N_TRIPLES)),
    "without a length": cuts(unframed(TRIPLES, N_TRIPLES)),
    "half a line": answer(TRIPLES[:-9], N_TRIPLES),
    "HTML": answer(b"<html></html>", "text/html"),
    "a table": answer(ROWS),
}


@pytest.mark.parametrize("name", ["nt", "ttl"])
@pytest.mark.parametrize("behaviour", NO_WHOLE_GRAPH.values(), ids=NO_WHOLE_GRAPH)
def test_a_part_of_a_graph_is_no_answer(store_at: At, behaviour: Behaviour, name: str) -> None:
    with naughty(MERGED, behaviour) as server, pytest.raises(StoreError, match="invalid answer"):
        content_of(answered(store_at(server), CONSTRUCT, name))


@pytest.mark.parametrize("content", [b'{"head":{},"boolean":true', b'{"head":{}}', ROWS])
def test_a_part_of_yes_is_not_yes(store_at: At, content: bytes) -> None:
    with naughty(MERGED, answer(content)) as server, pytest.raises(StoreError):
        store_at(server).ask("ASK { ?s ?p ?o }")


def test_whole_answers_are_read_whole(store_at: At) -> None:
    with naughty(MERGED, answer(ROWS), sends(chunked(TRIPLES, b"", kind=N_TRIPLES))) as server:
        store = store_at(server)
        assert content_of(answered(store, SELECT, "json")) == ROWS
        assert content_of(answered(store, CONSTRUCT, "nt")) == TRIPLES
        assert server.connections == 1


TEXT, PAGE = "text/plain", "text/html"
REPLIES: list[tuple[tuple[str, bytes, str], type[GraphsvcError], str]] = [
    (("400 Bad Request", b"Parse error: bad thing at line 1", TEXT), QueryError, "bad thing"),
    (("400 Bad Request", b'{"message": "no prefix"}', "application/json"), QueryError, ": no pre"),
    (("401 Unauthorized", b"", TEXT), StoreError, "does not let this service in"),
    (("404 Not Found", b"gone", TEXT), StoreError, "no SPARQL endpoint"),
    (("413 Too Large", b"", TEXT), QueryError, "too long"),
    (("429 Too Many Requests", b"slow down", TEXT), Overloaded, "slow down"),
    (("500 Error", b"Query timed out", TEXT), DeadlineExceeded, "timed out"),
    (("500 Error", b"java.lang.OutOfMemoryError", TEXT), MemoryExceeded, "OutOfMemory"),
    (
        ("500 Error", b"<style>x{}</style><b>It &amp; fell</b>", PAGE),
        StoreError,
        "(500): It & fell",
    ),
    (("302 Found", b"", TEXT), StoreError, "another address"),
]


@pytest.mark.parametrize(("reply", "error", "words"), REPLIES)
def test_what_an_engine_says_is_told(
    store_at: At, reply: tuple[str, bytes, str], error: type[GraphsvcError], words: str
) -> None:
    status, content, kind = reply
    behaviour = answer(content, kind, status, Location="http://elsewhere.example/")
    with naughty(MERGED, behaviour) as server, pytest.raises(error) as caught:
        store_at(server).select(SELECT)
    assert type(caught.value) is error
    assert words in caught.value.message
    assert "elsewhere" not in caught.value.message


def test_a_place_that_an_engine_names_is_one_in_the_users_text(store_at: At) -> None:
    words = answer(b"Error at line 1, column 60", "text/plain", "400 Bad Request")
    query = "SELECT (<http://x/f>(?x) AS ?y) { ?x rdfs:label ?l }"
    with naughty(MERGED, words) as server, pytest.raises(QueryError) as caught:
        store_at(server).select(query)
    position = caught.value.position
    assert position is not None
    sent = server.received[-1].parameters["query"][0]
    assert sent.startswith("PREFIX rdfs:")
    assert query[position.column - 1 :] == sent[59:]


@pytest.mark.parametrize("kind", ["text/plain", "text/html", "application/json"])
def test_long_words_and_controls_are_no_part_of_an_error(store_at: At, kind: str) -> None:
    words = answer(b"a\x1b[31m\x00" + b"x" * 100_000, kind, "500 Error")
    with naughty(MERGED, words) as server, pytest.raises(StoreError) as caught:
        store_at(server).select(SELECT)
    assert len(caught.value.message) < 800
    assert caught.value.message.isprintable()


@pytest.mark.parametrize("behaviour", [refuses, answer(b"", status="503 Busy")])
def test_a_read_is_sent_again_if_nothing_has_come_of_it(
    store_at: At, behaviour: Behaviour, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "RETRYING", 60.0)
    with naughty(MERGED, behaviour, behaviour, answer(ROWS)) as server:
        assert len(store_at(server).select(SELECT).rows) == 2
        assert len(server.received) == 4


def test_a_query_that_an_engine_refuses_is_sent_once(store_at: At) -> None:
    with naughty(MERGED, answer(b"", status="400 Bad Request")) as server:
        with pytest.raises(QueryError):
            store_at(server).select(SELECT)
        assert len(server.received) == 2


def test_who_asks_to_wait_for_long_is_not_asked_again(store_at: At) -> None:
    busy = answer(b"", status="503 Busy", Retry_After=30)
    with naughty(MERGED, busy) as server:
        with pytest.raises(StoreUnavailable):
            store_at(server).select(SELECT)
        assert len(server.received) == 2


def test_a_query_that_takes_long_is_no_absence(store_at: At) -> None:
    with naughty(MERGED) as server:
        store = store_at(server, deadline=0.3)
        assert store.is_merged
        for _ in range(breaker.FAILURES):
            server.behaviours[:] = [stalls(), answer(YES)]
            with pytest.raises(DeadlineExceeded):
                store.select(SELECT)
        server.behaviours[:] = [answer(ROWS)]
        assert len(store.select(SELECT).rows) == 2


def test_an_engine_that_stalls_is_left_at_the_deadline(store_at: At) -> None:
    with naughty(MERGED, stalls()) as server, pytest.raises(DeadlineExceeded):
        store_at(server, deadline=0.5).select(SELECT)


def test_an_answer_that_stalls_is_left_at_the_deadline(store_at: At) -> None:
    begun = sends(chunked(ROWS[:20]))
    with naughty(MERGED, begun) as server, pytest.raises(DeadlineExceeded):
        store_at(server, deadline=0.5).select(SELECT)


def test_an_engine_that_is_away_is_soon_not_asked_any_more(store_at: At) -> None:
    with naughty(MERGED, refuses) as server:
        store = store_at(server)
        for _ in range(breaker.FAILURES):
            with pytest.raises(StoreUnavailable, match="interrupted"):
                store.select(SELECT)
        before = len(server.received)
        with pytest.raises(StoreUnavailable):
            store.select(SELECT)
        assert len(server.received) == before


def test_an_engine_that_is_back_is_asked_again(
    store_at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    with naughty(MERGED, refuses) as server:
        store = store_at(server)
        for _ in range(breaker.FAILURES):
            with pytest.raises(StoreUnavailable):
                store.select(SELECT)
        monkeypatch.setattr(breaker, "PAUSE", 0.0)
        server.behaviours[:] = [answer(YES), answer(ROWS)]
        assert len(store.select(SELECT).rows) == 2


def test_one_slow_moment_is_no_absence(store_at: At) -> None:
    with naughty(MERGED, refuses) as server:
        store = store_at(server)
        with pytest.raises(StoreUnavailable):
            store.select(SELECT)
        server.behaviours[:] = [answer(ROWS)]
        assert len(store.select(SELECT).rows) == 2


def test_it_is_told_that_nobody_listens(store_at: At) -> None:
    with naughty(MERGED) as server:
        store = store_at(server)
    with pytest.raises(StoreUnavailable, match="refuses connections"):
        store.select(SELECT)
    with pytest.raises(StoreUnavailable):
        store.check()


def test_clients_are_told_when_to_come_again(store_at: At) -> None:
    with naughty(MERGED, refuses) as server, pytest.raises(StoreUnavailable) as caught:
        store_at(server).select(SELECT)
    problem = problem_of(caught.value)
    assert problem.kind.status == 503
    assert int(problem.headers["Retry-After"]) > 0
    assert server.address not in f"{problem.detail} {problem.remedy}"


def test_what_a_page_waits_for_an_engine_that_is_away_is_less_than_a_second() -> None:
    # After the time for tries no other begins, and no connection may take longer than that.
    assert client.RETRYING < 1
    assert connection.CONNECTING < 1


@pytest.mark.parametrize(
    ("behaviour", "kinds"),
    [
        (answer(ROWS), []),
        (refuses, ["away", "away", "away", "left_alone"]),
        (answer(b"", status="504 Late"), ["away", "away", "away", "left_alone"]),
        (answer(b"timeout", "text/plain", "500 No"), ["deadline"] * 4),
        (answer(b"out of memory", "text/plain", "500 No"), ["memory"] * 4),
        (answer(b"", status="429 Busy"), ["overloaded"] * 4),
        (answer(b"<p>", "text/html"), ["broken"] * 4),
        (cuts(headed(len(ROWS), ROWS[:50])), ["broken"] * 4),
        (answer(b"syntax", "text/plain", "400 No"), []),
    ],
)
def test_failures_are_counted_once_each(
    store_at: At, behaviour: Behaviour, kinds: list[str]
) -> None:
    counted: list[str] = []
    with naughty(MERGED, behaviour) as server:
        store = store_at(server)
        store.count_failures(counted.append)
        for _ in range(4):
            with suppress(GraphsvcError):
                store.select(SELECT)
    assert counted == kinds


@pytest.mark.parametrize(
    ("text", "content", "kind"),
    [
        *((SELECT, ROWS[:end], JSON) for end in range(1, len(ROWS)) if ROWS[end - 1 : end] == b"}"),
        (CONSTRUCT, TRIPLES + b"<http://x/a> <http://x.", N_TRIPLES),
    ],
)
def test_a_part_that_says_it_is_whole_is_an_error_wherever_it_ends(
    store_at: At, text: str, content: bytes, kind: str
) -> None:
    with naughty(MERGED, answer(content, kind)) as server:
        names = {Content.SOLUTIONS: "json", Content.TRIPLES: "nt"}
        formats = {each: [fmt] for each, name in names.items() if (fmt := named(name))}
        with pytest.raises(StoreError, match="is incomplete"):
            store_at(server).answer(text, formats).write(io.BytesIO())
