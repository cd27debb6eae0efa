"""Readers of a public address: each has an address of its own and goes on asking for everything."""

from __future__ import annotations

import ssl
import threading
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPSConnection
from itertools import cycle
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

NAME = "SELECT ?name { person:tobias-reed rdfs:label ?name }"
PATIENCE = 60.0


@dataclass(frozen=True)
class Request:
    """What a reader asks for, under the path of the service."""

    target: str
    accept: str
    query: str = ""

    @property
    def is_posted(self) -> bool:
        return bool(self.query)

    def send(self, connection: HTTPConnection, **others: str) -> Answer:
        """Send it and read the answer in full. Errors: OSError, HTTPException."""
        fields = {"Accept": self.accept, "Content-Type": "application/sparql-query", **others}
        method, body = ("POST", self.query.encode()) if self.is_posted else ("GET", None)
        connection.request(method, f"/kg/{self.target}", body, fields)
        answer = connection.getresponse()
        return Answer(
            answer.status,
            answer.getheader("Release", ""),
            answer.read(),
            answer.getheader("Cache-Status", ""),
        )


@dataclass(frozen=True)
class Answer:
    status: int
    release: str
    content: bytes
    cache: str = field(compare=False)


PAGE, DATA, JSON = "text/html", "text/turtle", "application/sparql-results+json"
REQUESTS = (
    Request("doc/id/person/tobias-reed", PAGE),
    Request("doc/id/person/tobias-reed", DATA),
    Request(f"sparql?query={quote(NAME)}", JSON),
    Request("sparql", JSON, NAME),
    Request("static/style.css", "text/css"),
    Request("browse", PAGE),
    Request("id/person/tobias-reed", DATA),
)
"""A page, the document behind it, what they link to, and the same by SPARQL."""


@dataclass
class Reader:
    """Asks for everything in turn, over one connection, until it is told to stop."""

    number: int
    port: int
    certificate: Path
    answers: list[tuple[Request, Answer]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._ask)

    def releases(self, since: int = 0) -> list[str]:
        """Return the releases of the answers from one on, each once in a row.

        What a cache may give is left out.
        """
        named = [answer.release for request, answer in self.answers[since:] if request.is_posted]
        return [each for each, before in zip(named, ["", *named], strict=False) if each != before]

    def start(self) -> None:
        self._thread.start()

    def finish(self) -> None:
        self._is_over.set()
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()

    def _ask(self) -> None:
        connection = connect(self.port, self.certificate, self.number)
        for request in cycle(REQUESTS):
            if self._is_over.is_set():
                break
            try:
                self.answers.append((request, request.send(connection)))
            except Exception as fault:  # noqa: BLE001 - any is a failure of the test
                self.faults.append(f"{request.target}: {fault!r}")
                connection.close()
        connection.close()


def connect(port: int, certificate: Path, number: int) -> HTTPSConnection:
    """Return a connection to the public address, from one of many addresses of this machine."""
    return HTTPSConnection(
        "127.0.0.1",
        port,
        timeout=PATIENCE,
        context=ssl.create_default_context(cafile=certificate),
        source_address=(f"127.0.1.{number}", 0),
    )


def answers_of(port: int) -> dict[Request, Answer]:
    """Return what a replica itself answers."""
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    answers = {request: request.send(connection) for request in REQUESTS}
    connection.close()
    return answers


def differences(
    readers: Iterable[Reader], expected: Iterable[dict[Request, Answer]]
) -> list[tuple[str, str]]:
    """Return the answers that no release gives: the target, then the status and the release."""
    possible = {
        (request, answer.status, answer.release, answer.content)
        for answers in expected
        for request, answer in answers.items()
    }
    return [
        (request.target, f"{answer.status} {answer.release}")
        for reader in readers
        for request, answer in reader.answers
        if (request, answer.status, answer.release, answer.content) not in possible
    ]
