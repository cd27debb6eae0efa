"""Writes a file whole or not at all, and never over a change of another program."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from graphsvc.errors import GraphsvcError

if TYPE_CHECKING:
    from collections.abc import Iterator


class ChangedMeanwhile(GraphsvcError):  # noqa: N818 - it names what has happened
    """Another program has changed the file since it was read."""


def digest(data: bytes) -> str:
    """Return the sha256 of a file's bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


@contextmanager
def lock(folder: Path) -> Iterator[None]:
    """Keep other processes of the service from writing in a folder."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def refuse_changed(file: Path, read: str) -> None:
    """Raise ChangedMeanwhile if a file no longer has the digest ``read``."""
    if digest(file.read_bytes()) != read:
        raise ChangedMeanwhile(
            f"Another program has changed {file.parent.name}/{file.name} since you began.",
            remedy="Nothing is lost, and nothing was saved: look at what the file has now.",
        )


def write(file: Path, text: str) -> None:
    """Replace the content of a file; its permissions stay."""
    descriptor, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    try:
        with os.fdopen(descriptor, "wb") as out:
            out.write(text.encode("utf-8"))
            out.flush()
            os.fsync(out.fileno())
        shutil.copymode(file, name)
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
