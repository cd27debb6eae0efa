"""The kernel's data about the processes of a service: processor time, memory, descriptors.

https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
"""

from __future__ import annotations

import os
import resource
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_PROC = Path("/proc")
_PAGE = resource.getpagesize()
_TICK = os.sysconf("SC_CLK_TCK")

#: The role of a process by its distance from the keeper.
_ROLES = ("keeper", "parent", "worker")

# The positions of fields in a line of stat, counted after the name: proc_pid_stat(5).
_PARENT, _TIMES, _START_TIME, _RESIDENT = 1, slice(11, 15), 19, 21


@dataclass(frozen=True, slots=True)
class Process:
    """A process: its ``role``, its processor time with that of its ended children, its memory.

    Times are in seconds, ``start_time`` counts from the start of the machine; ``resident`` is in
    bytes.
    """

    pid: int
    role: str
    processor: float
    start_time: float
    resident: int

    @property
    def descriptors(self) -> int:
        """Return the number of open descriptors; 0 if the process has ended."""
        with suppress(OSError):
            return len(os.listdir(f"/proc/{self.pid}/fd"))  # noqa: PTH208 - names alone are quick
        return 0


def tree_of_worker() -> list[Process]:
    """Return the processes of the service of this worker, the keeper first."""
    return list(_tree(int(_stat(os.getppid())[_PARENT]), 0))


def start_time_of(process: Process) -> float:
    """Return when a process started, in seconds since 1970."""
    return time.time() - time.clock_gettime(time.CLOCK_BOOTTIME) + process.start_time


def _tree(pid: int, depth: int) -> Iterator[Process]:
    with suppress(FileNotFoundError, ProcessLookupError):  # the process has just ended
        fields = _stat(pid)
        yield Process(
            pid,
            _ROLES[min(depth, len(_ROLES) - 1)],
            sum(map(int, fields[_TIMES])) / _TICK,
            int(fields[_START_TIME]) / _TICK,
            int(fields[_RESIDENT]) * _PAGE,
        )
        children = (_PROC / str(pid) / "task" / str(pid) / "children").read_text("ascii")
        for child in children.split():
            yield from _tree(int(child), depth + 1)


def _stat(pid: int) -> list[str]:
    # The name of the program, in parentheses, may have spaces.
    return (_PROC / str(pid) / "stat").read_text("utf-8").rpartition(")")[2].split()
