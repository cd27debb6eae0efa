"""Checks the folder of releases: permissions, the current release, left-over files."""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from typing import TYPE_CHECKING

from graphsvc.findings import Finding, Severity
from graphsvc.release import CURRENT
from graphsvc.release_repository import BUILDING, LOCK

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def examine(releases: Path) -> Iterator[Finding]:
    """Yield the findings about a folder of releases; the first build makes the folder."""
    if not releases.is_dir():
        yield from _unbuilt(releases)
        return
    if not os.access(releases, os.R_OK | os.X_OK):
        yield Finding(
            "folder-unreadable",
            f"{releases} cannot be read by this user.",
            "Let the user of the service read it.",
        )
        return
    yield from _writing(releases)
    yield from _owners(releases)
    yield from _current(releases)
    yield from _left_over(releases)


def _unbuilt(releases: Path) -> Iterator[Finding]:
    there = next(path for path in releases.parents if path.exists())
    if not os.access(there, os.W_OK | os.X_OK):
        yield Finding(
            "folder-unwritable",
            f"{releases} is not there, and {there} cannot be written by this user.",
            "Give another folder by --releases, or let the user of the service write there.",
        )


def _writing(releases: Path) -> Iterator[Finding]:
    is_read_only = os.statvfs(releases).f_flag & os.ST_RDONLY
    if is_read_only or not os.access(releases, os.W_OK):
        yield Finding(
            "folder-unwritable",
            f"{releases} cannot be written by this user: its releases are served, and no more.",
            "This is correct for a machine that only serves. To build here, let its user write.",
            Severity.NOTE,
        )


def _owners(releases: Path) -> Iterator[Finding]:
    user = os.geteuid()
    others = sorted(path.name for path in releases.iterdir() if path.lstat().st_uid != user)
    if others and user and os.access(releases, os.W_OK):
        yield Finding(
            "folder-owner",
            f"{', '.join(others)} in {releases} belong to another user: only that user can remove "
            "them.",
            "Build and serve as the same user: chown -R.",
            Severity.WARNING,
        )


def _current(releases: Path) -> Iterator[Finding]:
    link = releases / CURRENT
    if link.is_symlink() and not link.exists():
        yield Finding(
            "folder-current",
            f"{link} leads to {link.readlink()}, which is not there.",
            "Build a release: graphsvc build",
        )


def _left_over(releases: Path) -> Iterator[Finding]:
    """Yield the left-over files of killed builds, unless a build is running."""
    left = sorted(path.name for path in releases.glob(f"{BUILDING}*"))
    if left and not _is_locked(releases / LOCK):
        yield Finding(
            "folder-left-over",
            f"A build that was killed has left {', '.join(left)} in {releases}.",
            "The next build removes it.",
            Severity.WARNING,
        )


def _is_locked(lock: Path) -> bool:
    with suppress(OSError), lock.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
