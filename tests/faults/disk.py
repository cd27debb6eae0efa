"""A disk that is full, a log that cannot be written, and a folder that is only read."""

from __future__ import annotations

import os
import shutil
import signal
from contextlib import suppress
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING

from server.launchers import beside, read_only_mount, small_disk
from server.processes import eventually
from server.wire import query

from .building import complaint
from .stage import NEW, OLD, rename

if TYPE_CHECKING:
    from collections.abc import Generator

    from .stage import Stage

_MEGABYTES = 8

#: How many bytes are free when a build begins: it fails early, in the middle, and near its end.
_FREE = (0, 100_000, 400_000, 700_000)


def full(stage: Stage) -> Generator[None, None, None]:
    """Fill the disk of the releases: a build fails and says so; the service goes on and reloads."""
    service = stage.serve(small_disk(stage.releases, _MEGABYTES), deadline=600)
    rename(stage.project, OLD, NEW)
    inside = Path(f"/proc/{service.process.pid}/root/{stage.releases}")
    # What is there already would not be written again.
    shutil.rmtree(inside / stage.new)
    for free in cycle(_FREE):
        _fill(inside, free)
        complaint(stage.words, beside(service.process.pid))
        assert not list(inside.glob(".building-*")), "a build that failed has left something"
        service.send_signal(signal.SIGHUP)
        stage.fault(f"a build with {free:,} bytes free", stage.old)
        (inside / "ballast").unlink()
        yield


def _fill(folder: Path, free: int) -> None:
    """Fill a disk up to some bytes."""
    with (folder / "ballast").open("wb", buffering=0) as ballast, suppress(OSError):
        while True:
            ballast.write(bytes(4096))
    size = (folder / "ballast").stat().st_size
    os.truncate(folder / "ballast", max(0, size - free))


def log(stage: Stage) -> Generator[None, None, None]:
    """Let every write of the log fail, as on a full disk, and kill what answers."""
    launcher = ("sh", "-c", 'exec "$@" 2>/dev/full', "sh")
    service = stage.serve(launcher, deadline=600, access_log="on")
    parents = service.parents()
    while True:
        with service.connect() as wire:
            endless = query("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }")
            wire.send(f"GET {endless} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
            wire.read_head()
            # The parent writes the line of an answer that has no end.
            service.worker_of(wire).kill()
        stage.fault("a line that could not be written", stage.old)
        assert service.parents() == parents, "the parent has ended"
        yield


def read_only(stage: Stage) -> Generator[None, None, None]:
    """Serve releases that cannot be written; a build there says what to do."""
    service = stage.serve(read_only_mount(stage.releases), deadline=600)
    while True:
        message = complaint(stage.words, beside(service.process.pid))
        assert "cannot be written" in message
        for parent in service.parents():
            parent.kill()
        eventually(service.parents)
        service.send_signal(signal.SIGHUP)
        stage.fault("a folder that is only read", stage.old)
        yield
