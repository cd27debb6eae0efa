"""``graphsvc watch`` and ``graphsvc edit`` in processes of their own, and what changes files."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from server.processes import GRAPHSVC, Service, environment, until_serving
from server.wire import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def started(command: str, project: Path, folder: Path, *arguments: str) -> Iterator[Service]:
    """Run a command for a project in a session of its own until the end of the block."""
    with (folder / "stdout").open("wb") as out, (folder / "stderr").open("wb") as error:
        process = subprocess.Popen(
            [GRAPHSVC, command, project, "--port", "0", *arguments],
            env=environment({"deadline": 600}),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=error,
            start_new_session=True,
        )
    try:
        yield Service(process, folder)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE)


@contextmanager
def serving(command: str, project: Path, folder: Path) -> Iterator[Service]:
    """Run a command for a project until the end of the block; it answers already."""
    with started(command, project, folder) as service:
        yield until_serving(service)
