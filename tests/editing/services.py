"""``graphsvc watch`` and ``graphsvc edit`` in processes of their own, and what changes files."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from projects import copied
from server.processes import GRAPHSVC, Service, running, until_serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def started(command: str, project: Path, folder: Path, *arguments: str) -> Iterator[Service]:
    """Run a command for a project in a session of its own until the end of the block."""
    words: list[str | Path] = [GRAPHSVC, command, project, "--port", "0", *arguments]
    with running(words, folder, {"deadline": 600}) as service:
        yield service


@contextmanager
def serving(command: str, project: Path, folder: Path) -> Iterator[Service]:
    """Run a command for a project until the end of the block; it answers when the block starts."""
    with started(command, project, folder) as service:
        yield until_serving(service)


@contextmanager
def serving_copy(command: str, project: Path, folder: Path) -> Iterator[Service]:
    """Run a command for a copy of a project, which lies in a folder beside what it prints."""
    with serving(command, copied(project, folder / "project"), folder) as service:
        yield service
