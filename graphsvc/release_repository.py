"""The folder of releases: one builder at a time, and a new release becomes current atomically.

Each visible step is one rename, which the file system does completely or not at all. A process that
serves or reads a release has a shared lock on its folder, and a locked release is not removed. The
kernel releases the lock when the process ends, for whatever reason.

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

#: How old the last change of a folder must be for its time to be unique, in nanoseconds.
_SETTLED = 1_000_000_000


class ReleaseLock:
    """A lock on a release: no build removes it until this is closed, or its process ends."""

    def __init__(self, home: Path) -> None:
        """Lock the release in a folder; ReleaseError if it has been removed."""
        try:
            self._descriptor: int | None = os.open(home, os.O_RDONLY | os.O_DIRECTORY)
        except OSError as error:
            raise _gone(home) from error
        fcntl.flock(self._descriptor, fcntl.LOCK_SH)
        # The release may have been removed while this waited for the lock.
        if not _is_same(home, self._descriptor):
            self.close()
            raise _gone(home)

    def close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def available_releases(releases: Path) -> list[Release]:
    """Return the releases that this program can serve, the newest first."""
    available = []
    for manifest in releases.glob(f"[!.]*/{MANIFEST}"):
        if manifest.parent.name != CURRENT:
            with suppress(ReleaseError):
                available.append(Release.open(manifest.parent))
    return sorted(available, key=lambda release: release.manifest.built, reverse=True)


def damage(releases: Path) -> dict[str, str]:
    """Return the fault of each release that this program cannot serve, by its name.

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
    """Return a number that changes when releases are added or removed; the call is cheap.

    Two changes within one tick of the clock give the folder the same time. So no two calls return
    the same number before the last change is a second old.
    """
    now = time.time_ns()
    try:
        changed = releases.stat().st_mtime_ns
    except FileNotFoundError:
        return 0
    return changed if now - changed > _SETTLED else now


def removed_ids(releases: Path) -> frozenset[str]:
    """Return the names of the removed releases."""
    try:
        return frozenset((releases / _REMOVED).read_text("utf-8").split())
    except FileNotFoundError:
        return frozenset()


@contextmanager
def build_folder(releases: Path) -> Iterator[Path]:
    """Create a folder to build a release in, for one builder at a time; remove it at the end.

    The lock ends with its process, so other such folders are left from a killed build, and are
    removed. ReleaseError if the disk fails: the block must only read and write releases.
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
    """Raise ReleaseError for errors of the system and of SQLite about a full or faulty disk."""
    try:
        yield
    except (OSError, sqlite3.OperationalError) as error:
        raise ReleaseError(
            f"The release cannot be written into {releases}: {error}.",
            remedy="Make room on that disk, or give another folder by --releases. "
            "No existing release is lost.",
        ) from error


def _lock(releases: Path) -> IO[str]:
    """Open the lock file of builders; ReleaseError if the folder is read-only."""
    try:
        releases.mkdir(parents=True, exist_ok=True)
        return (releases / LOCK).open("w")
    except OSError as error:
        raise ReleaseError(
            f"{releases} cannot be written: {error.strerror}.",
            remedy="Give another folder by --releases, or build the release where it can be.",
        ) from error


def put(folder: Path, manifest: Manifest, releases: Path) -> Path:
    """Move a finished folder to the place of its release, durably; return its new path.

    If this release exists already and is sound, its content is the same: only its manifest is
    replaced, which names the files it was built from. Its files and their checksums stay.
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

    A locked release stays beyond the number until a later build finds it unlocked.
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
    """Remove a release, unless it is locked; it disappears atomically."""
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
        f"The release {home.name} is not here any more.",
        remedy="Choose one of those that are kept.",
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
    """Flush a file or a folder to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
