"""What the Linux kernel holds a worker to. Each bound works in the middle of the engine.

This module sets bounds on the process that calls it and reads what the kernel says of a process.
It decides nothing: the parent and the worker do.
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

_PAGE = resource.getpagesize()
_LIBC = ctypes.CDLL(None, use_errno=True)

# The operations of prctl, man page 2.
_PR_SET_PDEATHSIG = 1
_PR_SET_SECCOMP = 22
_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_MODE_FILTER = 2

#: The audit name of an architecture and its number of socket(2): linux/audit.h, syscall(2).
_ARCHITECTURES = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}

# One instruction of the kernel's packet filter, and the few that are needed: linux/filter.h.
_INSTRUCTION = struct.Struct("HBBI")
_LOAD, _IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_OFFSET_OF_NUMBER, _OFFSET_OF_ARCHITECTURE = 0, 4
_ALLOW = 0x7FFF0000
_REFUSE = 0x00050000 | errno.EACCES

_M_ARENA_MAX = -8

#: The kernel's ``struct sockaddr``, of no family.
_NO_ADDRESS = struct.Struct("H14x")

#: The niceness of this process, and what a process with a tenth of its priority has more.
_USUAL = os.getpriority(os.PRIO_PROCESS, 0)
_LOWER = 10

#: CPUCLOCK_SCHED, the kernel's name for the processor time of a process.
_PROCESSOR_TIME = 2


def end_with_parent(number: signal.Signals = signal.SIGKILL) -> None:
    """Let the kernel send this process a signal when the process that started it ends."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, number)


def write_no_core() -> None:
    """Write no core file when this process crashes: it would hold the whole graph."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def limit_memory(extra: int) -> None:
    """Let this process have at most ``extra`` bytes of address space more than it has now.

    The engine aborts its process when it is refused memory; Python raises MemoryError.
    """
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    most = pages * _PAGE + extra
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def use_one_arena() -> None:
    """Let threads share one arena of memory.

    Each would reserve 64 MiB of address space otherwise, and opening a database starts some.
    https://man7.org/linux/man-pages/man3/mallopt.3.html
    """
    if hasattr(_LIBC, "mallopt"):  # the C library may be another one than GNU's
        _LIBC.mallopt(_M_ARENA_MAX, 1)


def forbid_sockets() -> None:
    """Refuse this process every new socket, so that nothing in it reaches another host.

    Sockets that it has, and those that another process passes to it, go on working. Files can
    be opened as before. This cannot be undone. OSError if the kernel does not know seccomp(2).
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
    """End a TCP connection by a reset, also while another process has it too.

    To connect it to no address does that; other kinds of connections stay as they are.
    https://man7.org/linux/man-pages/man2/connect.2.html
    """
    address = _NO_ADDRESS.pack(socket.AF_UNSPEC)
    _LIBC.connect(connection.fileno(), address, len(address))


def lower_priority(pid: int) -> bool:
    """Give a process a tenth of the priority of others; tell whether it still exists.

    https://man7.org/linux/man-pages/man7/sched.7.html
    """
    return _set_niceness(pid, _USUAL + _LOWER)


def regain_priority(pid: int = 0) -> bool:
    """Schedule a process like others again, by default this one; tell whether that worked.

    The kernel may not allow it (CAP_SYS_NICE), or the process may have ended.
    """
    return _set_niceness(pid, _USUAL)


def has_lower_priority(pid: int = 0) -> bool:
    """Tell whether a process has less priority than others, by default this one."""
    return os.getpriority(os.PRIO_PROCESS, pid) > _USUAL


def _set_niceness(pid: int, niceness: int) -> bool:
    try:
        os.setpriority(os.PRIO_PROCESS, pid, niceness)
    except (PermissionError, ProcessLookupError):
        return False
    return True


def processor_time(pid: int) -> float:
    """Return how many seconds of a processor a process has had; 0 if it has just ended.

    https://man7.org/linux/man-pages/man3/clock_getcpuclockid.3.html
    """
    try:
        return time.clock_gettime(~pid << 3 | _PROCESSOR_TIME)
    except OSError:
        return 0.0


def copied_memory() -> int:
    """Return how many bytes this process has copied or taken since it was forked.

    They are counted by its page faults, so that memory it has given back counts as well.
    """
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt * _PAGE


def free_memory() -> int:
    """Return how many bytes of memory can be used without swapping.

    https://man7.org/linux/man-pages/man5/proc_meminfo.5.html
    """
    lines = dict(line.split(":") for line in Path("/proc/meminfo").read_text("ascii").splitlines())
    return int(lines["MemAvailable"].split()[0]) * 1024
