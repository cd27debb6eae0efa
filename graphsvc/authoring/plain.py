"""The structure of plain text, inferred from empty lines, marks of items and short lines."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from graphsvc.authoring.stretches import Extract, Stretch
from graphsvc.texts.model import PassageKind

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST_HEADING = 100
"""The most characters that a heading may have."""

#: Lines without an empty one between them.
_BLOCK = re.compile(r"^(?:[^\S\n]*+\S[^\n]*+(?:\n|\Z))+", re.MULTILINE)
#: Where an item begins: a bullet, a number or a letter, and a space.
_ITEM = re.compile(
    r"^[^\S\n]*(?:[-*+•‣◦▪\u2013\u2014·]|\(?[0-9]{1,3}[.)]|\(?[a-z]\))[^\S\n]+(?=\S)", re.MULTILINE
)
#: How a sentence ends, or a line with which a list begins, in Latin and other scripts.
_ENDS = ".!?:;,\u2026\u3002\uff01\uff1f\uff1b\uff1a\uff0c\u061f\u06d4\u0964\u1361\u1362"
_CLOSING = "\"')\\]\u201d\u2019\u00bb\u300d\u300f"
_ENDED = re.compile(rf"[{_ENDS}][{_CLOSING}]*\Z")


def read(content: str) -> Extract:
    """Return a plain text, unchanged, with its structure.

    A short line between empty lines that does not end like a sentence is a heading: of level 1 if
    it is the first block of the text, else of level 2.
    """
    return Extract(content, tuple(_stretches(content)))


def _stretches(content: str) -> Iterator[Stretch]:
    is_first = True
    for match in _BLOCK.finditer(content):
        begin, end = _strip_bounds(content, match.start(), match.end())
        starts = [item.start() for item in _ITEM.finditer(content, begin, end)]
        if not starts and _is_heading(content[begin:end]):
            yield Stretch(begin, end, PassageKind.HEADING, 1 if is_first else 2)
        else:
            yield from _prose_and_items(content, begin, end, starts)
        is_first = False


def _prose_and_items(content: str, begin: int, end: int, starts: list[int]) -> Iterator[Stretch]:
    bounds = [*starts, end]
    if begin < bounds[0]:
        yield Stretch(*_strip_bounds(content, begin, bounds[0]), PassageKind.SENTENCE)
    for start, following in pairwise(bounds):
        yield Stretch(*_strip_bounds(content, start, following), PassageKind.ITEM)


def _is_heading(words: str) -> bool:
    return (
        "\n" not in words
        and len(words) <= _LONGEST_HEADING
        and any(map(str.isalpha, words))
        and not _ENDED.search(words)
    )


def _strip_bounds(content: str, begin: int, end: int) -> tuple[int, int]:
    """Return the bounds of a stretch without the white space around it."""
    words = content[begin:end]
    return begin + len(words) - len(words.lstrip()), begin + len(words.rstrip())
