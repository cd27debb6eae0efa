"""The limits that the Linux kernel enforces on a worker, even within the engine.

This module sets limits on the calling process and reads the kernel's data about processes. The
parent and the worker decide when to use it.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import resource
import signal
import socket
import struct
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_PAGE = resource.getpagesize()
_LIBC = ctypes.CDLL(None, use_errno=True)

# The operations of prctl, man page 2.
_PR_SET_PDEATHSIG = 1
_PR_SET_SECCOMP = 22
_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_MODE_FILTER = 2

#: The audit name of an architecture and its number of socket(2): linux/audit.h, syscall(2).
_ARCHITECTURES = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}

# An instruction of the kernel's packet filter, and the operations that are used: linux/filter.h.
_INSTRUCTION = struct.Struct("HBBI")
_LOAD, _IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_OFFSET_OF_NUMBER, _OFFSET_OF_ARCHITECTURE = 0, 4
_ALLOW = 0x7FFF0000
_REFUSE = 0x00050000 | errno.EACCES

_M_ARENA_MAX = -8

#: The kernel's ``struct sockaddr``, of no family.
_NO_ADDRESS = struct.Struct("H14x")

#: The niceness of this process, and the difference that gives a tenth of the priority.
_USUAL = os.getpriority(os.PRIO_PROCESS, 0)
_LOWER = 10

#: CPUCLOCK_SCHED, the kernel's name for the processor time of a process.
_PROCESSOR_TIME = 2


def end_with_parent(number: signal.Signals = signal.SIGKILL) -> None:
    """Make the kernel send this process a signal when its parent ends."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, number)


def write_no_core() -> None:
    """Write no core file when this process crashes: it would contain the whole graph."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def without_backtrace(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for a process whose engine must write no backtrace.

    A backtrace takes memory. The engine writes one when it is refused memory: then the process
    would wait for itself, and never end.
    """
    return {**environment, "RUST_BACKTRACE": "0"}


def limit_memory(extra: int) -> None:
    """Allow this process at most ``extra`` bytes of address space more than it has now.

    Beyond the limit the engine aborts the process, and Python raises MemoryError.
    """
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    most = pages * _PAGE + extra
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def use_one_arena() -> None:
    """Make all threads share one arena of memory.

    Otherwise each reserves 64 MiB of address space, and opening a database starts some threads.
    https://man7.org/linux/man-pages/man3/mallopt.3.html
    """
    if hasattr(_LIBC, "mallopt"):  # the C library may be another one than GNU's
        _LIBC.mallopt(_M_ARENA_MAX, 1)


def forbid_sockets() -> None:
    """Forbid this process to open sockets, so that it cannot reach other hosts.

    Open sockets, and sockets from other processes, continue to work; files can be opened. This
    cannot be undone. Errors: OSError if the kernel has no seccomp(2).
    https://www.kernel.org/doc/html/latest/userspace-api/seccomp_filter.html
    """
    entry = _ARCHITECTURES.get(platform.machine())
    if entry is None:
        raise OSError(errno.ENOSYS, f"sockets cannot be forbidden on {platform.machine()}")
    architecture, number = entry
    instructions = (
        (_LOAD, 0, 0, _OFFSET_OF_ARCHITECTURE),
        (_IF_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _REFUSE),
        (_LOAD, 0, 0, _OFFSET_OF_NUMBER),
        (_IF_EQUAL, 0, 1, number),
        (_RETURN, 0, 0, _REFUSE),
        (_RETURN, 0, 0, _ALLOW),
    )
    code = b"".join(_INSTRUCTION.pack(*instruction) for instruction in instructions)
    program = _Program(len(instructions), code)
    _must(_LIBC.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    _must(_LIBC.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0))


class _Program(ctypes.Structure):
    """The kernel's ``struct sock_fprog``."""

    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_char_p))


def _must(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def reset(connection: socket.socket) -> None:
    """Reset a TCP connection, even if another process has it open too.

    Connecting it to no address resets it; other kinds of connections are not changed.
    https://man7.org/linux/man-pages/man2/connect.2.html
    """
    address = _NO_ADDRESS.pack(socket.AF_UNSPEC)
    _LIBC.connect(connection.fileno(), address, len(address))


def lower_priority(pid: int) -> bool:
    """Give a process a tenth of the priority of others; return whether it still exists.

    https://man7.org/linux/man-pages/man7/sched.7.html
    """
    return _set_niceness(pid, _USUAL + _LOWER)


def regain_priority(pid: int = 0) -> bool:
    """Give a process, by default this one, its usual priority; return whether that worked.

    The kernel may not allow it (CAP_SYS_NICE), or the process may have ended.
    """
    return _set_niceness(pid, _USUAL)


def has_lower_priority(pid: int = 0) -> bool:
    """Tell whether a process, by default this one, has less priority than others."""
    return os.getpriority(os.PRIO_PROCESS, pid) > _USUAL


def _set_niceness(pid: int, niceness: int) -> bool:
    try:
        os.setpriority(os.PRIO_PROCESS, pid, niceness)
    except (PermissionError, ProcessLookupError):
        return False
    return True


def processor_time(pid: int) -> float:
    """Return the processor time of a process in seconds; 0 if it has just ended.

    https://man7.org/linux/man-pages/man3/clock_getcpuclockid.3.html
    """
    try:
        return time.clock_gettime(~pid << 3 | _PROCESSOR_TIME)
    except OSError:
        return 0.0


def copied_memory() -> int:
    """Return the bytes that this process has copied or allocated since it was forked.

    Page faults are counted, so memory that was released counts as well.
    """
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt * _PAGE


def free_memory() -> int:
    """Return the bytes of memory that can be used without swapping.

    https://man7.org/linux/man-pages/man5/proc_meminfo.5.html
    """
    lines = dict(line.split(":") for line in Path("/proc/meminfo").read_text("ascii").splitlines())
    return int(lines["MemAvailable"].split()[0]) * 1024
