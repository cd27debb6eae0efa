"""The query workers beside the web server: how ``graphsvc serve`` starts them and keeps them.

The supervisor is a process of its own (`graphsvc.cli.supervise`), since only a process with one
thread can fork at any moment. It takes its settings from the environment.
"""

from __future__ import annotations

import gzip
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

from graphsvc import depot
from graphsvc.errors import StoreError
from graphsvc.release import STORE, Release
from graphsvc.store.oxigraph import OxigraphStore
from graphsvc.store.pool.requests import PAGE_PLACES, PINNED_PLACES
from graphsvc.store.pool.supervisor import Plan, socket_path
from graphsvc.store.pool.worker import Limits

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphsvc.settings import Settings

_SUPERVISOR = "graphsvc.cli.supervise"
_MEBIBYTE = 1 << 20

#: The part of the memory that is free at the start which copies of the release may fill.
_COPIED_PART = 0.5
_LEAST_COPIED = 64 * _MEBIBYTE

#: Up to how many quads a release is held in memory for pinned queries.
_PINNED_IN_MEMORY = 1_000_000

#: How often it is looked whether workers are there, in seconds.
_STEP = 0.02


def keep_supervisor(folder: Path) -> None:
    """Start the supervisor, wait for its workers, and start it again whenever it ends.

    Errors: StoreError if it ends before it has workers; it has said why on standard error.
    """
    ended = Event()
    # The supervisor ends with the thread that started it, so that thread stays.
    Thread(target=_keep, args=(folder, ended), name="keeper", daemon=True).start()
    while not socket_path(folder).exists():
        if ended.wait(_STEP):
            raise StoreError(
                "The query workers could not be started.", remedy="Mend what is said above."
            )


def _keep(folder: Path, ended: Event) -> None:
    while True:
        subprocess.run([sys.executable, "-m", _SUPERVISOR, str(folder)], check=False)  # noqa: S603
        if not socket_path(folder).exists():
            ended.set()
            return
        socket_path(folder).unlink()


def plan(values: Settings, release: Release) -> Plan:
    """Return how many workers there are, and what each may take."""
    quick = values.workers * (values.quick_queries + PAGE_PLACES)
    # Whoever reads the release in memory writes to it, for it counts its readers: a worker ends
    # with a copy of its own of what it has read, and makes place for a fresh one before too much.
    copied = int(_free_memory() * _COPIED_PART) // (quick + values.long_queries)
    return Plan(
        quick=quick,
        slow=values.long_queries,
        limits=Limits(
            deadline=values.deadline,
            memory=values.query_memory * _MEBIBYTE,
            copied=max(copied, _LEAST_COPIED),
            sealed=_fits(values, release),
        ),
    )


def pinned(values: Settings, name: str) -> tuple[Callable[[], OxigraphStore], Plan]:
    """Return what the workers of a kept release need, and hold it while this process lives.

    It is held in memory only if it is small: few ask for it, and the served one is there too.
    Errors: ReleaseError if it has been removed.
    """
    home = values.releases / name
    depot.Hold(home)
    release = Release.open(home)
    values = replace(values, memory_quads=min(values.memory_quads, _PINNED_IN_MEMORY))
    usual = plan(values, release)
    number = values.workers * PINNED_PLACES
    return opener(values, release), replace(usual, quick=number, slow=number)


def _free_memory() -> int:
    """Return how many bytes are free to be used, /proc/meminfo in proc(5)."""
    lines = dict(line.split(":") for line in Path("/proc/meminfo").read_text("ascii").splitlines())
    return int(lines["MemAvailable"].split()[0]) * 1024


def opener(values: Settings, release: Release) -> Callable[[], OxigraphStore]:
    """Return what gives a worker the store: loaded here already, or opened there from disk."""
    if not _fits(values, release):
        return lambda: OxigraphStore.open(release.path / STORE, release.prefixes)
    with gzip.open(release.dump) as dump:
        store = OxigraphStore.load(dump.read(), release.prefixes)
    return lambda: store


def _fits(values: Settings, release: Release) -> bool:
    return release.manifest.counts["quads"] <= values.memory_quads
