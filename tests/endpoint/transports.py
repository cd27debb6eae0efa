"""Two transports to the same service: the Flask application in this process, and a server."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.error import URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import urlopen

from projects import built
from server.processes import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from flask import Flask

QUERY_TYPE = "application/sparql-query"
FORM_TYPE = "application/x-www-form-urlencoded"

Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Answer:
    """An answer: its status, its fields by their names in lower case, and its content."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def kind(self) -> str:
        return self.headers.get("content-type", "")

    @property
    def text(self) -> str:
        return self.content.decode("utf-8")

    @property
    def problem(self) -> dict[str, Any]:
        """Return the problem that the answer describes, in the one shape."""
        assert self.kind == "application/problem+json", (self.status, self.content[:500])
        members: dict[str, Any] = json.loads(self.content)
        assert members["status"] == self.status
        assert members["type"].startswith("/problems#")
        assert members["title"]
        assert members["detail"]
        return members

    def elements(self, name: str) -> set[str]:
        """Return the elements of a field that is a list."""
        return {each.strip() for each in self.headers.get(name, "").split(",") if each.strip()}

    def column(self) -> list[str]:
        """Return the values of the only variable of SPARQL results in JSON."""
        results = json.loads(self.content)
        (name,) = results["head"]["vars"]
        return sorted(row[name]["value"] for row in results["results"]["bindings"])


class Client(Protocol):
    """Sends one request and changes no byte of it. ``base`` is the base of the graph's IRIs."""

    base: str

    def send(
        self, method: str, target: str, headers: Sequence[tuple[str, str]] = (), body: bytes = b""
    ) -> Answer: ...


def fields(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return the fields of an answer; those of one name joined, as RFC 9110, section 5.3 says."""
    joined: dict[str, str] = {}
    for name, value in pairs:
        key = name.lower()
        joined[key] = f"{joined[key]}, {value}" if key in joined else value
    return joined


class InProcess:
    """The Flask application, called without a socket."""

    def __init__(self, app: Flask, base: str) -> None:
        self.base = base
        self._client = app.test_client()

    def send(
        self, method: str, target: str, headers: Sequence[tuple[str, str]] = (), body: bytes = b""
    ) -> Answer:
        answer = self._client.open(target, method=method, headers=list(headers), data=body)
        with closing(answer):
            return Answer(answer.status_code, fields(list(answer.headers.items())), answer.data)


class OverHttp:
    """A server that speaks HTTP; its address is the base of the graph."""

    def __init__(self, address: str) -> None:
        self.base = address
        self._host = urlsplit(address).netloc

    def send(
        self, method: str, target: str, headers: Sequence[tuple[str, str]] = (), body: bytes = b""
    ) -> Answer:
        with closing(HTTPConnection(self._host, timeout=60)) as connection:
            connection.putrequest(method, target, skip_accept_encoding=True)
            for name, value in headers:
                connection.putheader(name, value)
            if body or method == "POST":
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body or None)
            answer = connection.getresponse()
            return Answer(answer.status, fields(answer.getheaders()), answer.read())


def ask(
    client: Client, query: str, accept: str | None = None, others: Pairs | None = None
) -> Answer:
    """Ask by GET, as most clients do."""
    target = "/sparql?" + urlencode([("query", query), *(others or [])])
    return client.send("GET", target, [] if accept is None else [("Accept", accept)])


def post_form(client: Client, pairs: Pairs, headers: Pairs | None = None) -> Answer:
    """Ask by a form in the body."""
    content_type = [("Content-Type", FORM_TYPE), *(headers or [])]
    return client.send("POST", "/sparql", content_type, urlencode(pairs).encode())


def post_query(
    client: Client,
    query: str | bytes,
    others: Pairs | None = None,
    content_type: str | None = QUERY_TYPE,
) -> Answer:
    """Ask by a query that is the body."""
    target = "/sparql" + ("?" + urlencode(others) if others else "")
    body = query if isinstance(query, bytes) else query.encode()
    headers = [] if content_type is None else [("Content-Type", content_type)]
    return client.send("POST", target, headers, body)


def free_port() -> int:
    """Return a port on which nothing listens."""
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def served(project: Path, folder: Path, *flags: str, base: str | None = None) -> Iterator[str]:
    """Build a project and run ``graphsvc serve`` on a free port.

    The graph has the server's own address as base if no other one is given.
    """
    address = f"http://127.0.0.1:{free_port()}/"
    base = base or address
    built(project, folder / "releases", base_iri=base)
    with running(address, folder, "--project", project, "--base-iri", base, *flags):
        yield address


@contextmanager
def running(address: str, folder: Path, *arguments: str | Path) -> Iterator[None]:
    """Run ``graphsvc serve`` at an address of this machine; what it prints is in server.log."""
    port = str(urlsplit(address).port)
    command: list[str | Path] = [
        Path(sys.executable).with_name("graphsvc"),
        *("serve", *arguments, "--releases", folder / "releases", "--port", port),
    ]
    log = folder / "server.log"
    with (
        log.open("wb") as out,
        subprocess.Popen(
            command, stdout=out, stderr=subprocess.STDOUT, start_new_session=True
        ) as process,
    ):
        try:
            _wait_for(process, address, log)
            yield
        except BaseException:
            # A test that fails may have left it in any state, and the block would wait for its end.
            _kill(process)
            raise
        _end(process, log)


def _kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _end(process: subprocess.Popen[bytes], log: Path) -> None:
    """End the server and its processes; fail if it does not end when it is asked to."""
    process.terminate()
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired as error:
        _kill(process)
        raise AssertionError("The server does not end:\n" + log.read_text("utf-8")) from error


def _wait_for(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    """Return once the server is ready; if it ends before, its last words are the failure."""

    def is_ready() -> bool:
        assert process.poll() is None, log.read_text("utf-8")
        with suppress(URLError), urlopen(address + "readyz"):  # noqa: S310 - an address of this test
            return True
        return False

    eventually(is_ready)
