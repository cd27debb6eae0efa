"""Starts and restarts the process that exports traces, for the keeper."""

from __future__ import annotations

import logging
import socket
import subprocess
import sys
import time
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_PROGRAM = "graphsvc.server.exporter"

#: The environment variables with the address for traces.
_ENDPOINT_VARIABLES = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")

#: Seconds after which an exporter is stable: if it ends later, another one is started.
_STABLE_AFTER = 30.0

#: Seconds to wait for the export of the last spans.
_PATIENCE = 5.0


def is_requested(environment: Mapping[str, str]) -> bool:
    """Tell whether an environment asks for traces: by an address, or by an exporter's name."""
    if environment.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return False
    exporters = environment.get("OTEL_TRACES_EXPORTER", "")
    if exporters:
        return "otlp" in exporters.split(",")
    return any(environment.get(name) for name in _ENDPOINT_VARIABLES)


def is_installed() -> bool:
    """Tell whether the libraries of ``graphsvc[telemetry]`` are installed."""
    try:
        return find_spec("opentelemetry.exporter.otlp.proto.http") is not None
    except ModuleNotFoundError:
        return False


class ExporterProcess:
    """An exporter process; it, and each successor, reads what is written to ``descriptor``."""

    def __init__(self) -> None:
        self._reading, self._writing = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.descriptor = self._writing.fileno()
        self._process = self._start()

    @classmethod
    def start_if_requested(cls, environment: Mapping[str, str]) -> ExporterProcess | None:
        """Start an exporter if the environment asks for it and its libraries are installed."""
        if not is_requested(environment):
            return None
        if not is_installed():
            logging.getLogger(__name__).warning(
                "The environment asks for traces, which need more packages: "
                "pip install 'graphsvc[telemetry]'"
            )
            return None
        return cls()

    def _start(self) -> subprocess.Popen[bytes]:
        self._start_time = time.monotonic()
        number = self._reading.fileno()
        return subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", _PROGRAM, str(number)], pass_fds=[number]
        )

    def look(self) -> None:
        """Start another exporter if this one has ended, unless it ended soon after its start."""
        if self._process.poll() is None or not self._start_time:
            return
        if time.monotonic() - self._start_time > _STABLE_AFTER:
            self._process = self._start()
        else:
            self._start_time = 0.0
            logging.getLogger(__name__).error("Traces cannot be exported; the service goes on.")

    def close(self) -> None:
        """Let it export the last spans, and end it."""
        self._writing.close()
        self._reading.close()
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
