"""A tree drawn to both sides of its root, for a wide screen.

Words have as much room as they need while there is room left.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Protocol

from graphsvc.pictures.labels import truncate, width
from graphsvc.pictures.tree import ROW, place_nodes, rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphsvc.pictures.tree import Branch, PlacedNode

#: The font size of the style sheet, and the width of the screen for which the tree is drawn.
_SIZE, _ROOM = 12.8, 1130.0

#: The distance of a column from the words on its left, and of the words from the middle of their
#: circle; the margin above and below; the gaps between a line and the root or a circle.
_STEP, _BESIDE, _MARGIN, _ROOT, _KNOT = 60.0, 14.0, 8.0, 11.0, 8.0

#: The least room for the words of a column, and the least share of the tie in it.
_NARROWEST, _FIRST = 180.0, 0.35


class Labelled(Protocol):
    """The content of a node: two labels, of which the second is never left out."""

    @property
    def words(self) -> tuple[str, str]:
        """Return the label of the tie to its parent, and its name."""
        ...


@dataclass(frozen=True, slots=True)
class SideNode:
    """A node: its circle, its words, and the line from its parent as the data of an SVG path."""

    content: Labelled
    x: float
    y: float
    text_x: float
    words: tuple[str, str]
    line: str

    @property
    def is_left(self) -> bool:
        """Tell whether it stands to the left of the root."""
        return self.x < 0


@dataclass(frozen=True, slots=True)
class Sides:
    """The whole picture; the root has x = 0, and is ``left`` units away from the left edge."""

    left: float
    width: float
    height: float
    nodes: tuple[SideNode, ...]


def sides(left: Sequence[Branch[Labelled]], right: Sequence[Branch[Labelled]]) -> Sides:
    """Return the picture of a tree whose root has branches on its left and on its right."""
    height = (max(rows(left), rows(right)) or 1) * ROW + 2 * _MARGIN
    nodes = [place_nodes(branches, height) for branches in (left, right)]
    needs = [_needs(side) for side in nodes]
    spaces = sum(map(_spaces, needs)) + 2 * _MARGIN
    most = _most([*needs[0], *needs[1]], _ROOM - spaces)
    rooms = [[min(need, most) for need in side] for side in needs]
    reach = [sum(side) + _spaces(side) + _MARGIN for side in rooms]
    positions = (
        node
        for sign, side, columns in zip((-1, 1), nodes, rooms, strict=True)
        for node in _positioned(sign, side, columns, height / 2)
    )
    return Sides(reach[0], sum(reach), height, tuple(positions))


def _needs(nodes: Sequence[PlacedNode[Labelled]]) -> list[float]:
    """Return the width of the longest words of each column."""
    columns = max((node.column for node in nodes), default=-1) + 1
    return [
        max(width(" ".join(node.content.words), _SIZE) for node in nodes if node.column == column)
        for column in range(columns)
    ]


def _spaces(columns: Sequence[float]) -> float:
    return len(columns) * (_STEP + _BESIDE) or _ROOT


def _most(needs: Sequence[float], room: float) -> float:
    """Return the most room of a column: the room that some do not need goes to the others."""
    left = max(room, _NARROWEST * len(needs))
    share = left
    for number, need in enumerate(sorted(needs)):
        share = left / (len(needs) - number)
        if need > share:
            break
        left -= need
        share = need
    return share


def _positioned(
    sign: int, nodes: Sequence[PlacedNode[Labelled]], columns: Sequence[float], middle: float
) -> list[SideNode]:
    starts = [_STEP, *accumulate((_BESIDE + room + _STEP for room in columns), initial=_STEP)][1:]
    ends: dict[tuple[int, float], float] = {}
    nodes_drawn = []
    for node in nodes:
        x, room = starts[node.column], columns[node.column]
        words = _fit(node.content.words, room)
        ends[node.column, node.y] = x + _BESIDE + width(" ".join(words), _SIZE) + _MARGIN
        above = middle if node.parent_y is None else node.parent_y
        start = _ROOT if node.parent_y is None else ends[node.column - 1, node.parent_y]
        nodes_drawn.append(
            SideNode(
                content=node.content,
                x=sign * x,
                y=node.y,
                text_x=sign * (x + _BESIDE),
                words=words,
                line=_curve(sign * start, above, sign * (x - _KNOT), node.y),
            )
        )
    return nodes_drawn


def _fit(words: tuple[str, str], room: float) -> tuple[str, str]:
    """Return the two labels, cut to the room."""
    tie, name = words
    if width(f"{tie} {name}", _SIZE) <= room:
        return words
    tie = truncate(tie, max(room - width(f" {name}", _SIZE), _FIRST * room), _SIZE)
    return (tie, truncate(name, room - width(f"{tie} ", _SIZE), _SIZE))


def _curve(x: float, y: float, to_x: float, to_y: float) -> str:
    half = (x + to_x) / 2
    return f"M{x:.0f} {y:.0f}C{half:.0f} {y:.0f} {half:.0f} {to_y:.0f} {to_x:.0f} {to_y:.0f}"
