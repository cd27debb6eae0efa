"""Clients that send nothing, and clients that send a byte now and then."""

from __future__ import annotations

import resource
import socket
import time
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .clients import NAME

if TYPE_CHECKING:
    from collections.abc import Generator

    from .stage import Stage

_CONNECTIONS = 500

#: Between two bytes of a slow client, in seconds; a step of the scenario has so many of them.
_BETWEEN_BYTES = 0.2
_BYTES = 10


def connections(stage: Stage) -> Generator[None, None, None]:
    """Hold 500 idle and 500 slow connections; those that the service closes are made anew."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    service = stage.serve(deadline=600, request_timeout=5)
    parts = urlsplit(service.address)
    place = (parts.hostname or "", parts.port or 0)
    slow_request = f"GET {NAME} HTTP/1.1\r\nHost: a\r\nX: {'x' * 10_000}".encode()
    while True:
        with ExitStack() as stack:
            sockets = [
                stack.enter_context(socket.create_connection(place))
                for _ in range(2 * _CONNECTIONS)
            ]
            for at in range(_BYTES):
                for slow in sockets[:_CONNECTIONS]:
                    with suppress(OSError):
                        slow.send(slow_request[at : at + 1])
                time.sleep(_BETWEEN_BYTES)
            stage.fault(f"{2 * _CONNECTIONS} connections", stage.old)
        yield
