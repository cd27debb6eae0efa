"""Checks the machine: kernel, memory, disk, descriptors, clock, address, files."""

from __future__ import annotations

import os
import resource
import shutil
import sys
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from graphsvc import vocabularies, web
from graphsvc.errors import GraphsvcError, SettingsError
from graphsvc.findings import Finding, Severity
from graphsvc.release import current
from graphsvc.server import bounds
from graphsvc.server.listening import listeners
from graphsvc.server.notice import services

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from graphsvc.release import Release
    from graphsvc.settings import Settings

_MEBIBYTE = 1 << 20

#: The approximate bytes of memory of a quad, in its graph and in the merge of all graphs.
_OF_A_QUAD = 800

#: The copies of the release that must fit on the disk: the next one, and those made to build it.
_COPIES = 3
_LEAST_DISK = 256 * _MEBIBYTE

#: The connections that a service should be able to have open.
_CONNECTIONS = 1024

_CGROUP = Path("/sys/fs/cgroup")


def examine(values: Settings, environment: Mapping[str, str]) -> Iterator[Finding]:
    """Yield the findings about this machine for a service with these settings."""
    try:
        served = current(values.releases)
    except GraphsvcError:
        served = None  # `release` reports this
    yield from kernel()
    yield from memory(values, served)
    yield from disk(values.releases, served)
    yield from descriptors()
    yield from clock(served)
    yield from place(values, environment)
    yield from assets()


def kernel() -> Iterator[Finding]:
    """Yield the features that the kernel lacks to limit a request."""
    if sys.platform != "linux":
        yield Finding(
            "machine-system",
            f"The service runs on Linux, and this is {sys.platform}.",
            "Run it in a virtual machine or a container.",
        )
        return
    if not _works(bounds.forbid_sockets):
        yield Finding(
            "machine-seccomp",
            "Workers cannot be forbidden to open sockets: the kernel refuses the filter (seccomp).",
            "Run a kernel with CONFIG_SECCOMP_FILTER on x86_64 or aarch64; in a container, allow "
            "prctl(PR_SET_SECCOMP). Until then only the check of the query's text guards egress.",
            Severity.WARNING,
        )
    if not _works(_make_file_in_memory):
        yield Finding(
            "machine-memfd",
            "There are no files in memory (memfd_create).",
            "Run Linux 3.17 or newer, and allow the system call in the container.",
        )
    for path in ("/proc/self/statm", "/proc/meminfo", "/proc/self/task"):
        if not Path(path).exists():
            yield Finding(
                "machine-proc",
                f"{path} is missing; it is needed to limit the memory of workers.",
                "Mount the proc file system at /proc.",
            )


def _works(attempt: Callable[[], object]) -> bool:
    """Tell whether a function works in a separate process."""
    pid = os.fork()
    if pid == 0:
        status = 1
        with suppress(BaseException):
            attempt()
            status = 0
        os._exit(status)
    return os.waitpid(pid, 0)[1] == 0


def _make_file_in_memory() -> None:
    os.close(os.memfd_create("doctor"))


def memory(values: Settings, served: Release | None) -> Iterator[Finding]:
    """Yield a finding if memory is too small for the release, or limited for this container."""
    free, most = bounds.free_memory(), memory_limit()
    if most is not None and most < free:
        yield Finding(
            "machine-memory-limit",
            f"This container may have {most // _MEBIBYTE} MiB of memory, but the service plans "
            f"with the {free // _MEBIBYTE} MiB that the machine has free.",
            "Set workers and request_memory so that all fit: one that goes beyond is killed.",
            Severity.WARNING,
        )
    quads = served.manifest.counts.get("quads", 0) if served is not None else 0
    in_memory = quads * _OF_A_QUAD if quads <= values.memory_quads else 0
    needed = in_memory + values.request_memory * _MEBIBYTE
    if needed > min(free, most or free):
        yield Finding(
            "machine-memory",
            f"Some {needed // _MEBIBYTE} MiB of memory are needed, for {quads:,} quads and one "
            f"request, and {min(free, most or free) // _MEBIBYTE} MiB are free.",
            "Lower request_memory, or lower memory_quads so that the release stays on disk.",
        )


def memory_limit() -> int | None:
    """Return the memory limit of this process's control group in bytes, None without a limit.

    https://docs.kernel.org/admin-guide/cgroup-v2.html#memory-interface-files
    """
    limits = []
    with suppress(OSError, IndexError):
        own = Path("/proc/self/cgroup").read_text("ascii").split("::")[1].strip().lstrip("/")
        for folder in (_CGROUP / own, *(_CGROUP / own).parents):
            with suppress(OSError, ValueError):
                limits.append(int((folder / "memory.max").read_text("ascii")))
    return min(limits, default=None)


def disk(releases: Path, served: Release | None) -> Iterator[Finding]:
    """Yield a finding if the disk has too little space for the next release."""
    place_of_it = next(path for path in (releases, *releases.parents) if path.exists())
    free = shutil.disk_usage(place_of_it).free
    size = 0 if served is None else _size(served.path)
    needed = max(_COPIES * size, _LEAST_DISK)
    if free < needed:
        yield Finding(
            "machine-disk",
            f"The disk of {releases} has {free // _MEBIBYTE} MiB free; the next release may need "
            f"{needed // _MEBIBYTE}.",
            "Make room, or lower keep_releases.",
            Severity.WARNING,
        )


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def descriptors() -> Iterator[Finding]:
    """Yield a finding if a process may have too few files open."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if most != resource.RLIM_INFINITY and most < _CONNECTIONS:
        yield Finding(
            "machine-descriptors",
            f"A process may have {most} files open here, and each connection is one.",
            "Raise the hard limit: LimitNOFILE= in the systemd unit, or ulimit -Hn.",
            Severity.WARNING,
        )


def clock(served: Release | None) -> Iterator[Finding]:
    """Yield a finding if the clock must be wrong."""
    now = datetime.now(UTC)
    if served is not None and datetime.fromisoformat(served.manifest.built) > now:
        yield Finding(
            "machine-clock",
            f"The clock says {now:%Y-%m-%d %H:%M} UTC, and the release was built after that.",
            "Set the clock: dates of answers, and limits for clients, depend on it.",
        )


def place(values: Settings, environment: Mapping[str, str]) -> Iterator[Finding]:
    """Yield a finding if the service cannot listen at its address, unless it listens already."""
    if values.unix_socket is not None:
        if not os.access(values.unix_socket.parent, os.W_OK | os.X_OK):
            yield Finding(
                "machine-socket",
                f"No socket can be made in {values.unix_socket.parent}.",
                "Make the folder, and let the user of the service write to it.",
            )
        return
    if services(values.releases):
        return
    try:
        for listener in listeners(values, environment):
            with closing(listener):
                _ = listener.getsockname()
    except SettingsError as error:
        yield Finding("machine-port", error.message, error.remedy)


def assets() -> Iterator[Finding]:
    """Yield a finding if the scripts of pages or the names of well-known terms are missing."""
    has_file = {
        "the scripts of the pages": any((Path(web.__path__[0]) / "static/assets").glob("*.js")),
        "the table of names of well-known terms": vocabularies.is_made(),
    }
    for what, is_there in has_file.items():
        if not is_there:
            yield Finding(
                "machine-assets",
                f"There is no file for {what}: pages work with less.",
                "Make them: graphsvc assets",
                Severity.WARNING,
            )
