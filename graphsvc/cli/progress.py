"""The progress of a long command, on a line of the terminal that is removed at its end."""

from __future__ import annotations

import shutil
import sys
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, TextIO

from graphsvc import progress
from graphsvc.findings import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Seconds between two updates of the line.
_PAUSE = 0.1
_WIDTH = 24
_CLEAR = "\r\x1b[K"


@contextmanager
def show_progress() -> Iterator[None]:
    """Show the progress of the tasks of a block, on standard error if that is a terminal."""
    if not sys.stderr.isatty():
        yield
        return
    line = Line(sys.stderr)
    try:
        with progress.shown_by(line):
            yield
    finally:
        line.clear()


class Line:
    """One line of a terminal: the task, a bar, and how much is done."""

    def __init__(self, terminal: TextIO) -> None:
        self._terminal = terminal
        self._task = ""
        self._written_at = 0.0

    def __call__(self, task: str, done: int, total: int) -> None:
        """Show the progress of a task, but not too often."""
        now = monotonic()
        if task == self._task and now - self._written_at < _PAUSE:
            return
        self._task, self._written_at = task, now
        width = shutil.get_terminal_size().columns - 1
        self._terminal.write(_CLEAR + " ".join((printable(task), *_measure(done, total)))[:width])
        self._terminal.flush()

    def clear(self) -> None:
        """Remove the line."""
        if self._task:
            self._terminal.write(_CLEAR)
            self._terminal.flush()


def _measure(done: int, total: int) -> Iterator[str]:
    if total:
        filled = _WIDTH * min(done, total) // total
        yield f"[{'#' * filled}{'-' * (_WIDTH - filled)}]"
        yield f"{done:,} of {total:,}"
    elif done:
        yield f"{done:,}"
