"""Where a text prints a name: matched by letters and digits, whatever stands between them.

A text that lost its spaces, or has other quotation marks, other accents or another case than the
recorded name, still prints that name. Offsets are code points, half open, as NIF counts them.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

#: Below this many letters a name in another case is more likely another word: "US" and "us".
_SHORTEST_IN_ANY_CASE = 4

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a text: from ``begin`` to before ``end``."""

    begin: int
    end: int

    def crosses(self, other: Span) -> bool:
        """Tell whether each has something that the other lacks, and both share something."""
        first, last = (self, other) if self.begin < other.begin else (other, self)
        return first.begin < last.begin < first.end < last.end

    def holds(self, other: Span) -> bool:
        """Tell whether the other lies within this one."""
        return self.begin <= other.begin and other.end <= self.end


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text: ``about`` is what it names, if anything; ``parts`` make it up.

    A piece without parts is ``words`` alone.
    """

    words: str
    about: object = None
    parts: tuple[Piece, ...] = ()


def occurrences(words: str, text: str) -> list[Span]:
    """Return where the words stand in the text, as whole words and in order.

    The same case is sought first; only if it is nowhere, any case.
    """
    for any_case in (False, True):
        sought, _ = _fold(words, any_case=any_case)
        if not sought or (any_case and len(sought) < _SHORTEST_IN_ANY_CASE):
            return []
        spans = list(_occurrences(sought, text, any_case=any_case))
        if spans:
            return spans
    return []


def _occurrences(sought: str, text: str, *, any_case: bool) -> Iterator[Span]:
    letters, places = _fold(text, any_case=any_case)
    start = letters.find(sought)
    while start >= 0:
        span = Span(places[start], places[start + len(sought) - 1] + 1)
        whole = not _is_inside_word(text, span.begin) and not _is_inside_word(text, span.end)
        if whole:
            yield span
        start = letters.find(sought, start + (len(sought) if whole else 1))


def split_into_pieces(text: str, stretches: Iterable[tuple[Span, T]]) -> tuple[Piece, ...]:
    """Return the text in pieces, what lies within a stretch as the parts of its piece.

    ``stretches`` is in order of preference: of stretches that cross, and of those that are the
    same, the first one is chosen. The words of all pieces together are the text, to the letter.
    """
    chosen: dict[Span, T] = {}
    for span, about in stretches:
        if span not in chosen and not any(span.crosses(other) for other in chosen):
            chosen[span] = about
    ordered = sorted(chosen.items(), key=lambda pair: (pair[0].begin, -pair[0].end))
    return tuple(_pieces(text, Span(0, len(text)), ordered))


def _pieces(text: str, within: Span, stretches: Sequence[tuple[Span, object]]) -> Iterator[Piece]:
    """Yield the pieces of one stretch; ``stretches`` has what lies in it, the outer ones first."""
    at = within.begin
    index = 0
    while index < len(stretches):
        span, about = stretches[index]
        inner = index + 1
        while inner < len(stretches) and span.holds(stretches[inner][0]):
            inner += 1
        if at < span.begin:
            yield Piece(text[at : span.begin])
        parts = (
            tuple(_pieces(text, span, stretches[index + 1 : inner])) if inner > index + 1 else ()
        )
        yield Piece(text[span.begin : span.end], about, parts)
        at, index = span.end, inner
    if at < within.end:
        yield Piece(text[at : within.end])


# A text prints the same names in many passages, and each is sought in every one.
@lru_cache(maxsize=4096)
def _fold(text: str, *, any_case: bool) -> tuple[str, tuple[int, ...]]:
    """Return the letters and digits of a text without accents, and where each stands in it."""
    letters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        for part in unicodedata.normalize("NFKD", character):
            if part.isalnum():
                plain = part.casefold() if any_case else part
                letters.append(plain)
                places += [place] * len(plain)
    return "".join(letters), tuple(places)


def _is_inside_word(text: str, place: int) -> bool:
    """Tell whether a word goes on across a place; scripts without case have no such mark."""
    return 0 < place < len(text) and _in_words(text[place - 1]) and _in_words(text[place])


def _in_words(character: str) -> bool:
    return character.isdigit() or character.lower() != character.upper()
