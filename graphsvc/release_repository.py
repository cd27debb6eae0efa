"""The folder of releases: one builder at a time, each release built beside, swapped in at once.

Every step that others can see is one rename, which the file system does wholly or not at all.
Whoever serves or reads a release holds it by a shared lock on its folder, and none that is held is
removed. The lock is the kernel's, so it goes with the process that has it, however that ends.

<releases>/removed   a line for each release that was built here and is no longer kept
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
import tempfile
import time
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Self

from graphsvc.checksums import checksums
from graphsvc.errors import ReleaseError
from graphsvc.release import CURRENT, MANIFEST, Manifest, Release

if TYPE_CHECKING:
    from collections.abc import Iterator

LOCK = ".lock"
"""The file that a build locks as long as it runs."""

BUILDING = ".building-"
"""What the names begin with of what a build makes; the next build removes what it leaves."""

_REMOVED = "removed"

#: How old the last change of a folder must be to be the last one of its time, in nanoseconds.
_SETTLED = 1_000_000_000


class ReleaseLock:
    """A release in use: until this is closed, or its process ends, no build removes it."""

    def __init__(self, home: Path) -> None:
        """Hold the release in a folder; ReleaseError if it has been removed."""
        try:
            self._descriptor: int | None = os.open(home, os.O_RDONLY | os.O_DIRECTORY)
        except OSError as error:
            raise _gone(home) from error
        fcntl.flock(self._descriptor, fcntl.LOCK_SH)
        # The lock may have been waited for, and what it is on have been removed meanwhile.
        if not _is_same(home, self._descriptor):
            self.close()
            raise _gone(home)

    def close(self) -> None:
        """Let the release go."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def available_releases(releases: Path) -> list[Release]:
    """Return the releases that are here and that this program can serve, the newest first."""
    available = []
    for manifest in releases.glob(f"[!.]*/{MANIFEST}"):
        if manifest.parent.name != CURRENT:
            with suppress(ReleaseError):
                available.append(Release.open(manifest.parent))
    return sorted(available, key=lambda release: release.manifest.built, reverse=True)


def damage(releases: Path) -> dict[str, str]:
    """Return what is wrong with each release here that this program cannot serve, by its name.

    All files of the others are read.
    """
    wrong = {}
    for manifest in releases.glob(f"[!.]*/{MANIFEST}"):
        if manifest.parent.name != CURRENT:
            try:
                Release.open(manifest.parent).verify()
            except ReleaseError as error:
                wrong[manifest.parent.name] = error.message
    return wrong


def change_token(releases: Path) -> int:
    """Return what is another number when releases have been added or removed; it costs little.

    A clock's tick after a change there may be another one that the folder's time does not tell.
    So no two calls return the same number before the last change is a second old.
    """
    now = time.time_ns()
    try:
        changed = releases.stat().st_mtime_ns
    except FileNotFoundError:
        return 0
    return changed if now - changed > _SETTLED else now


def removed_ids(releases: Path) -> frozenset[str]:
    """Return the names of the releases that were here once and have been removed."""
    try:
        return frozenset((releases / _REMOVED).read_text("utf-8").split())
    except FileNotFoundError:
        return frozenset()


@contextmanager
def build_folder(releases: Path) -> Iterator[Path]:
    """Give a new folder to build a release in, to one builder at a time; remove it at the end.

    The lock goes with the process that holds it, so whatever lies there when it is got is left
    over from a build that was killed, and is removed. ReleaseError if the disk fails: the block
    must read and write nothing but releases.
    """
    with _lock(releases) as lock, _disk_errors(releases):
        fcntl.flock(lock, fcntl.LOCK_EX)
        for remnant in releases.glob(f"{BUILDING}*"):
            shutil.rmtree(remnant)
        folder = Path(tempfile.mkdtemp(prefix=BUILDING, dir=releases))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _disk_errors(releases: Path) -> Iterator[None]:
    """Turn what the system and SQLite say of a disk that is full or fails into a ReleaseError."""
    try:
        yield
    except (OSError, sqlite3.OperationalError) as error:
        raise ReleaseError(
            f"The release cannot be written into {releases}: {error}.",
            remedy="Make room on that disk, or give another folder by --releases. "
            "No release that is there is lost.",
        ) from error


def _lock(releases: Path) -> IO[str]:
    """Open the file by which builders take turns; ReleaseError if the folder is only read."""
    try:
        releases.mkdir(parents=True, exist_ok=True)
        return (releases / LOCK).open("w")
    except OSError as error:
        raise ReleaseError(
            f"{releases} cannot be written: {error.strerror}.",
            remedy="Give another folder by --releases, or build the release where it can be.",
        ) from error


def put(folder: Path, manifest: Manifest, releases: Path) -> Path:
    """Make a finished folder the release of its id, on disk for good; return where it is.

    If that release is there already and sound, its content is the same: only its manifest is
    renewed, which names the files it was built from. Its files stay, and so do their checksums.
    """
    home = releases / manifest.id
    existing = _sound(home)
    if existing is not None:
        replace(manifest, dumps=existing.manifest.dumps, files=existing.manifest.files).write(home)
        _sync(home / MANIFEST)
    else:
        shutil.rmtree(home, ignore_errors=True)
        folder.chmod(0o755)
        replace(manifest, files=checksums(folder)).write(folder)
        _sync_all(folder)
        folder.rename(home)
    _sync(home)
    _sync(releases)
    return home


def make_current(home: Path, releases: Path) -> None:
    """Make a release the current one, by one rename of the link to it."""
    link = releases / f"{BUILDING}{CURRENT}"
    link.unlink(missing_ok=True)
    link.symlink_to(home.name)
    link.replace(releases / CURRENT)
    _sync(releases)


def keep_newest(releases: Path, number: int) -> None:
    """Remove all releases but the newest ``number``; the current one is never removed.

    One that somebody holds stays, beyond the number, until a build finds that it is let go.
    """
    served = (releases / CURRENT).resolve()
    others = [
        (_build_time(manifest.parent), manifest.parent)
        for manifest in releases.glob(f"[!.]*/{MANIFEST}")
        if manifest.parent.name != CURRENT and manifest.parent.resolve() != served
    ]
    for _, folder in sorted(others, reverse=True)[number - 1 :]:
        _remove(folder, releases)


def _remove(folder: Path, releases: Path) -> None:
    """Remove a release, unless it is held; it is gone at once, so that no part of it is found."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with (releases / _REMOVED).open("a", encoding="utf-8") as names:
            names.write(f"{folder.name}\n")
        grave = folder.rename(releases / f"{BUILDING}{folder.name}")
    except BlockingIOError:
        return
    finally:
        os.close(descriptor)
    shutil.rmtree(grave)


def _gone(home: Path) -> ReleaseError:
    return ReleaseError(
        f"The release {home.name} is not here any more.", remedy="Ask for one that is kept."
    )


def _is_same(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _build_time(home: Path) -> str:
    """Return when a release was built; one that this program cannot serve counts as the oldest."""
    try:
        return Release.open(home).manifest.built
    except ReleaseError:
        return ""


def _sound(home: Path) -> Release | None:
    try:
        release = Release.open(home)
        release.verify()
    except ReleaseError:
        return None
    return release


def _sync_all(folder: Path) -> None:
    for path in folder.rglob("*"):
        _sync(path)
    _sync(folder)


def _sync(path: Path) -> None:
    """Have a file or a folder written to the disk itself."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
