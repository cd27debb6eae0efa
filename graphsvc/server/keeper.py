"""The keeper: the process of ``graphsvc serve``. It keeps a parent running, and replaces it.

It owns the listening sockets, so no connection is refused while one parent replaces another. At
SIGHUP it starts a parent with the current release; when that one is ready, the old parent completes
its requests and ends. If a parent ends by itself, another one is started, always, after a pause
that grows.

A parent first verifies its release, and refuses a damaged one. Then the release that was served
last is served, or else the newest of the others. If files of the release change while it is served,
another parent is started, which verifies them again.
"""

from __future__ import annotations

import logging
import os
import select
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphsvc import checksums, release_repository
from graphsvc.errors import ReleaseError, StoreError
from graphsvc.release import CURRENT, Release, current
from graphsvc.server import bounds
from graphsvc.server.exporter_process import ExporterProcess
from graphsvc.server.listening import address_of, listen
from graphsvc.server.notice import Notice, ServiceStatus
from graphsvc.server.service_manager import ServiceManager

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from graphsvc.server.counters import Counters

logger = logging.getLogger(__name__)

#: The exit code of a parent that refuses its release.
REFUSED = 65

_PROGRAM = "graphsvc.server.serving"

#: Seconds before the next parent is started after one has ended by itself: at first, and at most.
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 10.0

#: Seconds after which a parent is stable: the next pause is the first one again.
_STABLE_AFTER = 30.0

#: Seconds between two checks of the files of the served release.
_WATCH = 1.0

_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD)


@dataclass(slots=True)
class _Generation:
    """A parent: its release, its process, and the pipe by which it reports that it is ready.

    ``failure`` is the reason why it does not serve the current release. It ``is_sound`` until files
    of its release change.
    """

    path: Path
    process: subprocess.Popen[bytes]
    pipe: int
    start_time: float
    watch: checksums.Watch
    failure: str
    release: str = ""
    is_sound: bool = True


class Keeper:
    """Keeps a parent for the current release of a folder on some sockets.

    Its processes count in ``counters``. ``say_ready`` is called when the first parent answers.
    ``watch`` is the descriptor of the build reports while one edits.
    """

    def __init__(
        self,
        releases: Path,
        sockets: list[socket.socket],
        counters: Counters,
        say_ready: Callable[[], None],
        watch: int | None = None,
    ) -> None:
        self._releases = releases
        self._counters = counters.descriptor
        self._manager = ServiceManager(os.environ)
        self._exporter = ExporterProcess.start_if_requested(os.environ)
        self._sockets = sockets
        self._say_ready = say_ready
        self._watch = watch
        self._notice = Notice(releases, [address_of(each) for each in sockets])
        self._serving: _Generation | None = None
        self._coming: _Generation | None = None
        self._leaving: list[_Generation] = []
        self._last: Path | None = None
        self._refused: set[Path] = set()
        self._has_said_ready = False
        self._pause = 0.0
        self._next_watch = 0.0
        self._next_start = 0.0
        self._is_over = False

    def run(self) -> None:
        """Serve until SIGTERM or SIGINT, then complete the running requests.

        A second signal ends everything immediately.

        Errors: GraphsvcError if the first parent cannot serve; it has logged the reason.
        """
        reading, writing = os.pipe()
        os.set_blocking(writing, False)
        for number in _SIGNALS:
            signal.signal(number, _ignore)
        signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        listen(self._sockets)
        with self._notice:
            self._start_parent()
            while not (self._is_over and not self._all()):
                self._wait(reading)
                self._check_parents()
        if self._exporter is not None:
            self._exporter.close()

    def _all(self) -> list[_Generation]:
        return [*filter(None, (self._serving, self._coming)), *self._leaving]

    def _start_parent(self) -> None:
        """Start a parent for the current release, or for another one if that one is refused.

        Nothing is started if the best other release is already served. Errors: ReleaseError if
        there is no release to serve, and none is served.
        """
        current_path = (self._releases / CURRENT).resolve()
        for release in self._candidates(current_path):
            serving = self._serving
            if serving and serving.is_sound and release.path == serving.path != current_path:
                break
            self._start(release, _refusal(current_path) if release.path != current_path else "")
            return
        if self._serving is not None:
            logger.error(
                "%s The release %s is served.", _refusal(current_path), self._serving.release
            )
            self._report(_refusal(current_path))
        elif self._notice.has_served:
            self._start_later(0.0)
        else:
            current(self._releases)
            raise ReleaseError(
                f"No release in {self._releases} can be served.",
                remedy="Build it again: graphsvc build",
            )

    def _candidates(self, current_path: Path) -> Iterator[Release]:
        """Yield the releases that can be served: the current one, the last one, the others."""
        others = (release.path for release in release_repository.available_releases(self._releases))
        for path in dict.fromkeys(filter(None, (current_path, self._last, *others))):
            if path in self._refused:
                continue
            try:
                yield Release.open(path)
            except ReleaseError as error:
                logger.error("%s %s", error.message, error.remedy)  # noqa: TRY400 - it says it all

    def _start(self, release: Release, failure: str) -> None:
        if self._coming is not None:
            self._coming.process.terminate()
            self._leaving.append(self._coming)
        # The watch starts now, so that changes while the new parent reads are noticed.
        watch = checksums.Watch(release.path, release.manifest.files)
        reading, writing = os.pipe()
        descriptors = [each.fileno() for each in self._sockets]
        handed_down = [writing, self._notice.descriptor, self._counters, *descriptors]
        words = [str(release.path), *map(str, handed_down)]
        if self._exporter is not None:
            words += ["--spans", str(self._exporter.descriptor)]
            handed_down.append(self._exporter.descriptor)
        if self._watch is not None:
            words += ["--watch", str(self._watch)]
            handed_down.append(self._watch)
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", _PROGRAM, *words],
            pass_fds=handed_down,
            env=bounds.without_backtrace(os.environ),
        )
        os.close(writing)
        self._coming = _Generation(
            release.path, process, reading, time.monotonic(), watch, failure=failure
        )

    def _wait(self, signals: int) -> None:
        """Wait for a signal, a parent that is ready, or the time of the next check."""
        watched = [signals, *([self._coming.pipe] if self._coming else [])]
        left = max(0.0, self._next_start - time.monotonic()) if self._next_start else _WATCH
        ready, _, _ = select.select(watched, [], [], min(left, _WATCH))
        if signals in ready:
            for number in os.read(signals, 64):
                self._handle_signal(signal.Signals(number))

    def _handle_signal(self, number: signal.Signals) -> None:
        if number is signal.SIGHUP:
            self._manager.reloading()
            self._reload()
        elif number is not signal.SIGCHLD:
            self._end()

    def _end(self) -> None:
        """Let all parents complete their requests; kill them at the second signal."""
        for generation in self._all():
            if self._is_over:
                generation.process.kill()
            else:
                generation.process.terminate()
        if not self._is_over:
            self._manager.stopping()
            # Clients would wait in vain on a listening socket from which nobody accepts.
            for listener in self._sockets:
                listener.close()
        self._is_over = True
        self._next_start = 0.0

    def _reload(self) -> None:
        self._refused.clear()
        self._start_parent()

    def _check_parents(self) -> None:
        """Check which parents are ready, which have ended, and which files have changed."""
        if self._exporter is not None:
            self._exporter.look()
        if self._coming is not None and self._coming.process.poll() is None:
            self._take_over(self._coming)
        self._leaving = [each for each in self._leaving if each.process.poll() is None]
        if self._coming is not None and (code := self._coming.process.poll()) is not None:
            self._coming_has_failed(self._coming, code)
        if self._serving is not None and self._serving.process.poll() is not None:
            lasted = time.monotonic() - self._serving.start_time
            self._serving = None
            self._start_later(lasted)
        if self._next_start and time.monotonic() >= self._next_start:
            self._next_start = 0.0
            self._reload()
        if time.monotonic() >= self._next_watch:
            self._next_watch = time.monotonic() + _WATCH
            self._watch_files()

    def _watch_files(self) -> None:
        """Start another parent if files of the served release have changed: it verifies them."""
        serving = self._serving
        if self._is_over or serving is None or not serving.watch.has_changed():
            return
        logger.error("Files of the release %s have changed while it is served.", serving.release)
        serving.is_sound = False
        self._reload()

    def _take_over(self, coming: _Generation) -> None:
        if not select.select([coming.pipe], [], [], 0)[0]:
            return
        coming.release = os.read(coming.pipe, 64).decode()
        if not coming.release:
            return  # it has ended before it was ready
        os.close(coming.pipe)
        before, self._serving, self._coming = self._serving, coming, None
        self._last = coming.path
        if coming.failure:
            logger.error("%s The release %s is served.", coming.failure, coming.release)
        self._report(coming.failure)
        if before is not None:
            before.process.send_signal(signal.SIGUSR1)
            self._leaving.append(before)
        if not self._has_said_ready:
            self._has_said_ready = True
            self._say_ready()

    def _report(self, failure: str) -> None:
        """Report the served release; after a failure it is not the current one."""
        if self._serving is not None:
            status = ServiceStatus(self._serving.release, failure, self._serving.is_sound)
            self._notice.write(status)
            self._manager.ready(f"{failure} The release {status.release} is served.".strip())

    def _coming_has_failed(self, coming: _Generation, code: int) -> None:
        self._coming = None
        os.close(coming.pipe)
        logger.error("A parent could not start (exit code %s).", code)
        if code == REFUSED:
            self._refused.add(coming.path)
            if not self._is_over:
                self._start_parent()
        elif self._serving is not None and self._serving.is_sound:
            self._report(f"The release {coming.path.name} could not be loaded.")
        elif not self._is_over and not self._notice.has_served:
            raise StoreError("The service cannot start.", remedy="See the errors above.")
        else:
            self._start_later(time.monotonic() - coming.start_time)

    def _start_later(self, lasted: float) -> None:
        if self._is_over:
            return
        self._pause = 0.0 if lasted > _STABLE_AFTER else self._pause
        self._pause = min(max(2 * self._pause, _FIRST_PAUSE), _LONGEST_PAUSE)
        self._next_start = time.monotonic() + self._pause
        logger.error("Another parent is started in %g s.", self._pause)


def _refusal(release: Path) -> str:
    return f"The release {release.name} cannot be served."


def _ignore(*_: object) -> None:
    """Do nothing: the signal only wakes the keeper up."""
