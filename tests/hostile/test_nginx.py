"""What a client does to other clients through nginx, with deploy/nginx.conf: nothing.

A request of two meanings is one for nginx and for the service, or none at all; and fields that name
another public address change nothing that others are given from the cache.
"""

from __future__ import annotations

import socket
import ssl
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING

import pytest
from deploy.proxy import nginx, public_site, site
from endpoint.transports import free_port
from server.processes import eventually, started, until_serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from server.processes import Service

    from graphsvc.release import Release

HIDDEN = "GET /kg/hidden HTTP/1.1\r\nHost: a\r\n\r\n"
CHUNK = f"{len(HIDDEN):x}\r\n{HIDDEN}\r\n0\r\n\r\n"
POST = "POST /kg/sparql HTTP/1.1\r\nHost: a\r\nContent-Type: application/sparql-query\r\n"
BOTH = f"{POST}Content-Length: {{length}}\r\nTransfer-Encoding: chunked\r\n\r\n"

#: Each holds a second request, which a reader sees who reads the length of the first another way.
SMUGGLED = {
    "CL.TE": BOTH.format(length=5 + len(HIDDEN)) + "0\r\n\r\n" + HIDDEN,
    "TE.CL": BOTH.format(length=4) + CHUNK,
    "TE.TE": f"{POST}Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n{CHUNK}",
    "TE of two codings": f"{POST}Transfer-Encoding: x, chunked\r\n\r\n{CHUNK}",
    "TE with a tab": f"{POST}Transfer-Encoding:\tchunked\r\nContent-Length: 4\r\n\r\n{CHUNK}",
    "TE with a space before its colon": (
        f"{POST}Transfer-Encoding : chunked\r\nContent-Length: {len(CHUNK)}\r\n\r\n{CHUNK}"
    ),
    "two lengths": f"{POST}Content-Length: 0\r\nContent-Length: {len(HIDDEN)}\r\n\r\n{HIDDEN}",
    "two lengths in one field": f"{POST}Content-Length: 0, {len(HIDDEN)}\r\n\r\n{HIDDEN}",
    "a length with a sign": f"{POST}Content-Length: +{len(HIDDEN)}\r\n\r\n{HIDDEN}",
    "a folded field": f"{POST}A: b\r\n Content-Length: {len(HIDDEN)}\r\n\r\n{HIDDEN}",
    "a chunk with a bare line feed": (
        f"{POST}Transfer-Encoding: chunked\r\n\r\n1;\n{CHUNK}{len(HIDDEN):x}\r\n{HIDDEN}"
    ),
    "a bare carriage return": f"{POST}A: b\rContent-Length: {len(HIDDEN)}\r\n\r\n{HIDDEN}",
}

PAGE = "/kg/"
PRETENDED = (
    *("Host: evil.example", "X-Forwarded-Host: evil.example", "Forwarded: host=evil.example"),
    *("X-Forwarded-Proto: gopher", "X-Forwarded-Prefix: /evil.example", "X-Forwarded-Port: 666"),
    *("X-Original-URL: /evil.example", "X-Rewrite-URL: /evil.example"),
)


class Front:
    """nginx before one service that believes what nginx says of the public address."""

    def __init__(self, port: int, service: Service) -> None:
        self.port = port
        self.service = service

    def send(self, text: str) -> str:
        """Send bytes on a connection of its own; return all that is answered until its end."""
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        with closing(context.wrap_socket(plain)) as connection:
            connection.sendall(text.encode("latin-1"))
            return b"".join(iter(lambda: connection.recv(65536), b"")).decode("latin-1")

    def get(self, target: str, *fields: str) -> str:
        host = () if any(field.startswith("Host:") for field in fields) else ("Host: kg.example",)
        lines = (f"GET {target} HTTP/1.1", *host, *fields, "Accept: text/html", "Connection: close")
        return self.send("\r\n".join(lines) + "\r\n\r\n")

    def paths(self) -> list[str]:
        """Return the addresses that clients have requested from the service."""
        last = f"/kg/last-{len(self.service.requests())}"
        self.get(last)
        eventually(lambda: last in self._paths())
        return self._paths()

    def _paths(self) -> list[str]:
        return [str(each["path"]) for each in self.service.requests()]


@pytest.fixture(scope="module")
def front(lights_release: Release, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    folder = tmp_path_factory.mktemp("front")
    port, own = free_port(), free_port()
    settings = {
        "releases": lights_release.path.parent,
        "project": folder,
        "port": own,
        "access_log": "on",
        "trusted_proxies": "127.0.0.1",
    }
    names = site("replicas.conf", ("127.0.0.1:8081", f"127.0.0.1:{own}"))
    # The service closes idle connections soon, so that no test waits for them.
    configuration = names + public_site(folder, port) + "\nkeepalive_timeout 1s;"
    with ExitStack() as stack:
        service = until_serving(stack.enter_context(started([], folder, settings)))
        stack.enter_context(nginx(folder, port, configuration))
        yield Front(port, service)


@pytest.mark.parametrize("name", SMUGGLED)
def test_no_request_is_hidden_in_another(front: Front, name: str) -> None:
    before = front.paths()
    front.send(SMUGGLED[name])
    assert "/kg/hidden" not in front.paths()[len(before) :]


def test_a_request_behind_another_would_be_seen(front: Front) -> None:
    before = front.paths()
    front.send(f"{POST}Content-Length: 0\r\n\r\n{HIDDEN}")
    assert "/kg/hidden" in front.paths()[len(before) :]


@pytest.mark.parametrize("field", PRETENDED)
def test_no_client_decides_what_the_cache_gives_to_others(front: Front, field: str) -> None:
    target = f"{PAGE}?of={field.partition(':')[0]}"
    poisoned = front.get(target, field)
    clean = front.get(target)
    assert poisoned.startswith("HTTP/1.1 ")
    assert clean.startswith("HTTP/1.1 200 ")
    assert "evil.example" not in clean
    assert "gopher" not in clean
    assert ":666" not in clean
