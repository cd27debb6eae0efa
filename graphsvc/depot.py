"""The folder of releases: one builder at a time, each release built beside, swapped in at once.

Every step that others can see is one rename, which the file system does wholly or not at all.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from graphsvc.errors import ReleaseError
from graphsvc.release import CURRENT, MANIFEST, Manifest, Release

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOCK = ".lock"
_BUILDING = ".building-"


@contextmanager
def workplace(releases: Path) -> Iterator[Path]:
    """Give a new folder to build a release in, to one builder at a time; remove it at the end.

    The lock goes with the process that holds it, so whatever lies there when it is got is left
    over from a build that was killed, and is removed.
    """
    releases.mkdir(parents=True, exist_ok=True)
    with (releases / _LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for left_over in releases.glob(f"{_BUILDING}*"):
            shutil.rmtree(left_over)
        folder = Path(tempfile.mkdtemp(prefix=_BUILDING, dir=releases))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def put(folder: Path, manifest: Manifest, releases: Path) -> Path:
    """Make a finished folder the release of its id, on disk for good; return where it is.

    If that release is there already, its content is the same: only its manifest is renewed,
    which names the files it was built from. Its dumps stay, and so does what is said of them.
    """
    home = releases / manifest.id
    there = _sound(home)
    if there is not None:
        replace(manifest, dumps=there.manifest.dumps).write(home)
        _sync(home / MANIFEST)
    else:
        shutil.rmtree(home, ignore_errors=True)
        folder.chmod(0o755)
        manifest.write(folder)
        _sync_all(folder)
        folder.rename(home)
    _sync(home)
    _sync(releases)
    return home


def serve(home: Path, releases: Path) -> None:
    """Make a release the current one, by one rename of the link to it."""
    link = releases / f"{_BUILDING}{CURRENT}"
    link.unlink(missing_ok=True)
    link.symlink_to(home.name)
    link.replace(releases / CURRENT)
    _sync(releases)


def keep_newest(releases: Path, number: int) -> None:
    """Remove all releases but the newest ``number``; the served one is never removed."""
    served = (releases / CURRENT).resolve()
    others = [
        (_built(manifest.parent), manifest.parent)
        for manifest in releases.glob(f"[!.]*/{MANIFEST}")
        if manifest.parent.name != CURRENT and manifest.parent.resolve() != served
    ]
    for _, folder in sorted(others, reverse=True)[number - 1 :]:
        shutil.rmtree(folder)


def _built(home: Path) -> str:
    """Return when a release was built; one that this program cannot serve counts as the oldest."""
    try:
        return Release.open(home).manifest.built
    except ReleaseError:
        return ""


def _sound(home: Path) -> Release | None:
    try:
        return Release.open(home)
    except ReleaseError:
        return None


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
