"""Placement of labels without overlap, and clustering of points that are too close together."""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from heapq import heapify, heappop, heappush
from itertools import product
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

Point: TypeAlias = tuple[float, float]

#: The width of a usual letter and the height of a line, relative to the font size; and the gap
#: between a point and its label, in units of the picture.
_LETTER, _LINE, _GAP = 0.67, 1.1, 6.0

#: The relative widths of letters that are narrower or wider than most; of a wide letter (of a
#: script such as Han), and the classes of such letters: https://www.unicode.org/reports/tr11/
_RELATIVE = {
    **dict.fromkeys("fijl.,'()-I ", 0.55),
    **dict.fromkeys("rt", 0.72),
    **dict.fromkeys("mwMW", 1.5),
}
_WIDER, _WIDE = 1.75, frozenset("WF")

#: The vertical offsets at which the name of an area may stand, in font sizes.
_DOWN = (0, -1.3, 1.3, -2.6, 2.6)


@dataclass(frozen=True, slots=True)
class Box:
    """The bounding box of something drawn."""

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
    """The position of a label: the point of its baseline that ``anchor`` (as in SVG) names."""

    x: float
    y: float
    anchor: str


def width(words: str, size: float) -> float:
    """Return the approximate width of some words in a font size."""
    return sum(map(_relative_width, words)) * _LETTER * size


@lru_cache(maxsize=1024)
def _relative_width(letter: str) -> float:
    if unicodedata.east_asian_width(letter) in _WIDE:
        return _WIDER
    return _RELATIVE.get(letter, 1.0)


def truncate(words: str, room: float, size: float) -> str:
    """Return the words, cut to the room and with an ellipsis if they are too long."""
    if width(words, size) <= room:
        return words
    beginning = words
    while beginning and width(f"{beginning}…", size) > room:
        beginning = beginning[:-1]
    return f"{beginning.rstrip()}…"


def wrap(words: str, room: float, size: float, most: int) -> list[str]:
    """Return the words in at most ``most`` lines that fit the room; the last may be cut."""
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        # The last line takes all that is left.
        if len(lines) == most or not lines[-1] or width(longer, size) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return [truncate(line, room, size) for line in lines]


def square_around(x: float, y: float, reach: float) -> Box:
    """Return the square around a point."""
    return Box(x - reach, y - reach, x + reach, y + reach)


def centred_box(words: str, x: float, y: float, size: float) -> Box:
    """Return the box of a label whose baseline has its middle at a point."""
    half = width(words, size) / 2
    return Box(x - half, y - _LINE * size, x + half, y + 0.3 * size)


def place_area_labels(
    names: Sequence[tuple[str, Point]], obstacles: Iterable[Box], size: float
) -> tuple[list[Label], list[Box]]:
    """Return the labels of areas and the boxes of these labels.

    A label stands in the middle of its area, or as close to it as there is room; without any room
    it stands in the middle.
    """
    boxes = list(obstacles)
    labels: dict[int, Label] = {}
    covered = []
    # From the north to the south, so that names stay in that order.
    for number, (words, (x, y)) in sorted(enumerate(names), key=lambda entry: entry[1][1][1]):
        wide = width(words, size)
        shifts = ((across * wide / 2, down * size) for across in (0, 1, -1) for down in _DOWN)
        places = [(x + dx, y + dy) for dx, dy in sorted(shifts, key=lambda at: math.hypot(*at))]
        free = (at for at in places if not _meets(centred_box(words, *at, size), boxes))
        at = next(free, (x, y))
        labels[number] = Label(*at, "middle")
        covered.append(centred_box(words, *at, size))
        boxes.append(covered[-1])
    return [labels[number] for number in range(len(names))], covered


def place_point_labels(
    points: Sequence[tuple[str, Point]], obstacles: Iterable[Box], size: float
) -> list[Label | None]:
    """Return the label of each point: beside it, above or below it; None if there is no room.

    A label covers no point and none of the ``obstacles``.
    """
    boxes = [*obstacles, *(square_around(x, y, _GAP / 2) for _, (x, y) in points)]
    labels: list[Label | None] = []
    for words, (x, y) in points:
        free = (
            (label, box) for label, box in candidates(words, x, y, size) if not _meets(box, boxes)
        )
        label, box = next(free, (None, None))
        boxes += [] if box is None else [box]
        labels.append(label)
    return labels


def candidates(words: str, x: float, y: float, size: float) -> list[tuple[Label, Box]]:
    """Return the possible labels of a point and their boxes, the best first."""
    wide, low = width(words, size), y + 0.35 * size
    right = Box(x + _GAP, low - _LINE * size + 0.1, x + _GAP + wide, low + 0.3 * size)
    left = Box(x - _GAP - wide, right.top, x - _GAP, right.bottom)
    above, below = y - _GAP, y + _GAP + 0.8 * size
    return [
        (Label(x + _GAP, low, "start"), right),
        (Label(x - _GAP, low, "end"), left),
        (Label(x, above, "middle"), centred_box(words, x, above, size)),
        (Label(x, below, "middle"), centred_box(words, x, below, size)),
    ]


def _meets(box: Box, others: Iterable[Box]) -> bool:
    return any(box.meets(other) for other in others)


def cluster(points: Sequence[Point], distance: float) -> list[list[int]]:
    """Return the numbers of the points in groups that are not closer than a distance.

    The distance between two groups is that between their middles. The closest are joined first.
    """
    groups = {number: [number] for number in range(len(points))}
    middles = dict(enumerate(points))
    close = list(_close_pairs(middles, middles, distance))
    heapify(close)
    while close:
        far, one, two = heappop(close)
        # A group that has grown has a new middle, and its new distances are in the heap too.
        if one in groups and two in groups and math.dist(middles[one], middles[two]) == far:
            groups[one] += groups.pop(two)
            del middles[two]
            middles[one] = middle(points[number] for number in groups[one])
            for pair in _close_pairs([one], middles, distance):
                heappush(close, pair)
    return list(groups.values())


def _close_pairs(
    some: Iterable[int], middles: Mapping[int, Point], distance: float
) -> Iterator[tuple[float, int, int]]:
    """Yield the distances between some groups and all others that are less than a limit."""
    for one, two in {(min(pair), max(pair)) for pair in product(some, middles)}:
        if one != two and (far := math.dist(middles[one], middles[two])) < distance:
            yield far, one, two


def middle(points: Iterable[Point]) -> Point:
    """Return the middle of some points."""
    xs, ys = zip(*points, strict=True)
    return (sum(xs) / len(xs), sum(ys) / len(ys))
