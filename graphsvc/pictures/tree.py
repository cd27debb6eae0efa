"""A tree that grows to both sides of its root, each leaf in a row of its own.

No two labels share a row and a column, so none can overlap, however long the list is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

ROW = 26
"""The height of a row: a finger can tell it from the next."""

Content = TypeVar("Content", covariant=True)  # noqa: PLC0105


@dataclass(slots=True)
class Branch(Generic[Content]):
    """A node with what hangs on it; ``y`` is set by the layout."""

    content: Content
    children: Sequence[Branch[Content]] = field(default_factory=list)
    y: float = 0.0


@dataclass(frozen=True, slots=True)
class Placed(Generic[Content]):
    """A node in the picture: its column (0 for the root's neighbours), and its parent's height."""

    content: Content
    column: int
    y: float
    parent_y: float | None


def rows(branches: Sequence[Branch[Content]]) -> int:
    """Return how many rows some branches take."""
    return sum(max(1, rows(branch.children)) for branch in branches)


def placed(branches: Sequence[Branch[Content]], height: float) -> list[Placed[Content]]:
    """Return every node at its place, the branches in the middle of a picture of that height.

    A node stands in the middle of its children.
    """
    _settle(branches, (height - rows(branches) * ROW) / 2)
    found: list[Placed[Content]] = []
    waiting: list[tuple[Branch[Content], int, float | None]] = [
        (branch, 0, None) for branch in branches
    ]
    while waiting:
        branch, column, parent_y = waiting.pop(0)
        found.append(Placed(branch.content, column, branch.y, parent_y))
        waiting += [(child, column + 1, branch.y) for child in branch.children]
    return found


def _settle(branches: Sequence[Branch[Content]], top: float) -> None:
    for branch in branches:
        taken = max(1, rows(branch.children)) * ROW
        _settle(branch.children, top)
        branch.y = top + taken / 2
        top += taken
