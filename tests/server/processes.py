"""Starts ``graphsvc serve`` in processes of its own, talks to it, inspects it and stops it.

The tree of processes: the keeper, which is started here; its children, the parents (one, or two
during a change of the release); their children, the workers.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import psutil

from .wire import PATIENCE, Answer, BrokenOff, Wire, query, request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

GRAPHSVC = Path(sys.executable).with_name("graphsvc")

ENDLESS_COUNT = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
"""A query without an end and without a first row."""

ENDLESS_ROWS = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
"""A query whose rows never end."""

LOOKUP = "SELECT ?name { light:north-rock lights:statedName ?name }"
NAME = "North Rock Light"

_T = TypeVar("_T")


def eventually(look: Callable[[], _T | None]) -> _T:
    """Call ``look`` until its result is true or not empty, and return the result."""
    end = time.monotonic() + PATIENCE
    pause = threading.Event()
    while not (result := look()):
        assert time.monotonic() < end, "it never came true"
        pause.wait(0.02)
    return result


def environment(settings: Mapping[str, object]) -> dict[str, str]:
    """Return this process's environment with these settings of the service, and no others."""
    inherited = {name: os.environ[name] for name in os.environ if not name.startswith("GRAPHSVC_")}
    return inherited | {f"GRAPHSVC_{name.upper()}": str(settings[name]) for name in settings}


def run(command: str, *words: str | Path, **settings: object) -> subprocess.CompletedProcess[str]:
    """Run a command of graphsvc to its end."""
    return subprocess.run(
        [GRAPHSVC, command, *words],
        env=environment(settings),
        capture_output=True,
        text=True,
        timeout=2 * PATIENCE,
        check=False,
    )


class Service:
    """A running service; ``address`` is what it has printed."""

    def __init__(self, process: subprocess.Popen[bytes], folder: Path) -> None:
        self.process = process
        self.address = ""
        self._out, self._error = folder / "stdout", folder / "stderr"

    @property
    def output(self) -> str:
        return self._out.read_text("utf-8")

    @property
    def log(self) -> str:
        return self._error.read_text("utf-8")

    def connect(self) -> Wire:
        return Wire.to(self.address)

    def get(self, target: str, *fields: str) -> Answer:
        with self.connect() as wire:
            return wire.exchange(request(target, *fields))

    def ask(self, text: str, *fields: str, **parameters: str) -> Answer:
        """Ask by GET on a new connection; the answer is JSON unless ``fields`` say otherwise."""
        return self.get(query(text, **parameters), *fields)

    def is_well(self) -> bool:
        with suppress(OSError, BrokenOff):
            answer = self.ask(LOOKUP)
            return answer.status == 200 and answer.values == [NAME]
        return False

    def release(self) -> str:
        """Return the id of the release that is served."""
        members = json.loads(self.get("/readyz").content)
        assert members["status"] == "ready"
        release: str = members["release"]
        return release

    def requests(self) -> list[dict[str, Any]]:
        """Return the lines of the access log."""
        return [json.loads(line) for line in self.log.splitlines() if line.startswith("{")]

    def parents(self) -> list[psutil.Process]:
        with suppress(psutil.NoSuchProcess):
            return psutil.Process(self.process.pid).children()
        return []

    def workers(self) -> list[psutil.Process]:
        workers: list[psutil.Process] = []
        for parent in self.parents():
            with suppress(psutil.NoSuchProcess):
                workers += parent.children()
        return workers

    def processes(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def worker_of(self, wire: Wire) -> psutil.Process:
        """Wait until one worker alone has the other end of a connection; return it."""
        return eventually(lambda: only(each for each in self.workers() if has(each, wire)))

    def send_signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def wait(self) -> int:
        """Wait for the keeper's end; return its exit code."""
        return self.process.wait(PATIENCE)


def only(workers: Iterator[psutil.Process]) -> psutil.Process | None:
    first, second = next(workers, None), next(workers, None)
    return first if second is None else None


def has(process: psutil.Process, wire: Wire) -> bool:
    """Tell if a process has the other end of a connection open."""
    with suppress(psutil.NoSuchProcess, psutil.AccessDenied, FileNotFoundError):
        ends = process.net_connections("tcp")
        return any(end.raddr and end.raddr.port == wire.port for end in ends)
    return False


@contextmanager
def running(
    command: Sequence[str | Path],
    folder: Path,
    settings: Mapping[str, object],
    descriptors: Sequence[int] = (),
) -> Iterator[Service]:
    """Run a command that serves, in a session of its own, until the end of the block.

    At the end of the block the remaining processes are killed; a test that examines a regular end
    stops the command itself, and waits.
    """
    with (folder / "stdout").open("wb") as out, (folder / "stderr").open("wb") as error:
        process = subprocess.Popen(
            command,
            env=environment(settings),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=error,
            start_new_session=True,
            pass_fds=descriptors,
        )
    try:
        yield Service(process, folder)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE)


@contextmanager
def started(
    arguments: Sequence[str | Path],
    folder: Path,
    settings: Mapping[str, object],
    launcher: Sequence[str | Path] = (),
    descriptors: Sequence[int] = (),
) -> Iterator[Service]:
    """Run ``graphsvc serve`` in a session of its own until the end of the block."""
    command = [*launcher, GRAPHSVC, "serve", *arguments]
    with running(command, folder, settings, descriptors) as service:
        yield service


def until_serving(service: Service) -> Service:
    """Wait for the line with the address; if the service ends first, fail with its output."""

    def line() -> str:
        assert service.process.poll() is None, service.output + service.log
        return service.output.partition("Serving ")[2]

    text = eventually(lambda: line() if "\n" in line() else "")
    service.address = text.partition("\n")[0].rpartition(" at ")[2]
    return service
