"""What the kernel says of a server's processes: which there are, their processor time and memory.

https://psutil.readthedocs.io/
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import psutil

_MEGABYTE = 1_000_000
#: How often a tree of processes is read at most until it was the same before and after.
_READINGS = 10
#: A server is idle if it used at most a tenth of a processor for so many seconds.
_AT_REST, _SETTLING = 0.5, 60.0


@dataclass(frozen=True, slots=True)
class Memory:
    """The memory of one process, in megabytes.

    ``private`` is what the system would get back if the process ended. ``proportional`` also
    counts its share of what several processes have in common, ``resident`` all of that.
    """

    private: float
    proportional: float
    resident: float


def tree(pid: int) -> list[psutil.Process]:
    """Return a process and its descendants, parents first; nothing if it has ended."""
    try:
        root = psutil.Process(pid)
        return [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def workers(pid: int) -> list[psutil.Process]:
    """Return the descendants that are not children: a server's workers, without their parent."""
    processes = tree(pid)
    return [each for each in processes[1:] if _parent(each) != pid]


def processor_time(pid: int) -> float:
    """Return the seconds of processor time that a process and its descendants have used.

    Descendants that have ended count too: ``children_user`` and ``children_system`` of a process
    are those of the children that it has waited for, and of theirs. While a child is waited for
    it could count twice or not at all, so the tree is read again if it has changed meanwhile.
    (https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html, cutime)
    """
    total = 0.0
    for _ in range(_READINGS):
        before = tree(pid)
        total = sum(_processor_time(each) for each in before)
        if tree(pid) == before:
            break
    return total


def settle(pid: int) -> None:
    """Wait until a server that has started has nothing more to do, or for a minute."""
    end = time.monotonic() + _SETTLING
    before, now = -1.0, processor_time(pid)
    while now - before > _AT_REST / 10 and time.monotonic() < end:
        time.sleep(_AT_REST)
        before, now = now, processor_time(pid)


def memory(process: psutil.Process) -> Memory | None:
    """Return the memory of a process; None if it has ended."""
    try:
        info = process.memory_full_info()
    except psutil.NoSuchProcess:
        return None
    return Memory(*(round(size / _MEGABYTE, 1) for size in (info.uss, info.pss, info.rss)))


def _processor_time(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return times.user + times.system + times.children_user + times.children_system


def _parent(process: psutil.Process) -> int | None:
    try:
        return process.ppid()
    except psutil.NoSuchProcess:
        return None
