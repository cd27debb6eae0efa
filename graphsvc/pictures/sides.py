"""A tree drawn to both sides of its root, for a wide screen.

What is written has as much room as it needs while there is some left.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Protocol

from graphsvc.pictures.labels import shortened, width
from graphsvc.pictures.tree import ROW, placed, rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphsvc.pictures.tree import Branch, Placed

#: The size of the letters, as the style sheet has it; how wide a screen is hoped for.
_SIZE, _ROOM = 12.8, 1130.0

#: How far a column is from what is left of it, and the words from the middle of their circle; what
#: is left free above and below, and between a line and what it touches.
_STEP, _BESIDE, _MARGIN, _ROOT, _KNOT = 60.0, 14.0, 8.0, 11.0, 8.0

#: The words of a column have at least so much room, and the first of two at least such a part.
_NARROWEST, _FIRST = 180.0, 0.35


class Worded(Protocol):
    """What can be drawn: two words for it, of which the second may not be left out."""

    @property
    def words(self) -> tuple[str, str]:
        """Return what ties it to its parent, and what it is called."""
        ...


@dataclass(frozen=True, slots=True)
class Spread:
    """A node: its circle, its words, and the line from its parent as the data of an SVG path."""

    content: Worded
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
    """The whole picture; the root stands at 0 from the left, which is ``left`` from the edge."""

    left: float
    width: float
    height: float
    nodes: tuple[Spread, ...]


def sides(left: Sequence[Branch[Worded]], right: Sequence[Branch[Worded]]) -> Sides:
    """Return the picture of a tree whose root has branches on its left and on its right."""
    height = (max(rows(left), rows(right)) or 1) * ROW + 2 * _MARGIN
    nodes = [placed(branches, height) for branches in (left, right)]
    needs = [_needs(side) for side in nodes]
    spaces = sum(map(_spaces, needs)) + 2 * _MARGIN
    most = _most([*needs[0], *needs[1]], _ROOM - spaces)
    rooms = [[min(need, most) for need in side] for side in needs]
    reach = [sum(side) + _spaces(side) + _MARGIN for side in rooms]
    drawn = (
        node
        for sign, side, columns in zip((-1, 1), nodes, rooms, strict=True)
        for node in _drawn(sign, side, columns, height / 2)
    )
    return Sides(reach[0], sum(reach), height, tuple(drawn))


def _needs(nodes: Sequence[Placed[Worded]]) -> list[float]:
    """Return how much room the words of each column need."""
    columns = max((node.column for node in nodes), default=-1) + 1
    return [
        max(width(" ".join(node.content.words), _SIZE) for node in nodes if node.column == column)
        for column in range(columns)
    ]


def _spaces(columns: Sequence[float]) -> float:
    return len(columns) * (_STEP + _BESIDE) or _ROOT


def _most(needs: Sequence[float], room: float) -> float:
    """Return how much each column may have: what some do not need is there for the others."""
    left = max(room, _NARROWEST * len(needs))
    share = left
    for number, need in enumerate(sorted(needs)):
        share = left / (len(needs) - number)
        if need > share:
            break
        left -= need
        share = need
    return share


def _drawn(
    sign: int, nodes: Sequence[Placed[Worded]], columns: Sequence[float], middle: float
) -> list[Spread]:
    starts = [_STEP, *accumulate((_BESIDE + room + _STEP for room in columns), initial=_STEP)][1:]
    ends: dict[tuple[int, float], float] = {}
    found = []
    for node in nodes:
        x, room = starts[node.column], columns[node.column]
        words = _fitted(node.content.words, room)
        ends[node.column, node.y] = x + _BESIDE + width(" ".join(words), _SIZE) + _MARGIN
        above = middle if node.parent_y is None else node.parent_y
        start = _ROOT if node.parent_y is None else ends[node.column - 1, node.parent_y]
        found.append(
            Spread(
                content=node.content,
                x=sign * x,
                y=node.y,
                text_x=sign * (x + _BESIDE),
                words=words,
                line=_curve(sign * start, above, sign * (x - _KNOT), node.y),
            )
        )
    return found


def _fitted(words: tuple[str, str], room: float) -> tuple[str, str]:
    """Return two words with as much of each as has room."""
    tie, name = words
    if width(f"{tie} {name}", _SIZE) <= room:
        return words
    tie = shortened(tie, max(room - width(f" {name}", _SIZE), _FIRST * room), _SIZE)
    return (tie, shortened(name, room - width(f"{tie} ", _SIZE), _SIZE))


def _curve(x: float, y: float, to_x: float, to_y: float) -> str:
    half = (x + to_x) / 2
    return f"M{x:.0f} {y:.0f}C{half:.0f} {y:.0f} {half:.0f} {to_y:.0f} {to_x:.0f} {to_y:.0f}"
