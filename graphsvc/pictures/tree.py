"""A tree that grows to both sides of its root, each leaf in a row of its own.

No two labels share a row and a column, so none can overlap, however long the list is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

ROW = 26
"""The height of a row: high enough to hit it with a finger."""

Content = TypeVar("Content", covariant=True)  # noqa: PLC0105


@dataclass(slots=True)
class Branch(Generic[Content]):
    """A node and its children; the layout sets ``y``."""

    content: Content
    children: Sequence[Branch[Content]] = field(default_factory=list)
    y: float = 0.0


@dataclass(frozen=True, slots=True)
class PlacedNode(Generic[Content]):
    """A node in the picture: its column (0 for the root's neighbours), and its parent's y."""

    content: Content
    column: int
    y: float
    parent_y: float | None


def rows(branches: Sequence[Branch[Content]]) -> int:
    """Return the number of rows of some branches."""
    return sum(max(1, rows(branch.children)) for branch in branches)


def place_nodes(branches: Sequence[Branch[Content]], height: float) -> list[PlacedNode[Content]]:
    """Return every node with its position; the branches are in the middle of the picture's height.

    A node stands in the middle of its children.
    """
    _set_heights(branches, (height - rows(branches) * ROW) / 2)
    nodes: list[PlacedNode[Content]] = []
    queue: list[tuple[Branch[Content], int, float | None]] = [
        (branch, 0, None) for branch in branches
    ]
    while queue:
        branch, column, parent_y = queue.pop(0)
        nodes.append(PlacedNode(branch.content, column, branch.y, parent_y))
        queue += [(child, column + 1, branch.y) for child in branch.children]
    return nodes


def _set_heights(branches: Sequence[Branch[Content]], top: float) -> None:
    for branch in branches:
        height = max(1, rows(branch.children)) * ROW
        _set_heights(branch.children, top)
        branch.y = top + height / 2
        top += height
