"""The exporter of traces as the keeper sees it: a process of its own, if there is to be one."""

from __future__ import annotations

import logging
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from graphsvc.server import exporter

if TYPE_CHECKING:
    from collections.abc import Mapping

_PROGRAM = "graphsvc.server.exporter"

#: After so many seconds an exporter has lasted: if it ends then, another one is started.
_LASTED = 30.0

#: How long the last spans may take to be exported, in seconds.
_PATIENCE = 5.0


class ExporterProcess:
    """An exporter; what is written to ``descriptor`` comes to it, and to the one after it."""

    def __init__(self) -> None:
        self._reading, self._writing = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.descriptor = self._writing.fileno()
        self._process = self._start()

    @classmethod
    def wanted(cls, environment: Mapping[str, str]) -> ExporterProcess | None:
        """Start an exporter if the environment asks for it and its libraries are there."""
        if not exporter.is_wanted(environment):
            return None
        if not exporter.is_installed():
            logging.getLogger(__name__).warning(
                "The environment asks for traces, which need more packages: "
                "pip install 'graphsvc[telemetry]'"
            )
            return None
        return cls()

    def _start(self) -> subprocess.Popen[bytes]:
        self._started = time.monotonic()
        number = self._reading.fileno()
        return subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", _PROGRAM, str(number)], pass_fds=[number]
        )

    def look(self) -> None:
        """Start another exporter if this one has ended, unless it has failed at once."""
        if self._process.poll() is None or not self._started:
            return
        if time.monotonic() - self._started > _LASTED:
            self._process = self._start()
        else:
            self._started = 0.0
            logging.getLogger(__name__).error("Traces cannot be exported; the service goes on.")

    def close(self) -> None:
        """Let it export what it has, and end."""
        self._writing.close()
        self._reading.close()
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
