"""What the kernel holds a worker to. Each bound ends the process, in the middle of the engine.

Linux only: setrlimit(2), fcntl(2) O_ASYNC on a pipe (signal(7), pipe(7)), prctl(2).
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import resource
import signal
from pathlib import Path

_PAGE = resource.getpagesize()
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)

#: The signal by which a worker ends, at its default action, when its client has gone.
HUNG_UP = signal.SIGIO


def end_by_default() -> None:
    """Let the signals of the bounds end the process, in whatever state it was forked."""
    for number in (HUNG_UP, signal.SIGTERM, signal.SIGINT, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def end_with_parent() -> None:
    """End this process when the one that forked it ends."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def regain_priority(pid: int = 0) -> bool:
    """Have a process scheduled like others again, this one if none is named; tell whether it is.

    The kernel may not allow it (CAP_SYS_NICE), or the process may have ended.
    """
    try:
        os.sched_setscheduler(pid, os.SCHED_OTHER, os.sched_param(0))
    except (PermissionError, ProcessLookupError):
        return False
    return True


def limit_memory(extra: int) -> None:
    """Let this process have so many bytes of address space more than it has now.

    The engine ends its process when it is refused memory.
    """
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    most = pages * _PAGE + extra
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def seal_descriptors() -> None:
    """Refuse every further file and socket: no file is opened, no host is reached.

    A new descriptor gets the lowest free number, so the limit is the first number that is free.
    """
    probe = os.dup(0)
    os.close(probe)
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (probe, hard))


def unseal_descriptors(most: int = 64) -> None:
    """Allow descriptors again, for the next connection."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, hard), hard))


def end_with_leash(reading: int) -> None:
    """End this process when the writing end of a pipe is closed, wherever that end is."""
    fcntl.fcntl(reading, fcntl.F_SETOWN, os.getpid())
    flags = fcntl.fcntl(reading, fcntl.F_GETFL)
    fcntl.fcntl(reading, fcntl.F_SETFL, flags | os.O_ASYNC)


def copied_memory() -> int:
    """Return how many bytes this process has had to copy or take, by its page faults."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt * _PAGE
