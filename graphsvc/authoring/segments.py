"""The passages of a text: its prose and its items sentence by sentence, the rest as it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import sentencex

from graphsvc.authoring.stretches import Stretch
from graphsvc.texts.model import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: Whose rules hold where the language of a text is not known.
_USUAL = "en"

#: White space that the library takes for part of a word, or fails at: offsets are the same without.
_UNUSUAL_SPACE = re.compile(r"[^\S\n]")


def passages(content: str, stretches: Sequence[Stretch], language: str | None) -> list[Stretch]:
    """Return the passages of a text; ``language`` is a tag such as ``en`` or ``zh-Hant``."""
    primary = (language or _USUAL).partition("-")[0].lower()
    return [part for each in stretches for part in _parts(content, each, primary)]


def _parts(content: str, stretch: Stretch, language: str) -> Iterator[Stretch]:
    if stretch.kind in (Kind.HEADING, Kind.FURNITURE):
        yield stretch
        return
    end = stretch.begin
    prose = _UNUSUAL_SPACE.sub(" ", content[stretch.begin : stretch.end])
    for sentence in sentencex.segment(language, prose):
        begin, end = end, end + len(sentence)
        if words := sentence.strip():
            start = begin + sentence.index(words)
            yield Stretch(start, start + len(words), stretch.kind)
