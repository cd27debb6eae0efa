"""A web process: uvicorn's server, which takes its turn among those that share a socket.

An event loop that waits for connections takes all that come at once, and whichever process is
awake already is the fastest: with a few clients one process would do all the work. The kernel
hands connections in turn to threads that wait in accept(2), so each process has one.
https://man7.org/linux/man-pages/man2/accept.2.html
"""

from __future__ import annotations

import asyncio
import logging
from threading import Event, Thread
from typing import TYPE_CHECKING

from uvicorn import Config, Server

from graphsvc.web.connections import Connection

if TYPE_CHECKING:
    from collections.abc import Sequence
    from socket import socket

#: How long to wait when no connection can be taken, for want of descriptors, in seconds.
_PAUSE = 0.1

#: How long the answers under way may take when the process is told to end, in seconds.
PATIENCE = 5


def serve(listener: socket, log_level: str) -> None:
    """Answer the connections of a listening socket until told to end by SIGTERM or SIGINT.

    The settings come from the environment, as `graphsvc.web.asgi.application` reads them.
    """
    config = Config(
        "graphsvc.web.asgi:application",
        factory=True,
        interface="asgi3",
        http=Connection,
        loop="uvloop",
        ws="none",
        lifespan="off",
        log_level=log_level.lower(),
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=PATIENCE,
    )
    _Server(config).run([listener])


class _Server(Server):
    """A server whose connections are taken by a thread."""

    async def startup(self, sockets: Sequence[socket] | None = None) -> None:
        """Begin to take connections."""
        await super().startup(sockets=[])
        loop = asyncio.get_running_loop()
        for listener in sockets or ():
            Thread(target=self._take, args=(listener, loop), name="taker", daemon=True).start()

    def _take(self, listener: socket, loop: asyncio.AbstractEventLoop) -> None:
        pause = Event()
        while not self.should_exit:
            try:
                connection, _ = listener.accept()
            except OSError as error:
                logging.getLogger(__name__).warning("No connection can be taken: %s.", error)
                pause.wait(_PAUSE)
            else:
                connection.setblocking(False)  # noqa: FBT003 - the socket's own interface
                answering = loop.connect_accepted_socket(self._connection, connection)
                asyncio.run_coroutine_threadsafe(answering, loop)

    def _connection(self) -> Connection:
        return Connection(self.config, self.server_state, self.lifespan.state)
