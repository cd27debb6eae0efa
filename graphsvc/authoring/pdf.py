"""PDF as text. A PDF has letters at places, and no structure: what can be known is made of these.

The library joins letters to lines and lines to boxes. A box in larger letters than most of the
text is a heading; one that stands at the top or the foot of several pages, its numbers apart, is
furniture.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from pdfminer.high_level import extract_pages
from pdfminer.layout import LTChar, LTTextBox, LTTextLine

from graphsvc.authoring.stretches import Block, Extract, composed
from graphsvc.texts.model import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_LARGER = 1.15
"""How many times the size of most letters those of a heading have at least."""

_LEVELS = 6
_REPEATED = 2
"""On how many pages the same words make furniture."""

_MARK = re.compile(r"(?:[-*•‣◦▪\u2013·]|\(?[0-9]{1,3}[.)]|\(?[a-z]\))\s+(?=\S)")
_NUMBER = re.compile(r"\d+")
#: A word that a line's end divides.
_DIVIDED = re.compile(r"(?<=[^\W\d_])[-\u00ad\u2010]\n(?=[^\W\d_])")


@dataclass(frozen=True, slots=True)
class _Box:
    """Lines of a box: its words, the size of its letters, and if it is at its page's edge."""

    words: str
    size: int
    is_at_edge: bool

    @property
    def key(self) -> str:
        """Return the words as they are on every page: without the number of the page."""
        return _NUMBER.sub("#", " ".join(self.words.split()))


def read(data: bytes) -> Extract:
    """Return the text of a PDF. Errors: what the library raises for a file that is none."""
    boxes = [box for page in extract_pages(io.BytesIO(data)) for box in _boxes(page)]
    usual = _usual_size(boxes)
    sizes = sorted({box.size for box in boxes if box.size >= usual * _LARGER}, reverse=True)
    levels = {size: min(place, _LEVELS) for place, size in enumerate(sizes, 1)}
    repeated = Counter(box.key for box in boxes if box.is_at_edge)
    return composed(block for box in boxes for block in _blocks(box, levels, repeated))


def _boxes(page: Iterable[object]) -> Iterator[_Box]:
    boxes = [each for each in page if isinstance(each, LTTextBox) and each.get_text().strip()]
    for place, box in enumerate(boxes):
        # A box with the page's number comes before the text at the foot as often as after it.
        is_at_edge = place == 0 or place >= len(boxes) - 2
        lines = [line for line in box if isinstance(line, LTTextLine)]
        # A heading close above a text is in one box with it.
        for size, group in groupby(lines, _size):
            yield _Box("".join(line.get_text() for line in group), size, is_at_edge)


def _size(line: LTTextLine) -> int:
    """Return the size of most letters of a line, in points."""
    sizes = Counter(round(letter.size) for letter in line if isinstance(letter, LTChar))
    return sizes.most_common(1)[0][0] if sizes else 0


def _usual_size(boxes: Sequence[_Box]) -> int:
    """Return the size that most letters have."""
    letters: Counter[int] = Counter()
    for box in boxes:
        letters[box.size] += len(box.words)
    return letters.most_common(1)[0][0] if letters else 0


def _blocks(box: _Box, levels: Mapping[int, int], repeated: Mapping[str, int]) -> Iterator[Block]:
    if box.is_at_edge and (repeated[box.key] >= _REPEATED or box.key == "#"):
        yield Block(_joined(box.words), Kind.FURNITURE)
    elif box.size in levels:
        yield Block(_joined(box.words), Kind.HEADING, levels[box.size])
    else:
        for lines in _items(box.words):
            mark = _MARK.match(lines)
            words = _joined(lines[mark.end() :] if mark else lines)
            yield Block(words, Kind.ITEM if mark else Kind.SENTENCE)


def _items(words: str) -> list[str]:
    """Return the lines of a box: those of each item, and those outside of items, together."""
    groups: list[str] = []
    for line in words.strip().splitlines():
        stripped = line.strip()
        if not groups or _MARK.match(stripped):
            groups.append(stripped)
        else:
            groups[-1] += f"\n{stripped}"
    return groups


def _joined(words: str) -> str:
    """Return lines as one, the words that their ends divide put together."""
    return " ".join(_DIVIDED.sub("", words.strip()).split())
