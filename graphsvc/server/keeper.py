"""The keeper: what ``graphsvc serve`` becomes. It keeps a parent running, and changes it.

It holds the listening sockets, so that no connection is refused while one parent takes over from
another. At SIGHUP it starts a parent with the release that is current then; once that one is ready
the parent before it answers what is under way and ends. If a parent ends by itself another one is
started, after a pause that grows, and for ever.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import select
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from graphsvc.errors import ReleaseError, StoreError
from graphsvc.release import current
from graphsvc.server.exporter_process import ExporterProcess
from graphsvc.server.listening import address_of, listen
from graphsvc.server.service_manager import ServiceManager

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable
    from pathlib import Path

    from graphsvc.server.counters import Counters

_PROGRAM = "graphsvc.server.serving"

#: How long no parent is started after one has ended by itself, in seconds: at first, and at most.
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 10.0

#: After so many seconds a parent has lasted: the next pause is the first one again.
_LASTED = 30.0

#: How often a reload is looked at that is under way, in seconds.
_STEP = 0.05

_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD)


@dataclass(slots=True)
class _Generation:
    """A parent: its release, its process, and the pipe that says when it is ready, until it has."""

    path: Path
    process: subprocess.Popen[bytes]
    pipe: int
    started: float
    release: str = ""


class Keeper:
    """Keeps a parent for the current release of a folder on some sockets.

    Its processes count in ``counters``. ``say_ready`` is called once the first parent answers.
    """

    def __init__(
        self,
        releases: Path,
        sockets: list[socket.socket],
        counters: Counters,
        say_ready: Callable[[], None],
    ) -> None:
        self._releases = releases
        self._counters = counters.descriptor
        self._manager = ServiceManager(os.environ)
        self._exporter = ExporterProcess.wanted(os.environ)
        self._sockets = sockets
        self._say_ready = say_ready
        self._serving: _Generation | None = None
        self._coming: _Generation | None = None
        self._leaving: list[_Generation] = []
        self._pause = 0.0
        self._next_start = 0.0
        self._is_over = False

    def run(self) -> None:
        """Serve until SIGTERM or SIGINT, then let requests under way be answered.

        A second one of these signals ends all at once.

        Errors: GraphsvcError if the first parent cannot serve; it has said why.
        """
        reading, writing = os.pipe()
        os.set_blocking(writing, False)
        for number in _SIGNALS:
            signal.signal(number, _ignore)
        signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        listen(self._sockets)
        with Notice(self._releases, [address_of(each) for each in self._sockets]) as notice:
            self._start(current(self._releases).path)
            while not (self._is_over and not self._all()):
                self._wait(reading)
                self._look(notice)
        if self._exporter is not None:
            self._exporter.close()

    def _all(self) -> list[_Generation]:
        return [*filter(None, (self._serving, self._coming)), *self._leaving]

    def _start(self, release: Path) -> None:
        reading, writing = os.pipe()
        descriptors = [each.fileno() for each in self._sockets]
        handed_down = [writing, self._counters, *descriptors]
        words = [str(release), *map(str, handed_down)]
        if self._exporter is not None:
            words += ["--spans", str(self._exporter.descriptor)]
            handed_down.append(self._exporter.descriptor)
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", _PROGRAM, *words], pass_fds=handed_down
        )
        os.close(writing)
        self._coming = _Generation(release, process, reading, time.monotonic())

    def _wait(self, signals: int) -> None:
        """Wait for a signal, a parent that is ready, or the time to start another."""
        watched = [signals, *([self._coming.pipe] if self._coming else [])]
        left = max(0.0, self._next_start - time.monotonic()) if self._next_start else None
        ready, _, _ = select.select(watched, [], [], left)
        if signals in ready:
            for number in os.read(signals, 64):
                self._heed(signal.Signals(number))

    def _heed(self, number: signal.Signals) -> None:
        if number is signal.SIGHUP:
            self._manager.reloading()
            self._reload()
        elif number is not signal.SIGCHLD:
            self._end()

    def _end(self) -> None:
        """Let all parents answer what is under way; if they were told so already, kill them."""
        for generation in self._all():
            if self._is_over:
                generation.process.kill()
            else:
                generation.process.terminate()
        if not self._is_over:
            self._manager.stopping()
            # Clients of a listening socket that nobody accepts from would wait for the end.
            for listener in self._sockets:
                listener.close()
        self._is_over = True
        self._next_start = 0.0

    def _reload(self) -> None:
        if self._coming is not None:
            self._coming.process.terminate()
            self._leaving.append(self._coming)
            self._coming = None
        try:
            self._start(current(self._releases).path)
        except ReleaseError as error:
            logging.getLogger(__name__).warning("No other release is served: %s", error)
            self._manager.ready(f"No other release is served: {error}")

    def _look(self, notice: Notice) -> None:
        """See which parents have become ready, and which have ended."""
        if self._exporter is not None:
            self._exporter.look()
        if self._coming is not None and self._coming.process.poll() is None:
            self._welcome(self._coming, notice)
        self._leaving = [each for each in self._leaving if each.process.poll() is None]
        if self._coming is not None and self._coming.process.poll() is not None:
            self._coming_has_failed(notice)
        if self._serving is not None and self._serving.process.poll() is not None:
            lasted = time.monotonic() - self._serving.started
            self._serving = None
            self._start_later(lasted)
        if self._next_start and time.monotonic() >= self._next_start:
            self._next_start = 0.0
            self._reload()

    def _welcome(self, coming: _Generation, notice: Notice) -> None:
        if not select.select([coming.pipe], [], [], 0)[0]:
            return
        coming.release = os.read(coming.pipe, 64).decode()
        if not coming.release:
            return  # it ends without having been ready
        os.close(coming.pipe)
        before, self._serving, self._coming = self._serving, coming, None
        if before is None:
            self._say_ready()
        else:
            before.process.send_signal(signal.SIGUSR1)
            self._leaving.append(before)
        notice.write(release=coming.release)
        self._manager.ready(f"Serving the release {coming.release}")

    def _coming_has_failed(self, notice: Notice) -> None:
        coming, self._coming = self._coming, None
        if coming is None:
            return
        os.close(coming.pipe)
        code = coming.process.returncode
        if self._serving is not None:
            failure = f"The release {coming.path.name} cannot be served."
            logging.getLogger(__name__).error(
                "%s The release %s is served as before.", failure, self._serving.release
            )
            notice.write(release=self._serving.release, failure=failure)
            self._manager.ready(f"{failure} The release {self._serving.release} is served.")
        elif not self._is_over and not notice.has_served:
            raise StoreError("The service cannot start.", remedy="Mend what is said above.")
        else:
            self._start_later(time.monotonic() - coming.started)
        logging.getLogger(__name__).error("A parent could not start (exit code %s).", code)

    def _start_later(self, lasted: float) -> None:
        if self._is_over:
            return
        self._pause = 0.0 if lasted > _LASTED else self._pause
        self._pause = min(max(2 * self._pause, _FIRST_PAUSE), _LONGEST_PAUSE)
        self._next_start = time.monotonic() + self._pause
        logging.getLogger(__name__).error(
            "The parent has ended; another is started in %g s.", self._pause
        )


class Notice:
    """A file in the folder of releases by which ``graphsvc reload`` finds the service.

    It is locked as long as its service runs, so that one that was left behind is known.
    """

    def __init__(self, releases: Path, addresses: list[str]) -> None:
        self.has_served = False
        self._path = releases / f".service-{os.getpid()}.json"
        self._addresses = addresses
        self._descriptor: int | None = None
        self._changes = 0

    def __enter__(self) -> Self:
        try:
            self._descriptor = os.open(self._path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o644)
            fcntl.flock(self._descriptor, fcntl.LOCK_EX)
        except OSError:
            self._descriptor = None  # a folder that is only read is served all the same
        return self

    def __exit__(self, *_: object) -> None:
        if self._descriptor is not None:
            self._path.unlink(missing_ok=True)
            os.close(self._descriptor)

    def write(self, release: str, failure: str = "") -> None:
        """Write which release is served, and why no other one is."""
        self.has_served = True
        self._changes += 1
        if self._descriptor is None:
            return
        row = {
            "pid": os.getpid(),
            "addresses": self._addresses,
            "release": release,
            "failure": failure,
            "changes": self._changes,
        }
        content = json.dumps(row).encode()
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, content, 0)


def _ignore(*_: object) -> None:
    """Do nothing: the signal has woken the keeper up."""


@dataclass(frozen=True, slots=True)
class Service:
    """A service that runs, as its notice tells."""

    path: Path
    pid: int
    addresses: tuple[str, ...]
    release: str
    failure: str
    changes: int

    @classmethod
    def read(cls, path: Path) -> Service:
        """Read a notice."""
        row = json.loads(path.read_text("utf-8"))
        return cls(path, **{**row, "addresses": tuple(row["addresses"])})

    def reload(self) -> Service:
        """Have it serve the current release; return it as it is then.

        Errors: StoreError if it cannot: it goes on as before.
        """
        os.kill(self.pid, signal.SIGHUP)
        after = self
        while after.changes == self.changes:
            time.sleep(_STEP)
            try:
                after = Service.read(self.path)
            except ValueError:
                continue  # it is being written
            except FileNotFoundError as error:
                raise StoreError("The service has ended.") from error
        if after.failure:
            raise StoreError(
                f"{after.failure} The release {after.release} is served as before.",
                remedy="The log of the service says why.",
            )
        return after


def services(releases: Path) -> list[Service]:
    """Return the services that run with a folder of releases."""
    running = []
    for path in sorted(releases.glob(".service-*.json")):
        with path.open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                running.append(Service.read(path))
            else:
                path.unlink(missing_ok=True)  # its service was killed
    return running
