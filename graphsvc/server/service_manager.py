"""What systemd is told of the service, or who else has started it in the same way.

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
    """Who has started the service and wants to know how it does, if anybody does.

    It is told by the process that it has started alone: the name of its socket is taken out of the
    ``environment``, so that no other process has it.
    """

    def __init__(self, environment: MutableMapping[str, str]) -> None:
        name = environment.pop(_VARIABLE, "")
        # The kernel's abstract names begin with a zero byte: unix(7).
        self._address = f"\0{name[1:]}" if name.startswith("@") else name

    def ready(self, status: str) -> None:
        """Tell that the service answers, and what it serves."""
        self._tell("READY=1", f"STATUS={status}")

    def reloading(self) -> None:
        """Tell that another release is being loaded; `ready` comes afterwards."""
        now = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        self._tell("RELOADING=1", f"MONOTONIC_USEC={now}")

    def stopping(self) -> None:
        """Tell that the service takes no more requests."""
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
