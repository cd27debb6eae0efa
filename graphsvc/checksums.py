"""Checksums of the files in a folder, which show changes and damage.

They are no signature: a person who can change the files can also change the checksums.
"""

from __future__ import annotations

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Checksum:
    """The size of a file in bytes, and its SHA-256 in hexadecimal."""

    size: int
    sha256: str


def checksums(folder: Path) -> dict[str, Checksum]:
    """Return the checksum of every file in a folder, by its path in there."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    with _readers() as readers:
        sums = list(readers.map(_checksum, files))
    return {
        path.relative_to(folder).as_posix(): each for path, each in zip(files, sums, strict=True)
    }


def missing_or_resized(folder: Path, files: Mapping[str, Checksum]) -> list[str]:
    """Return the files that are missing or have another size. No file is read."""
    return [name for name, checksum in files.items() if _size(folder / name) != checksum.size]


def damaged(folder: Path, files: Mapping[str, Checksum]) -> list[str]:
    """Return the changed files. All are read, which takes about a second for a gigabyte.

    The threads that read them have ended when this returns, so the process may fork.
    """
    with _readers() as readers:
        sound = readers.map(lambda name: _is_sound(folder / name, files[name]), files)
        return [name for name, is_sound in zip(files, sound, strict=True) if not is_sound]


class Watch:
    """Notices changes of files that must not change, without reading them.

    It compares the results of ``stat``: inode, size, time of the last change.
    """

    def __init__(self, folder: Path, names: Collection[str]) -> None:
        self._files = [folder / name for name in names]
        self._state = self._look()

    def has_changed(self) -> bool:
        """Tell whether a file has changed since the last call, or since the beginning."""
        before, self._state = self._state, self._look()
        return before != self._state

    def _look(self) -> list[tuple[int, int, int] | None]:
        return [_state(file) for file in self._files]


def _readers() -> ThreadPoolExecutor:
    # Hashing releases the interpreter's lock, so all processors are used.
    return ThreadPoolExecutor(len(os.sched_getaffinity(0)))


def _checksum(path: Path) -> Checksum:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return Checksum(file.tell(), digest)


def _is_sound(path: Path, checksum: Checksum) -> bool:
    try:
        return _checksum(path) == checksum
    except OSError:
        return False


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None


def _state(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns
