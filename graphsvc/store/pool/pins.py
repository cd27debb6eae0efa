"""Workers for other releases than the served one, started when somebody asks for such a release.

The supervisor forks a supervisor of its own kind for each, in a folder of its own; the same bounds
hold for its workers. It ends when nobody has asked for a while, and lets go of its release then.
Who asks sends the release's name as a datagram, before each query, and waits for the address.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from graphsvc.errors import Overloaded, ReleaseError
from graphsvc.store.pool.client import CAUSE_STEP, PooledStore
from graphsvc.store.pool.supervisor import GRACE, Plan, socket_path, supervise

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from graphsvc.store.oxigraph import OxigraphStore
    from graphsvc.store.pool.requests import Limits

#: What gives the workers of a release their store, and how many there are and what each may take.
Prepare: TypeAlias = "Callable[[str], tuple[Callable[[], OxigraphStore], Plan]]"

_SOCKET = "pins.sock"
_NAME = re.compile(r"[0-9a-f]{1,64}")

#: How many other releases are answered from at a time.
_MOST = 2

#: How long after the last query the workers of a release stay, in seconds, beyond its deadline.
_STAY = 60.0

#: How often who waits for workers asks again, in seconds.
_AGAIN = 0.25


@dataclass(slots=True)
class _Pin:
    pid: int
    wanted: float


class Pins:
    """The supervisor's side: which releases are wanted, and who answers from them."""

    def __init__(self, folder: Path, prepare: Prepare, deadline: float) -> None:
        """Listen for names of releases; ``deadline`` is that of a query, in seconds."""
        self._folder = folder
        self._prepare = prepare
        self._busy = deadline + 2 * GRACE
        self._running: dict[str, _Pin] = {}
        address = folder / _SOCKET
        address.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.settimeout(0)
        self._socket.bind(str(address))

    def look(self) -> None:
        """Start what is wanted, and end what has not been wanted for long."""
        now = time.monotonic()
        for name in self._wanted():
            pin = self._running.get(name)
            if pin is not None:
                pin.wanted = now
            elif len(self._running) < _MOST:
                self._running[name] = _Pin(self._fork(name), now)
            else:
                self._make_room(now)
        for name, pin in self._running.items():
            if now - pin.wanted > self._busy + _STAY:
                self._end(name, pin)

    def bury(self, pid: int) -> bool:
        """Note that a process has ended; tell whether it was one of these."""
        for name, pin in self._running.items():
            if pin.pid == pid:
                del self._running[name]
                shutil.rmtree(self._folder / name, ignore_errors=True)
                return True
        return False

    def end(self) -> None:
        """End them all; their workers end with them."""
        for pin in self._running.values():
            os.kill(pin.pid, signal.SIGKILL)

    def _wanted(self) -> set[str]:
        names = set()
        with suppress(BlockingIOError):
            while True:
                name = self._socket.recv(128).decode("ascii", "replace")
                names |= {name} if _NAME.fullmatch(name) else set()
        return names

    def _make_room(self, now: float) -> None:
        """End the one that has not been wanted for longest, if no query of it can be running."""
        name, pin = min(self._running.items(), key=lambda item: item[1].wanted)
        if now - pin.wanted > self._busy:
            self._end(name, pin)

    def _end(self, name: str, pin: _Pin) -> None:
        # Nobody finds the workers from now on.
        socket_path(self._folder / name).unlink(missing_ok=True)
        os.kill(pin.pid, signal.SIGTERM)

    def _fork(self, name: str) -> int:
        pid = os.fork()
        if pid == 0:
            try:
                self._serve(name)
            except ReleaseError as error:
                print(error.message, file=sys.stderr)  # noqa: T201 - the log of a process
            finally:
                os._exit(1)
        return pid

    def _serve(self, name: str) -> None:
        self._socket.close()
        folder = self._folder / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        opened, plan = self._prepare(name)
        supervise(opened, folder, plan)


class PinnedWorkers:
    """The client's side: a store for each release that is asked for by name."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        self._folder = folder
        self._limits = limits
        self._stores: dict[str, PooledStore] = {}

    def store(self, name: str) -> PooledStore:
        """Return the store of a release once there are workers for it.

        Errors: Overloaded if there are none in time.
        """
        address = socket_path(self._folder / name)
        end = time.monotonic() + self._limits.deadline
        again = 0.0
        while True:
            now = time.monotonic()
            if now >= again:
                self._ask_for(name)
                again = now + _AGAIN
            if address.exists():
                break
            if now > end:
                raise Overloaded(
                    "Too many other releases are asked for already.",
                    remedy="Try again in a moment.",
                )
            time.sleep(CAUSE_STEP)
        return self._stores.setdefault(name, PooledStore(self._folder / name, self._limits))

    def _ask_for(self, name: str) -> None:
        # A queue that is full, or a supervisor that is being started again, is asked again.
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as asking:
            asking.settimeout(0)
            asking.sendto(name.encode("ascii"), str(self._folder / _SOCKET))
