"""A running server of pages, and the client that measures it."""

from __future__ import annotations

import csv
import gzip
import http.client
import io
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from . import processes
from .peers import HOST, free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    Command = Callable[[int], Sequence[str | Path]]
    """The command line of a server that is to answer at a port."""

PROGRAM = (sys.executable, "-c", "from graphsvc.cli import main; main()")

_STARTING = 600.0
"""For how many seconds a server may start."""

_EXPECTED = (200, 301, 404)


@dataclass(frozen=True, slots=True)
class Answer:
    """The body as it was sent, and how long a client on the same machine waited for it."""

    milliseconds: float
    body: bytes


@dataclass(frozen=True, slots=True)
class PageServer:
    """A running server; each request uses a new connection, as a reader's first request does."""

    port: int

    def ask(self, path: str, accept: str = "text/html") -> Answer:
        """Ask for an address; RuntimeError if the answer is none that was expected."""
        start = time.perf_counter()
        connection = http.client.HTTPConnection(HOST, self.port)
        connection.request("GET", path, headers={"Accept": accept, "Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        if answer.status not in _EXPECTED:
            raise RuntimeError(f"{path} answers {answer.status}.")
        return Answer(1000 * (time.perf_counter() - start), body)

    def text(self, path: str, accept: str = "text/html") -> str:
        """Return the text at an address."""
        body = self.ask(path, accept).body
        return (gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body).decode()

    def select(self, query: str) -> list[list[str]]:
        """Return the rows of the answer to a SPARQL query."""
        text = self.text(f"/sparql?query={quote(query)}", "text/csv")
        return list(csv.reader(io.StringIO(text, newline="")))[1:]


def ours(project: Path, releases: Path) -> Command:
    """Return the command that serves the pages of a project."""
    options = ("--project", str(project), "--releases", str(releases), "--host", HOST)
    return lambda port: (*PROGRAM, "serve", *options, "--port", str(port))


@contextmanager
def served(command: Command) -> Iterator[PageServer]:
    """Start a server, and wait until it has nothing more to do and has answered once."""
    port = free_port()
    with subprocess.Popen(
        [str(word) for word in command(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            server = PageServer(port)
            _wait(server, process)
            processes.settle(process.pid)
            # A page of no type that is measured.
            server.ask("/api")
            yield server
        finally:
            process.terminate()


def _wait(server: PageServer, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + _STARTING
    while time.monotonic() < end and process.poll() is None:
        with suppress(OSError, RuntimeError, http.client.HTTPException):
            server.ask("/readyz")
            return
        time.sleep(0.1)
    raise RuntimeError("The server did not start.")
