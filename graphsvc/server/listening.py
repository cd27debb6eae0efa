"""The sockets that the service listens on: a host and port, a Unix socket, or systemd's."""

from __future__ import annotations

import os
import socket
import stat
from contextlib import suppress
from typing import TYPE_CHECKING

from graphsvc.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from graphsvc.settings import Settings

_BACKLOG = 2048

#: The first descriptor that systemd passes: sd_listen_fds(3).
_FIRST_OF_SYSTEMD = 3


def listeners(settings: Settings, environment: Mapping[str, str]) -> list[socket.socket]:
    """Return the sockets to listen on, bound to their addresses; they do not listen yet.

    Errors: SettingsError if an address cannot be used.
    """
    if inherited := _systemd_sockets(environment):
        return inherited
    if settings.unix_socket is not None:
        return [_unix(settings.unix_socket)]
    return [_internet(settings.host, settings.port)]


def listen(sockets: list[socket.socket]) -> None:
    """Let clients connect."""
    for listener in sockets:
        listener.listen(_BACKLOG)


def address_of(listener: socket.socket) -> str:
    """Return the address of a socket as text (RFC 3986, section 3.2.2)."""
    name = listener.getsockname()
    if not isinstance(name, tuple):
        return f"unix:{name}"
    host = f"[{name[0]}]" if ":" in name[0] else name[0]
    return f"http://{host}:{name[1]}/"


def _systemd_sockets(environment: Mapping[str, str]) -> list[socket.socket]:
    """Return the sockets that systemd, or a program like it, has bound.

    https://www.freedesktop.org/software/systemd/man/latest/sd_listen_fds.html
    """
    if environment.get("LISTEN_PID") != str(os.getpid()):
        return []
    number = int(environment.get("LISTEN_FDS", "0"))
    return [
        socket.socket(fileno=descriptor)
        for descriptor in range(_FIRST_OF_SYSTEMD, _FIRST_OF_SYSTEMD + number)
    ]


def _internet(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return _bind(socket.socket(family, socket.SOCK_STREAM), (host, port))
    except OSError as error:
        raise SettingsError(
            f"The service cannot listen at {host}:{port}: {error.strerror or error}.",
            remedy="Choose another --host or --port, or end what listens there.",
        ) from error


def _unix(path: Path) -> socket.socket:
    try:
        # A left-over socket refuses every client, and blocks the address.
        with suppress(FileNotFoundError):
            if stat.S_ISSOCK(path.stat().st_mode) and not _is_in_use(path):
                path.unlink()
        return _bind(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM), str(path))
    except OSError as error:
        raise SettingsError(
            f"The service cannot listen at {path}: {error.strerror or error}.",
            remedy="Choose another --unix-socket, or end what listens there.",
        ) from error


def _bind(listener: socket.socket, address: tuple[str, int] | str) -> socket.socket:
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError:
        listener.close()
        raise
    return listener


def _is_in_use(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            return False
    return True
