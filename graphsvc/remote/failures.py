"""The errors of an engine, as exceptions of this program with the engine's own words."""

from __future__ import annotations

import json
import re
from enum import StrEnum
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from graphsvc import sparql
from graphsvc.errors import (
    DeadlineExceeded,
    GraphsvcError,
    MemoryExceeded,
    Overloaded,
    Position,
    QueryError,
    StoreError,
    StoreUnavailable,
)
from graphsvc.setting_sources import STORE_PASSWORD, STORE_TOKEN, STORE_USER

if TYPE_CHECKING:
    from graphsvc.remote.transport import EngineReply
    from graphsvc.store.repair import RepairedQuery

#: How many bytes of an error are read, and how many characters of its words are shown.
_MOST_READ, _MOST_SHOWN = 16_384, 600

#: The kinds of errors by the engines' messages: Virtuoso, Fuseki, RDF4J, Stardog, Neptune, QLever
#: and Blazegraph, by their sources and documentations.
_OF_TIME = re.compile(
    r"timed?[ -]?(?:out|limit)|deadline|too long|S1T00|SR177|estimated execution time",
    re.IGNORECASE,
)
_OF_MEMORY = re.compile(
    r"out ?of ?memory|memory ?limit|insufficient memory|allocat|enough memory", re.IGNORECASE
)
_PLACES = (
    re.compile(
        r"line:?\s+(?P<line>\d+)\s*+(?:,\s*+)?(?:and )?col(?:umn)?:?\s+(?P<column>\d+)",
        re.IGNORECASE,
    ),
    re.compile(r"error at (?P<line>\d+):(?P<column>\d+)", re.IGNORECASE),
)

#: The members of a JSON object in which engines put their message.
_MEMBERS = ("detailedMessage", "detail", "message", "exception", "error", "code")

_BAD_REQUEST, _TOO_LARGE, _TOO_LONG, _TOO_MANY = 400, 413, 414, 429
_NO_ACCESS = frozenset((401, 403, 407))
_NOTHING_THERE = frozenset((404, 405, 410))
_REDIRECTS = range(300, 400)

AWAY = frozenset((502, 503, 504))
"""What a gateway or an engine answers that may answer in a moment."""


class FailureKind(StrEnum):
    """The kinds of failures of an engine, as the metrics count them."""

    AWAY = "away"
    """It does not answer, or a gateway says so."""
    LEFT_ALONE = "left_alone"
    """No request was sent, because earlier ones failed: the circuit breaker is open."""
    DEADLINE = "deadline"
    MEMORY = "memory"
    OVERLOADED = "overloaded"
    BROKEN = "broken"
    """Its answer breaks off, is something else than it says, or is an error of another kind."""


_KINDS = (
    (StoreUnavailable, FailureKind.AWAY),
    (DeadlineExceeded, FailureKind.DEADLINE),
    (MemoryExceeded, FailureKind.MEMORY),
    (Overloaded, FailureKind.OVERLOADED),
    (StoreError, FailureKind.BROKEN),
)


def kind_of(error: GraphsvcError) -> FailureKind | None:
    """Return the kind of a failure; None if the query is wrong."""
    return next((kind for class_, kind in _KINDS if isinstance(error, class_)), None)


def unavailable(words: str = "") -> StoreUnavailable:
    """Return the error for an engine that does not answer; ``words`` give details."""
    return StoreUnavailable(
        f"The engine that holds the graph does not answer{words and ': '}{words}.",
        remedy="Try again in a moment.",
    )


def broken(words: str) -> StoreError:
    """Return the error for an answer that is incomplete or invalid."""
    return StoreError(
        f"The engine that holds the graph sent an invalid answer: {words}.",
        remedy="Try again. If it happens each time, ask for less, or tell the engine's operator.",
    )


def too_slow(deadline: float) -> DeadlineExceeded:
    """Return the error for an engine that is silent until the deadline, in seconds."""
    return DeadlineExceeded(
        f"The engine that holds the graph took longer than {deadline:g} seconds.",
        remedy="Ask for less: a narrower pattern, a LIMIT, or one step at a time.",
    )


def too_many_rows(rows: str) -> StoreError:
    """Return the error for an engine that truncates the answer after some rows."""
    return StoreError(
        f"The engine that holds the graph gives no more than {rows} rows, and the answer has more.",
        remedy="Ask for fewer by LIMIT, or tell the engine's operator to raise its limit.",
    )


def failure(reply: EngineReply, sent: RepairedQuery, deadline: float) -> GraphsvcError:
    """Return the error for an answer with another status than 200; it is read and closed.

    ``sent`` is the query, in its original text and as it was sent.
    """
    words, status = _words(reply), reply.status
    detail = f": {words}" if words else "."
    if status == _BAD_REQUEST:
        return QueryError(
            f"The engine that holds the graph refuses the query{detail}",
            remedy="Mend the query as the engine says, or write it in another way.",
            position=_position(words, sent),
        )
    if status in (_TOO_LARGE, _TOO_LONG):
        return QueryError(
            f"The query is too long for the engine that holds the graph{detail}",
            remedy="Write a shorter one.",
        )
    if status == _TOO_MANY and not _OF_TIME.search(words):
        return Overloaded(
            f"The engine that holds the graph has too much to do{detail}",
            remedy="Try again in a moment.",
        )
    if _OF_MEMORY.search(words):
        return MemoryExceeded(
            f"The query took more memory than the engine that holds the graph gives it{detail}",
            remedy="Ask for less: fewer rows before ORDER BY, GROUP BY and DISTINCT.",
        )
    if _OF_TIME.search(words):
        return DeadlineExceeded(
            f"The engine that holds the graph ended the query{detail}",
            remedy=too_slow(deadline).remedy,
        )
    return unavailable(words) if status in AWAY else _of_the_operator(status, detail)


def _of_the_operator(status: int, detail: str) -> StoreError:
    """Return the error for a fault that only the operator can correct."""
    if status in _NO_ACCESS:
        return StoreError(
            f"The engine that holds the graph does not let this service in ({status}){detail}",
            remedy=f"The operator of the service must set {STORE_USER} and {STORE_PASSWORD}, or "
            f"{STORE_TOKEN}, in its environment.",
        )
    if status in _NOTHING_THERE:
        return StoreError(
            f"There is no SPARQL endpoint at the address of the engine ({status}).",
            remedy="The operator of the service must correct the address in the setting store.",
        )
    if status in _REDIRECTS:
        return StoreError(
            f"The engine sends to another address ({status}), and credentials go to none but its "
            "own.",
            remedy="The operator of the service must put the new address into the setting store.",
        )
    return StoreError(
        f"The engine that holds the graph failed ({status}){detail}",
        remedy="Ask again. If it happens each time, write the query in another way.",
    )


def _words(reply: EngineReply) -> str:
    """Return the error message of an answer, on one line; nothing if it cannot be read."""
    content = b""
    try:
        while len(content) < _MOST_READ and (part := reply.read(_MOST_READ)):
            content += part
    except Exception:  # noqa: BLE001 - the status alone says enough
        content = b""
    finally:
        reply.close()
    text = content[:_MOST_READ].decode("utf-8", "replace")
    kind = reply.fields.get_content_type()
    if kind.endswith("json"):
        text = _of_json(text)
    elif kind == "text/html" or text.lstrip()[:1] == "<":
        text = _of_html(text)
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split()).rstrip(".")
    return line if len(line) <= _MOST_SHOWN else f"{line[:_MOST_SHOWN]}…"


def _of_json(text: str) -> str:
    try:
        document = json.loads(text)
    except ValueError:
        return text
    if not isinstance(document, dict):
        return text
    return next((document[name] for name in _MEMBERS if isinstance(document.get(name), str)), text)


class _TextExtractor(HTMLParser):
    """Collects the words of a page, without its styles and scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, _attrs: object) -> None:
        self._hidden += tag in ("style", "script")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("style", "script")

    def handle_data(self, data: str) -> None:
        if self._hidden <= 0:
            self.words.append(data)


def _of_html(text: str) -> str:
    parser = _TextExtractor()
    parser.feed(text)
    return " ".join(parser.words)


def _position(words: str, sent: RepairedQuery) -> Position | None:
    """Return the position that an engine names, as a position in the original query."""
    place = next((match for pattern in _PLACES if (match := pattern.search(words))), None)
    if place is None:
        return None
    line, column = int(place["line"]), int(place["column"])
    lines = sent.text.split("\n")
    if not 0 < line <= len(lines) or not 0 < column <= len(lines[line - 1]) + 1:
        return None
    offset = sum(len(each) + 1 for each in lines[: line - 1]) + column - 1
    return sparql.position(sent.query, sent.original_offset(offset))
