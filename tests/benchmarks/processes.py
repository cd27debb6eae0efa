"""What the kernel tells of a server's processes: which they are, and how much memory they take.

https://www.kernel.org/doc/html/latest/filesystems/proc.html
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_NUMBER_OF_PARENT = 1
#: Of what stands after the name: utime and stime, proc(5).
_USER, _SYSTEM = 11, 12


@dataclass(frozen=True, slots=True)
class Memory:
    """A process's memory in bytes.

    ``resident`` counts pages that other processes share as well, ``proportional`` a share of
    them, ``private`` none: that is what the system would get back if the process ended.
    ``peak`` is the most that ``resident`` ever was.
    """

    resident: int
    proportional: int
    private: int
    peak: int


def family(pid: int) -> list[int]:
    """Return a process and all that descend from it, parents first."""
    children: dict[int, list[int]] = {}
    for entry in _PROC.iterdir():
        if entry.name.isdigit() and (parent := _parent(int(entry.name))) is not None:
            children.setdefault(parent, []).append(int(entry.name))
    found = [pid]
    for each in found:  # grows while it is read
        found.extend(sorted(children.get(each, ())))
    return found


def name(pid: int) -> str:
    """Return the name of a process; empty if it has ended."""
    try:
        return (_PROC / str(pid) / "comm").read_text().strip()
    except OSError:
        return ""


def processor_time(pid: int) -> float:
    """Return how long a process and all that descend from it have had processors, in seconds."""
    ticks = 0
    for each in family(pid):
        with suppress(OSError):
            fields = (_PROC / str(each) / "stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[_USER]) + int(fields[_SYSTEM])
    return ticks / os.sysconf("SC_CLK_TCK")


def memory(pid: int) -> Memory | None:
    """Return a process's memory; None if it has ended."""
    folder = _PROC / str(pid)
    try:
        rollup = _kilobytes((folder / "smaps_rollup").read_text())
        status = _kilobytes((folder / "status").read_text())
    except OSError:
        return None
    return Memory(
        resident=rollup["Rss"],
        proportional=rollup["Pss"],
        private=rollup["Private_Clean"] + rollup["Private_Dirty"],
        peak=status["VmHWM"],
    )


def forget_peak(pid: int) -> None:
    """Let the peak of a process begin anew from what it takes now."""
    (_PROC / str(pid) / "clear_refs").write_text("5")


def _parent(pid: int) -> int | None:
    try:
        status = (_PROC / str(pid) / "stat").read_text()
    except OSError:
        return None
    # The name, in brackets, may hold anything; the rest are numbers and a letter.
    return int(status.rpartition(")")[2].split()[_NUMBER_OF_PARENT])


def _kilobytes(text: str) -> dict[str, int]:
    """Read the lines that give kilobytes, as bytes."""
    rows = (line.split() for line in text.splitlines())
    return {row[0].rstrip(":"): int(row[1]) * 1024 for row in rows if row[2:] == ["kB"]}
