"""What starts a command for which something of the machine is otherwise than usual."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def _own_mounts(script: str, folder: Path) -> tuple[str, ...]:
    """Return the words that run a command with its own file systems; ``$0`` is the folder."""
    root = () if os.geteuid() == 0 else ("--map-root-user",)
    return ("unshare", *root, "--mount", "sh", "-c", f'{script} && exec "$@"', str(folder))


def read_only_mount(folder: Path) -> tuple[str, ...]:
    """Return the words that run a command with a folder on a read-only file system."""
    return _own_mounts('mount --bind "$0" "$0" && mount -o remount,ro,bind "$0"', folder)


def small_disk(folder: Path, megabytes: int) -> tuple[str, ...]:
    """Return the words that run a command with a copy of a folder on a disk of this size."""
    disk = f"mount -t tmpfs -o size={megabytes}m none"
    script = f'{disk} /mnt && cp -a "$0/." /mnt && mount --bind /mnt "$0" && umount /mnt'
    return _own_mounts(script, folder)


def beside(pid: int) -> tuple[str, ...]:
    """Return the words that run a command with the file systems of a process."""
    user = () if os.geteuid() == 0 else ("--user", "--preserve-credentials")
    return ("nsenter", *user, "--mount", "--target", str(pid))


def without_privileges(folder: Path) -> tuple[str, ...]:
    """Return the words that run a command that may write only where file modes allow it."""
    folder.chmod(0o555)
    return ("setpriv", "--bounding-set=-all", "--") if os.geteuid() == 0 else ("env",)
