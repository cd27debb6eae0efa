"""The progress of a long task, for a listener, which is a terminal or nothing.

with progress.shown_by(bar):
progress.tell("Reading my.nt", done, total)
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator


class Listener(Protocol):
    """Shows the current step, and how much of it is done; ``total`` is 0 if it is unknown."""

    def __call__(self, task: str, done: int, total: int) -> None:
        """Show it."""


_LISTENER: ContextVar[Listener | None] = ContextVar("progress", default=None)


def tell(task: str, done: int = 0, total: int = 0) -> None:
    """Report the progress of a task."""
    listener = _LISTENER.get()
    if listener is not None:
        listener(task, done, total)


@contextmanager
def shown_by(listener: Listener) -> Iterator[None]:
    """Set the listener while a block runs."""
    token = _LISTENER.set(listener)
    try:
        yield
    finally:
        _LISTENER.reset(token)
