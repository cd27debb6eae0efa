"""Labels that never cover each other, and points too close to be told apart put together."""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from itertools import product
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

Point: TypeAlias = tuple[float, float]

#: How wide a letter is and how high a line, as parts of the size of the letters; what is free
#: between a point and its label, in units of the picture.
_LETTER, _LINE, _GAP = 0.58, 1.1, 6.0

#: How much wider a letter of a script such as Han is, and the classes of such letters:
#: https://www.unicode.org/reports/tr11/
_WIDER, _WIDE = 1.75, frozenset("WF")

#: How far down from its middle an area is named, in sizes of the letters.
_DOWN = (0, -1.3, 1.3, -2.6, 2.6)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle that something is drawn in."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        """Tell whether two rectangles have more than an edge in common."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


@dataclass(frozen=True, slots=True)
class Label:
    """Where a label stands: the point of its baseline that ``anchor`` (as in SVG) names."""

    x: float
    y: float
    anchor: str


def width(words: str, size: float) -> float:
    """Return about how wide some words are in letters of a size."""
    wide = 0 if words.isascii() else sum(map(_is_wide, words))
    return (len(words) + wide * (_WIDER - 1)) * _LETTER * size


def _is_wide(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in _WIDE


def shortened(words: str, room: float, size: float) -> str:
    """Return as much of some words as has room, an ellipsis at the end of what is cut."""
    if width(words, size) <= room:
        return words
    kept = words
    while kept and width(f"{kept}…", size) > room:
        kept = kept[:-1]
    return f"{kept.rstrip()}…"


def wrapped(words: str, room: float, size: float, most: int) -> list[str]:
    """Return some words in lines that have room, at most so many; the last may be cut."""
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        # The last line takes all that is left.
        if len(lines) == most or not lines[-1] or width(longer, size) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return [shortened(line, room, size) for line in lines]


def around(x: float, y: float, reach: float) -> Box:
    """Return the square around a point."""
    return Box(x - reach, y - reach, x + reach, y + reach)


def centred(words: str, x: float, y: float, size: float) -> Box:
    """Return what a label covers whose baseline has its middle at a point."""
    half = width(words, size) / 2
    return Box(x - half, y - _LINE * size, x + half, y + 0.3 * size)


def spread(
    names: Sequence[tuple[str, Point]], taken: Iterable[Box], size: float
) -> tuple[list[Label], list[Box]]:
    """Return where names stand that belong to areas: in their middles, or as near as there is room.

    One for which there is no room stands in the middle. The boxes are what the names cover.
    """
    boxes = list(taken)
    labels: dict[int, Label] = {}
    covered = []
    # From the north to the south, so that names stay in that order.
    for number, (words, (x, y)) in sorted(enumerate(names), key=lambda entry: entry[1][1][1]):
        wide = width(words, size)
        shifts = ((across * wide / 2, down * size) for across in (0, 1, -1) for down in _DOWN)
        places = [(x + dx, y + dy) for dx, dy in sorted(shifts, key=lambda at: math.hypot(*at))]
        free = (at for at in places if not _meets(centred(words, *at, size), boxes))
        at = next(free, (x, y))
        labels[number] = Label(*at, "middle")
        covered.append(centred(words, *at, size))
        boxes.append(covered[-1])
    return [labels[number] for number in range(len(names))], covered


def placed(
    points: Sequence[tuple[str, Point]], taken: Iterable[Box], size: float
) -> list[Label | None]:
    """Return where the label of each point stands: beside it, over or under it, or nowhere.

    ``taken`` is where nothing may stand, besides the points themselves.
    """
    boxes = [*taken, *(around(x, y, _GAP / 2) for _, (x, y) in points)]
    found: list[Label | None] = []
    for words, (x, y) in points:
        free = (
            (label, box) for label, box in candidates(words, x, y, size) if not _meets(box, boxes)
        )
        label, box = next(free, (None, None))
        boxes += [] if box is None else [box]
        found.append(label)
    return found


def candidates(words: str, x: float, y: float, size: float) -> list[tuple[Label, Box]]:
    """Return where the label of a point may stand, the best place first, with what it covers."""
    wide, low = width(words, size), y + 0.35 * size
    right = Box(x + _GAP, low - _LINE * size + 0.1, x + _GAP + wide, low + 0.3 * size)
    left = Box(x - _GAP - wide, right.top, x - _GAP, right.bottom)
    above, below = y - _GAP, y + _GAP + 0.8 * size
    return [
        (Label(x + _GAP, low, "start"), right),
        (Label(x - _GAP, low, "end"), left),
        (Label(x, above, "middle"), centred(words, x, above, size)),
        (Label(x, below, "middle"), centred(words, x, below, size)),
    ]


def _meets(box: Box, others: Iterable[Box]) -> bool:
    return any(box.meets(other) for other in others)


def together(points: Sequence[Point], distance: float) -> list[list[int]]:
    """Return the numbers of the points in groups, no two of which are closer than a distance.

    How far a group is from another is measured between their middles. The closest are joined first.
    """
    groups = {number: [number] for number in range(len(points))}
    middles = dict(enumerate(points))
    close = list(_closer(middles, middles, distance))
    heapify(close)
    while close:
        far, one, two = heappop(close)
        # A group that has grown since has another middle: its new distances are in the heap too.
        if one in groups and two in groups and math.dist(middles[one], middles[two]) == far:
            groups[one] += groups.pop(two)
            del middles[two]
            middles[one] = middle(points[number] for number in groups[one])
            for pair in _closer([one], middles, distance):
                heappush(close, pair)
    return list(groups.values())


def _closer(
    some: Iterable[int], middles: Mapping[int, Point], distance: float
) -> Iterator[tuple[float, int, int]]:
    """Yield how far some groups are from the others, where that is less than a distance."""
    for one, two in {(min(pair), max(pair)) for pair in product(some, middles)}:
        if one != two and (far := math.dist(middles[one], middles[two])) < distance:
            yield far, one, two


def middle(points: Iterable[Point]) -> Point:
    """Return the middle of some points."""
    xs, ys = zip(*points, strict=True)
    return (sum(xs) / len(xs), sum(ys) / len(ys))
