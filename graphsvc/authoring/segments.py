"""The passages of a text: the sentences of its prose and items, and other stretches whole."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import sentencex

from graphsvc.authoring.stretches import Stretch
from graphsvc.texts.model import PassageKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: The language whose rules are used if the language of a text is unknown.
_USUAL = "en"

#: White space that the library mishandles; replacing it does not change offsets.
_UNUSUAL_SPACE = re.compile(r"[^\S\n]")


def passages(content: str, stretches: Sequence[Stretch], language: str | None) -> list[Stretch]:
    """Return the passages of a text; ``language`` is a tag such as ``en`` or ``zh-Hant``."""
    primary = (language or _USUAL).partition("-")[0].lower()
    return [part for each in stretches for part in _parts(content, each, primary)]


def _parts(content: str, stretch: Stretch, language: str) -> Iterator[Stretch]:
    if stretch.kind in (PassageKind.HEADING, PassageKind.FURNITURE):
        yield stretch
        return
    end = stretch.begin
    prose = _UNUSUAL_SPACE.sub(" ", content[stretch.begin : stretch.end])
    for sentence in sentencex.segment(language, prose):
        begin, end = end, end + len(sentence)
        if words := sentence.strip():
            start = begin + sentence.index(words)
            yield Stretch(start, start + len(words), stretch.kind)
