"""A tree drawn as an indented list with lines, for a narrow screen.

Some of the branches stand above the root and the others below it. A name has at most two lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from graphsvc.pictures.labels import truncate, wrap

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from graphsvc.pictures.labels import Point
    from graphsvc.pictures.sides import Labelled
    from graphsvc.pictures.tree import Branch

WIDTH = 328.0
"""The width of the picture: it fits the narrowest screen."""

#: The font sizes of the style sheet: for the tie of a node, its name, and the name of the root,
#: which is bold and so wider.
_TIE, _NAME, _TITLE = 11.5, 13.5, 17.0

#: The distances of the circle, the tie and the first line of the name from the top of a row; the
#: height of a row with one line, and of each further line.
_CIRCLE, _TIE_Y, _NAME_Y, _ROW, _LINE = 20.0, 16.0, 32.0, 42.0, 17.0

#: The distance of the root from the edge; the most indentation of one level, and of all levels
#: together; the distance of the words from the circle; the gaps between lines and circles.
_ROOT, _STEP, _DEEPEST, _BESIDE, _GAP, _KNOT = 14.0, 20.0, 150.0, 16.0, 11.0, 8.0

_LINES = 2

Depths: TypeAlias = "Sequence[tuple[int, Branch[Labelled]]]"


@dataclass(frozen=True, slots=True)
class UprightRow:
    """A node: its circle, its labels, and the line from its parent as the data of an SVG path."""

    content: Labelled
    x: float
    y: float
    tie: str
    name: tuple[str, ...]
    line: str

    @property
    def text_x(self) -> float:
        """Return the x of its labels."""
        return self.x + _BESIDE

    @property
    def tie_y(self) -> float:
        """Return the y of the label of its tie."""
        return self.y - _CIRCLE + _TIE_Y

    def name_y(self, number: int) -> float:
        """Return the y of a line of its name, counted from 0."""
        return self.y - _CIRCLE + _NAME_Y + number * _LINE


@dataclass(frozen=True, slots=True)
class Upright:
    """The whole picture."""

    height: float
    root: Point
    title: tuple[str, ...]
    rows: tuple[UprightRow, ...]

    def title_y(self, number: int) -> float:
        """Return the y of a line of the root's name, counted from 0."""
        return self.root[1] + 5 + number * _LINE

    @property
    def title_x(self) -> float:
        """Return the x of the root's name."""
        return self.root[0] + _BESIDE


def upright(
    title: str, above: Sequence[Branch[Labelled]], below: Sequence[Branch[Labelled]]
) -> Upright:
    """Return the picture of a tree that has some branches above its root and others below it."""
    over, under = list(_depths(above, 0)), list(_depths(below, 0))
    deepest = max((depth for depth, _ in (*over, *under)), default=0)
    step = min(_STEP, _DEEPEST / (deepest + 1))
    lines = tuple(wrap(title, WIDTH - _ROOT - _BESIDE, _TITLE, _LINES + 1))
    middle = _height(over, step) + _CIRCLE
    begin = middle + _CIRCLE + (len(lines) - 1) * _LINE
    root = (_ROOT, middle)
    tree_rows = (*_rows(over, step, 0.0, root), *_rows(under, step, begin, root))
    return Upright(begin + _height(under, step), root, lines, tree_rows)


def _depths(
    branches: Sequence[Branch[Labelled]], depth: int
) -> Iterator[tuple[int, Branch[Labelled]]]:
    for branch in branches:
        yield depth, branch
        yield from _depths(branch.children, depth + 1)


def _name(branch: Branch[Labelled], x: float) -> list[str]:
    return wrap(branch.content.words[1], WIDTH - x - _BESIDE, _NAME, _LINES)


def _x(depth: int, step: float) -> float:
    return _ROOT + (depth + 1) * step


def _height(entries: Depths, step: float) -> float:
    names = (_name(branch, _x(depth, step)) for depth, branch in entries)
    return sum(_ROW + (len(name) - 1) * _LINE for name in names)


def _rows(entries: Depths, step: float, top: float, root: Point) -> Iterator[UprightRow]:
    parents = [root]
    for depth, branch in entries:
        x, y = _x(depth, step), top + _CIRCLE
        parent_x, parent_y = parents[depth]
        parents[depth + 1 :] = [(x, y)]
        leave = parent_y + (_GAP if parent_y < y else -_GAP)
        name = _name(branch, x)
        yield UprightRow(
            content=branch.content,
            x=x,
            y=y,
            tie=truncate(branch.content.words[0], WIDTH - x - _BESIDE, _TIE),
            name=tuple(name),
            line=f"M{parent_x:.0f} {leave:.0f}V{y:.0f}H{x - _KNOT:.0f}",
        )
        top += _ROW + (len(name) - 1) * _LINE
