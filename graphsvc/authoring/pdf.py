"""PDF as text. A PDF has positions of letters and no structure, so the reader infers one.

The library joins letters to lines and lines to boxes. A box in larger letters than most of the
text is a heading. A box at the top or the foot of several pages, equal but for its numbers, is
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

from graphsvc.authoring.stretches import Extract, TextBlock, compose
from graphsvc.texts.model import PassageKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_LARGER = 1.15
"""The least size of a heading's letters, relative to the size of most letters."""

_LEVELS = 6
_REPEATED = 2
"""The number of pages on which words must be repeated to be furniture."""

_MARK = re.compile(r"(?:[-*•‣◦▪\u2013·]|\(?[0-9]{1,3}[.)]|\(?[a-z]\))\s+(?=\S)")
_NUMBER = re.compile(r"\d+")
#: The hyphen of a word that is divided at the end of a line.
_DIVIDED = re.compile(r"(?<=[^\W\d_])[-\u00ad\u2010]\n(?=[^\W\d_])")


@dataclass(frozen=True, slots=True)
class _Box:
    """A box: its words, the size of its letters, and whether it is at the edge of its page."""

    words: str
    size: int
    is_at_edge: bool

    @property
    def key(self) -> str:
        """Return the words without numbers, so that page numbers make no difference."""
        return _NUMBER.sub("#", " ".join(self.words.split()))


def read(data: bytes) -> Extract:
    """Return the text of a PDF. Errors: those of the library for a broken file."""
    boxes = [box for page in extract_pages(io.BytesIO(data)) for box in _boxes(page)]
    usual = _usual_size(boxes)
    sizes = sorted({box.size for box in boxes if box.size >= usual * _LARGER}, reverse=True)
    levels = {size: min(place, _LEVELS) for place, size in enumerate(sizes, 1)}
    repeated = Counter(box.key for box in boxes if box.is_at_edge)
    return compose(block for box in boxes for block in _blocks(box, levels, repeated))


def _boxes(page: Iterable[object]) -> Iterator[_Box]:
    boxes = [each for each in page if isinstance(each, LTTextBox) and each.get_text().strip()]
    for place, box in enumerate(boxes):
        # A box with the page's number comes before the text at the foot as often as after it.
        is_at_edge = place == 0 or place >= len(boxes) - 2
        lines = [line for line in box if isinstance(line, LTTextLine)]
        # A heading directly above a text is in the same box.
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


def _blocks(
    box: _Box, levels: Mapping[int, int], repeated: Mapping[str, int]
) -> Iterator[TextBlock]:
    if box.is_at_edge and (repeated[box.key] >= _REPEATED or box.key == "#"):
        yield TextBlock(_join_lines(box.words), PassageKind.FURNITURE)
    elif box.size in levels:
        yield TextBlock(_join_lines(box.words), PassageKind.HEADING, levels[box.size])
    else:
        for lines in _items(box.words):
            mark = _MARK.match(lines)
            words = _join_lines(lines[mark.end() :] if mark else lines)
            yield TextBlock(words, PassageKind.ITEM if mark else PassageKind.SENTENCE)


def _items(words: str) -> list[str]:
    """Return the lines of each item, joined, and the lines outside of items, joined."""
    groups: list[str] = []
    for line in words.strip().splitlines():
        stripped = line.strip()
        if not groups or _MARK.match(stripped):
            groups.append(stripped)
        else:
            groups[-1] += f"\n{stripped}"
    return groups


def _join_lines(words: str) -> str:
    """Join lines to one, without the hyphens of divided words."""
    return " ".join(_DIVIDED.sub("", words.strip()).split())
