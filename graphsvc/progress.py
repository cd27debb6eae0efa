"""How far a long task is: told to whoever listens, which is a terminal or nobody.

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
    """Shows what is done, how much of it, and of how much; ``total`` is 0 where nobody knows."""

    def __call__(self, task: str, done: int, total: int) -> None:
        """Show it."""


_LISTENER: ContextVar[Listener | None] = ContextVar("progress", default=None)


def tell(task: str, done: int = 0, total: int = 0) -> None:
    """Tell how far a task is."""
    listener = _LISTENER.get()
    if listener is not None:
        listener(task, done, total)


@contextmanager
def shown_by(listener: Listener) -> Iterator[None]:
    """Have what is told shown while a block runs."""
    token = _LISTENER.set(listener)
    try:
        yield
    finally:
        _LISTENER.reset(token)
