"""Pictures of an ontology: its classes as trees, and the properties between them.

They are plain numbers and terms; a template makes SVG of them. The widths of words are estimates,
since the font is known only in the browser.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from graphsvc.pictures import labels as lettering
from graphsvc.pictures.layers import layer_layout

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyoxigraph import NamedNode

    from graphsvc.pictures.layers import Layers
    from graphsvc.views.model import Named
    from graphsvc.views.vocabulary.model import Branch, Link
    from graphsvc.views.vocabulary.ontology import RawLink

MOST_DRAWN = 250
"""The most classes of a picture, or classes and links between them."""

_ROW = 30.0
_LINE = 18.0
_PADDING = 8.0
_BETWEEN, _BETWEEN_CLASSES = 44.0, 20.0
_MARGIN = 8.0
_INDENT = 20.0
# The font size of the style sheet, and one in which a letter is as wide as a bold one of it.
_SIZE, _BOLD_SIZE = 12.0, 13.0


@dataclass(frozen=True, slots=True)
class TermBox:
    """A box with a line of text for each of its terms; the box of a class has a frame."""

    x: float
    y: float
    width: float
    height: float
    terms: tuple[Named, ...]
    is_class: bool

    def baseline(self, number: int) -> float:
        """Return the y of a line of text, counted from 0."""
        top = (self.height - len(self.terms) * _LINE) / 2
        return round(self.y + top + (number + 0.72) * _LINE, 1)

    @property
    def text_x(self) -> float:
        return self.x + _PADDING


@dataclass(frozen=True, slots=True)
class Connector:
    """A line between boxes, as the data of an SVG path; it has an arrow if it ends at a class."""

    path: str
    has_arrow: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture of a width and a height, in pixels at its natural size.

    ``focus`` is the point to show first if the picture is larger than the screen.
    """

    width: float
    height: float
    boxes: tuple[TermBox, ...]
    lines: tuple[Connector, ...]
    focus: tuple[float, float] = (0.0, 0.0)


def tree(branches: Sequence[Branch]) -> Drawing:
    """Return the picture of classes, each with its subclasses on its right."""
    drawn = _Trees(branches)
    return _drawing(drawn.boxes, drawn.lines)


def upright_tree(branches: Sequence[Branch]) -> Drawing:
    """Return the picture for a narrow screen: each class with its subclasses indented below it."""
    boxes: list[TermBox] = []
    lines: list[Connector] = []
    _indent(branches, 0, boxes, lines)
    return _drawing(boxes, lines)


def _indent(
    branches: Sequence[Branch], depth: int, boxes: list[TermBox], lines: list[Connector]
) -> None:
    above = boxes[-1] if depth else None
    for branch in branches:
        terms = (branch.term,)
        x, y, height = _MARGIN + depth * _INDENT, _MARGIN + len(boxes) * _ROW, _height(1)
        boxes.append(TermBox(x, y, _width(terms), height, terms, is_class=True))
        if above is not None:
            bend, bottom, level = above.x + _INDENT / 2, above.y + above.height, y + height / 2
            path = f"M{bend:.1f} {bottom:.1f}V{level:.1f}H{x:.1f}"
            lines.append(Connector(path, has_arrow=False))
        _indent(branch.branches, depth + 1, boxes, lines)


def network_layers(links: Sequence[RawLink]) -> Layers:
    """Return the layout of classes and the properties between them, the same in every language.

    The classes are numbered in the order of `linked_classes`, and the links after them.
    """
    number = {cls: at for at, cls in enumerate(linked_classes(links))}
    edges = []
    for at, link in enumerate(links, start=len(number)):
        edges += [(number[link.subject], at), (at, number[link.object])]
    lines = [*(1 for _ in number), *(len(link.properties) for link in links)]
    return layer_layout(edges, [_height(each) for each in lines])


def linked_classes(links: Sequence[RawLink]) -> list[NamedNode]:
    """Return the classes with links, each once."""
    return sorted({end for link in links for end in (link.subject, link.object)}, key=str)


def network(classes: Sequence[Named], links: Sequence[Link], layers: Layers) -> Drawing:
    """Return the picture of classes with links; each link has a box with its properties."""
    contents = [*((cls,) for cls in classes), *(link.properties for link in links)]
    boxes = _boxes(layers, contents, len(classes))
    lines = [_connector(route, layers, boxes) for route in layers.routes]
    ends = Counter(
        node for route in layers.routes for node in (route[0], route[-1]) if node < len(classes)
    )
    centre = [boxes[node] for node, _ in ends.most_common(1)]
    focus = [(box.x + box.width / 2, box.y + box.height / 2) for box in centre]
    return _drawing([boxes[node] for node in range(len(contents))], lines, *focus)


def _height(lines: int) -> float:
    return lines * _LINE + 6.0


def _width(terms: Sequence[Named], size: float = _BOLD_SIZE) -> float:
    longest = max(lettering.width(term.label, size) for term in terms)
    return round(longest + 2 * _PADDING, 1)


def _starts(widths: Sequence[float], between: float = _BETWEEN) -> list[float]:
    starts = [_MARGIN]
    for width in widths:
        starts.append(starts[-1] + width + between)
    return starts


class _Trees:
    """The boxes and lines of trees of classes, one tree below the other."""

    def __init__(self, branches: Sequence[Branch]) -> None:
        self.boxes: list[TermBox] = []
        self.lines: list[Connector] = []
        widths: list[float] = []
        for branch in branches:
            self._measure(branch, 0, widths)
        self._columns = _starts(widths, _BETWEEN_CLASSES)
        row = 0
        for branch in branches:
            row = self._draw(branch, 0, row)

    def _measure(self, branch: Branch, depth: int, widths: list[float]) -> None:
        if depth == len(widths):
            widths.append(0.0)
        widths[depth] = max(widths[depth], _width((branch.term,)))
        for below in branch.branches:
            self._measure(below, depth + 1, widths)

    def _draw(self, branch: Branch, depth: int, row: int) -> int:
        """Draw a class and its subclasses from a row on; return the next free row."""
        terms = (branch.term,)
        x, y, height = self._columns[depth], _MARGIN + row * _ROW, _height(1)
        box = TermBox(x, y, _width(terms), height, terms, is_class=True)
        self.boxes.append(box)
        right, middle, end = x + box.width, y + height / 2, self._columns[depth + 1]
        at = row
        for below in branch.branches:
            level = _MARGIN + at * _ROW + height / 2
            bend = end - _BETWEEN_CLASSES / 2
            path = f"M{right:.1f} {middle:.1f}H{bend:.1f}V{level:.1f}H{end:.1f}"
            self.lines.append(Connector(path, has_arrow=False))
            at = self._draw(below, depth + 1, at)
        return max(at, row + 1)


def _boxes(
    layers: Layers, contents: Sequence[tuple[Named, ...]], classes: int
) -> dict[int, TermBox]:
    """Return the box of every node; that of a waypoint is empty and as wide as its column."""
    own_width = [
        _width(terms, _BOLD_SIZE if node < classes else _SIZE)
        for node, terms in enumerate(contents)
    ]
    numbers = range(len(contents))
    widths = [
        max((own_width[node] for node in column if node in numbers), default=0.0)
        for column in layers.columns
    ]
    boxes = {}
    for column, left, width in zip(layers.columns, _starts(widths), widths, strict=False):
        for node in column:
            terms = contents[node] if node in numbers else ()
            height = _height(len(terms)) if node in numbers else 0.0
            own = own_width[node] if node in numbers else width
            top = round(_MARGIN + layers.middle[node] - height / 2, 1)
            x = round(left + (width - own) / 2, 1)
            boxes[node] = TermBox(x, top, own, height, terms, node < classes)
    return boxes


def _connector(route: Sequence[int], layers: Layers, boxes: dict[int, TermBox]) -> Connector:
    goes_right = boxes[route[0]].x < boxes[route[-1]].x
    places = []
    for node in route:
        box = boxes[node]
        ends = (box.x, box.x + box.width)
        places += [(x, _MARGIN + layers.middle[node]) for x in (ends if goes_right else ends[::-1])]
    path = [f"M{places[1][0]:.1f} {places[1][1]:.1f}"]
    for (x, y), (to_x, to_y) in pairwise(places[1:-1]):
        half = (x + to_x) / 2
        path.append(
            f"L{to_x:.1f} {to_y:.1f}"
            if y == to_y
            else f"C{half:.1f} {y:.1f} {half:.1f} {to_y:.1f} {to_x:.1f} {to_y:.1f}"
        )
    return Connector("".join(path), has_arrow=boxes[route[-1]].is_class)


def _drawing(
    boxes: Sequence[TermBox], lines: Sequence[Connector], focus: tuple[float, float] = (0.0, 0.0)
) -> Drawing:
    return Drawing(
        width=round(max((box.x + box.width for box in boxes), default=0.0) + _MARGIN, 1),
        height=round(max((box.y + box.height for box in boxes), default=0.0) + _MARGIN, 1),
        boxes=tuple(boxes),
        lines=tuple(lines),
        focus=focus,
    )
