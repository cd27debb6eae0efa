"""A tree drawn as an indented list with lines, for a narrow screen.

Some of the branches stand above the root and the others below it, each name whole if two lines hold
it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from graphsvc.pictures.labels import shortened, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from graphsvc.pictures.labels import Point
    from graphsvc.pictures.sides import Worded
    from graphsvc.pictures.tree import Branch

WIDTH = 328.0
"""How wide the picture is: what the narrowest screen has room for."""

#: The sizes of the letters, as the style sheet has them: the tie of a node, its name, and the
#: root's, whose letters are bold and so wider.
_TIE, _NAME, _TITLE = 11.5, 13.5, 17.0

#: Where things stand in a row, from its top: its circle, its tie, the first line of its name; how
#: high a row of one line is, and how much a line adds.
_CIRCLE, _TIE_Y, _NAME_Y, _ROW, _LINE = 20.0, 16.0, 32.0, 42.0, 17.0

#: How far the root is from the edge, a branch from what it hangs on at most, all that branches may
#: take together; how far the words are from the circle; how far lines keep from circles.
_ROOT, _STEP, _DEEPEST, _BESIDE, _GAP, _KNOT = 14.0, 20.0, 150.0, 16.0, 11.0, 8.0

_LINES = 2

Depths: TypeAlias = "Sequence[tuple[int, Branch[Worded]]]"


@dataclass(frozen=True, slots=True)
class Row:
    """A node: its circle, its words, and the line from its parent as the data of an SVG path."""

    content: Worded
    x: float
    y: float
    tie: str
    name: tuple[str, ...]
    line: str

    @property
    def text_x(self) -> float:
        """Return where its words begin."""
        return self.x + _BESIDE

    @property
    def tie_y(self) -> float:
        """Return where the words stand that tie it to its parent."""
        return self.y - _CIRCLE + _TIE_Y

    def name_y(self, number: int) -> float:
        """Return where a line of its name stands, counted from 0."""
        return self.y - _CIRCLE + _NAME_Y + number * _LINE


@dataclass(frozen=True, slots=True)
class Upright:
    """The whole picture."""

    height: float
    root: Point
    title: tuple[str, ...]
    rows: tuple[Row, ...]

    def title_y(self, number: int) -> float:
        """Return where a line of the root's name stands, counted from 0."""
        return self.root[1] + 5 + number * _LINE

    @property
    def title_x(self) -> float:
        """Return where the root's name begins."""
        return self.root[0] + _BESIDE


def upright(
    title: str, above: Sequence[Branch[Worded]], below: Sequence[Branch[Worded]]
) -> Upright:
    """Return the picture of a tree with some branches above its root, and the others below."""
    over, under = list(_depths(above, 0)), list(_depths(below, 0))
    deepest = max((depth for depth, _ in (*over, *under)), default=0)
    step = min(_STEP, _DEEPEST / (deepest + 1))
    lines = tuple(wrapped(title, WIDTH - _ROOT - _BESIDE, _TITLE, _LINES + 1))
    middle = _height(over, step) + _CIRCLE
    begin = middle + _CIRCLE + (len(lines) - 1) * _LINE
    root = (_ROOT, middle)
    found = (*_rows(over, step, 0.0, root), *_rows(under, step, begin, root))
    return Upright(begin + _height(under, step), root, lines, found)


def _depths(branches: Sequence[Branch[Worded]], depth: int) -> Iterator[tuple[int, Branch[Worded]]]:
    for branch in branches:
        yield depth, branch
        yield from _depths(branch.children, depth + 1)


def _name(branch: Branch[Worded], x: float) -> list[str]:
    return wrapped(branch.content.words[1], WIDTH - x - _BESIDE, _NAME, _LINES)


def _x(depth: int, step: float) -> float:
    return _ROOT + (depth + 1) * step


def _height(entries: Depths, step: float) -> float:
    names = (_name(branch, _x(depth, step)) for depth, branch in entries)
    return sum(_ROW + (len(name) - 1) * _LINE for name in names)


def _rows(entries: Depths, step: float, top: float, root: Point) -> Iterator[Row]:
    parents = [root]
    for depth, branch in entries:
        x, y = _x(depth, step), top + _CIRCLE
        parent_x, parent_y = parents[depth]
        parents[depth + 1 :] = [(x, y)]
        leave = parent_y + (_GAP if parent_y < y else -_GAP)
        name = _name(branch, x)
        yield Row(
            content=branch.content,
            x=x,
            y=y,
            tie=shortened(branch.content.words[0], WIDTH - x - _BESIDE, _TIE),
            name=tuple(name),
            line=f"M{parent_x:.0f} {leave:.0f}V{y:.0f}H{x - _KNOT:.0f}",
        )
        top += _ROW + (len(name) - 1) * _LINE
