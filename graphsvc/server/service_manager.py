"""Reports the state of the service to systemd, or to a program like it.

https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html
"""

from __future__ import annotations

import logging
import socket
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import MutableMapping

_VARIABLE = "NOTIFY_SOCKET"


class ServiceManager:
    """The program that started the service and wants its state, if there is one.

    Only the process that it started reports to it: the name of its socket is removed from the
    ``environment``, so that no other process has it.
    """

    def __init__(self, environment: MutableMapping[str, str]) -> None:
        name = environment.pop(_VARIABLE, "")
        # The kernel's abstract names begin with a zero byte: unix(7).
        self._address = f"\0{name[1:]}" if name.startswith("@") else name

    def ready(self, status: str) -> None:
        """Report that the service answers, with a status."""
        self._tell("READY=1", f"STATUS={status}")

    def reloading(self) -> None:
        """Report that another release is being loaded; `ready` follows."""
        now = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        self._tell("RELOADING=1", f"MONOTONIC_USEC={now}")

    def stopping(self) -> None:
        """Report that the service accepts no more requests."""
        self._tell("STOPPING=1")

    def _tell(self, *lines: str) -> None:
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
                sender.setblocking(False)  # noqa: FBT003 - the socket's own interface
                sender.sendto("\n".join(lines).encode(), self._address)
        except OSError as error:
            logging.getLogger(__name__).warning("The service manager cannot be told: %s.", error)
