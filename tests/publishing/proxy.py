"""A proxy in front of an engine: it records the updates, and can interfere with chosen requests."""

from __future__ import annotations

import threading
from contextlib import contextmanager, suppress
from http.client import HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import Request, urlopen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HOST = "127.0.0.1"
NO_CONTENT = 204


class Gone(Exception):  # noqa: N818 - nothing is wrong
    """Ends a connection without an answer."""


class Proxy:
    """Passes requests on to the server at an address.

    ``writes`` are the bodies of all that was written. ``before`` and ``after`` are called at each
    write with how many there were before it, and may raise `Gone`; ``operations`` parts an update
    into those that are passed on one by one, as an engine without transactions runs them.
    """

    def __init__(self, target: str) -> None:
        parts = urlsplit(target)
        self.target = f"{parts.scheme}://{parts.netloc}"
        self.path = parts.path
        self.writes: list[str] = []
        self.before: Callable[[int], None] = lambda _number: None
        self.after: Callable[[int], None] = lambda _number: None
        self.operations: Callable[[str], list[str]] = lambda update: [update]
        self.url = ""

    def handle(self, path: str, head: dict[str, str], body: bytes) -> tuple[int, str, bytes]:
        """Return the status, the media type and the content with which a request is answered."""
        form = parse_qs(body.decode()) if b"=" in body[:10] else {}
        if "query" in form:
            return self._forward(path, head, body)
        number = len(self.writes)
        self.writes.append(form["update"][0] if form else body.decode())
        self.before(number)
        if form:
            answer = (204, "", b"")
            for operation in self.operations(form["update"][0]):
                answer = self._forward(path, head, urlencode({"update": operation}).encode())
                if answer[0] >= 400:
                    break
        else:
            answer = self._forward(path, head, body)
        self.after(number)
        return answer

    def _forward(self, path: str, head: dict[str, str], body: bytes) -> tuple[int, str, bytes]:
        request = Request(self.target + path, data=body, headers=head)  # noqa: S310 - a server of the tests
        try:
            with urlopen(request, timeout=120) as answer:  # noqa: S310
                return answer.status, answer.headers.get("Content-Type", ""), answer.read()
        except HTTPError as error:
            with error:
                return error.code, error.headers.get("Content-Type", ""), error.read()
        except (OSError, HTTPException) as error:
            # The engine is away: so the proxy says nothing either.
            raise Gone from error


def one_by_one(update: str) -> list[str]:
    """Return the operations of an update: the program writes each on a line of its own."""
    return update.replace("; DROP", ";\nDROP").split(";\n")


@contextmanager
def proxy_before(target: str) -> Iterator[Proxy]:
    """Run a proxy before the server at an address."""
    proxy = Proxy(target)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle(self) -> None:
            # A client that was killed has no words at its end.
            with suppress(ConnectionError):
                super().handle()

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            forwarded_fields = ("Accept", "Content-Type")
            head = {name: self.headers[name] for name in forwarded_fields if self.headers[name]}
            try:
                status, kind, content = proxy.handle(self.path, head, body)
            except Gone:
                self.close_connection = True
                return
            self.send_response(status)
            self.send_header("Server", "Oxigraph/0 behind a proxy of the tests")
            self.send_header("Content-Type", kind or "text/plain")
            if status != NO_CONTENT:
                self.send_header("Content-Length", str(len(content)))
            with suppress(ConnectionError):
                self.end_headers()
                self.wfile.write(content)

        def send_response(self, code: int, message: str | None = None) -> None:
            self.log_request(code)
            self.send_response_only(code, message)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer((HOST, 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    proxy.url = f"http://{HOST}:{server.server_address[1]}{proxy.path}"
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
