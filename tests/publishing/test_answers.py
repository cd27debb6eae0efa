"""Error answers of an engine, and the remedy that the user reads for each."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import pytest

from graphsvc.errors import EngineAway, GraphsvcError, SettingsError
from graphsvc.publishing.connecting import connect

if TYPE_CHECKING:
    from collections.abc import Iterator

PASSWORD = "a-secret-word"  # noqa: S105 - of no engine


@contextmanager
def server(status: int, head: dict[str, str], content: str = "") -> Iterator[tuple[str, list[str]]]:
    """Run a server that answers all alike; give its address and the credentials that it gets."""
    credentials: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            credentials.append(self.headers.get("Authorization", ""))
            self.send_response(status)
            for name, value in {"Content-Length": str(len(content)), **head}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content.encode())

        def log_message(self, *_: object) -> None:
            pass

    running = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{running.server_address[1]}/sparql", credentials
    finally:
        running.shutdown()
        running.server_close()
        thread.join()


@pytest.mark.parametrize(
    ("status", "head", "content", "remedy"),
    [
        (400, {"Content-Type": "text/plain"}, "line 3: expected WHERE", "engine's words"),
        (401, {"WWW-Authenticate": "Basic"}, "", "GRAPHSVC_STORE_USER"),
        (403, {}, "", "SPARQL_UPDATE"),
        (404, {}, "", "--update-url"),
        (405, {}, "", "--update-url"),
        (413, {}, "", "--request-size"),
        (415, {}, "", "--upload-url none"),
        (500, {"Content-Type": "text/plain"}, "no space left", "log"),
        (503, {}, "", "Try again later"),
        (200, {"Content-Type": "text/html"}, "<form>Log in</form>", "not that of a form"),
        (302, {"Location": "http://other.example/"}, "", "credentials are sent nowhere else"),
        (200, {"Content-Type": "application/json"}, '{"head":{"vars', "address of its queries"),
    ],
)
def test_an_answer_says_what_to_do(
    status: int,
    head: dict[str, str],
    content: str,
    remedy: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)
    monkeypatch.setenv("GRAPHSVC_STORE_USER", "writer")
    monkeypatch.setenv("GRAPHSVC_STORE_PASSWORD", PASSWORD)
    with server(status, head, content) as (url, _), pytest.raises(GraphsvcError) as caught:
        connect(url, {"update": None, "upload": None}, 1000).ask("ASK {}")
    error = caught.value
    assert remedy in error.remedy
    if not head.get("Content-Type", "").endswith(("html", "json")):
        assert content in error.message
    assert PASSWORD not in error.message + error.remedy


def test_a_password_is_shown_only_when_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRAPHSVC_STORE_USER", "writer")
    monkeypatch.setenv("GRAPHSVC_STORE_PASSWORD", PASSWORD)
    with server(403, {}) as (url, credentials), pytest.raises(GraphsvcError):
        connect(url, {"update": None, "upload": None}, 1000)
    assert credentials == [""]
    digest = {"WWW-Authenticate": 'Digest realm="x", nonce="1", qop="auth"'}
    with server(401, digest) as (url, credentials), pytest.raises(GraphsvcError):
        connect(url, {"update": None, "upload": None}, 1000)
    assert {value.partition(" ")[0] for value in credentials} == {"", "Digest"}


def test_a_password_in_the_address_is_refused() -> None:
    with pytest.raises(SettingsError, match="password in it") as caught:
        connect(f"http://me:{PASSWORD}@127.0.0.1:1/", {"update": None, "upload": None}, 1000)
    assert PASSWORD not in caught.value.message


def test_credentials_are_for_one_host() -> None:
    others = {"update": "http://other.example/update", "upload": None}
    with pytest.raises(SettingsError, match="at another host"):
        connect("http://127.0.0.1:1/sparql", others, 1000)


def test_an_engine_that_does_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)
    with server(200, {}) as (url, _):
        pass
    with pytest.raises(EngineAway, match="does not answer") as caught:
        connect(url, {"update": None, "upload": None}, 1000)
    assert "Start it" in caught.value.remedy
