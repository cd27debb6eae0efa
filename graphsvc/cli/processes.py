"""The web processes: how ``graphsvc serve`` starts them, keeps them and ends them."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from contextlib import suppress
from threading import Event
from time import monotonic
from typing import TYPE_CHECKING

from graphsvc.errors import GraphsvcError, SettingsError
from graphsvc.web.server import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType

_PROCESS = "graphsvc.cli.answer"
_BACKLOG = 2048

#: How often it is looked whether all processes are there, in seconds.
_STEP = 0.2

#: How much longer than its answers a process may take to end, in seconds.
_GRACE = 2.0


def bound(host: str, port: int) -> socket.socket:
    """Return a socket that has an address of its own, and does not listen yet.

    Errors: SettingsError if that cannot be.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listener.bind((host, port))
    except OSError as error:
        raise SettingsError(
            f"The service cannot listen at {host}:{port}: {error.strerror or error}.",
            remedy="Choose another --host or --port, or end what listens there.",
        ) from error
    return listener


class WebProcesses:
    """Processes that answer over HTTP. One that is killed is started again."""

    def __init__(self, listener: socket.socket, number: int) -> None:
        self._listener = listener
        self._number = number
        self._over = Event()

    def run(self) -> None:
        """Serve until told to end by SIGTERM or SIGINT, then let the processes end.

        Errors: GraphsvcError if a process gives up by itself; it has said why on standard error.
        """
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._end)
        self._listener.listen(_BACKLOG)
        running = [self._started() for _ in range(self._number)]
        try:
            while not self._over.wait(_STEP):
                running = [self._kept(process) for process in running]
        finally:
            _end(running)

    def _end(self, _signal: int, _frame: FrameType | None) -> None:
        self._over.set()

    def _started(self) -> subprocess.Popen[bytes]:
        descriptor = self._listener.fileno()
        command = [sys.executable, "-m", _PROCESS, str(descriptor)]
        return subprocess.Popen(command, pass_fds=[descriptor])  # noqa: S603

    def _kept(self, process: subprocess.Popen[bytes]) -> subprocess.Popen[bytes]:
        """Return the process, or one in its stead if it has been killed."""
        code = process.poll()
        if code is None:
            return process
        if code > 0:
            raise GraphsvcError("A web process has failed.", remedy="Mend what is said above.")
        return self._started()


def _end(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    """Let processes finish what they answer; kill those that take too long."""
    for process in processes:
        process.terminate()
    end = monotonic() + PATIENCE + _GRACE
    for process in processes:
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, end - monotonic()))
        process.kill()
        process.wait()
