"""The occurrences of a name in a text, compared by letters and digits alone.

Different spaces, quotation marks, accents or upper and lower case do not matter. Offsets count code
points and are half open, as in NIF.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

#: A name shorter than this must have the same case: "US" and "us" are different words.
_SHORTEST_IN_ANY_CASE = 4

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Span:
    """A span of a text: from ``begin`` to before ``end``."""

    begin: int
    end: int

    def crosses(self, other: Span) -> bool:
        """Tell whether two spans overlap and neither contains the other."""
        first, last = (self, other) if self.begin < other.begin else (other, self)
        return first.begin < last.begin < first.end < last.end

    def holds(self, other: Span) -> bool:
        """Tell whether the other lies within this one."""
        return self.begin <= other.begin and other.end <= self.end


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text: ``about`` is what it names, if anything; ``parts`` are its pieces.

    A piece without parts has only ``words``.
    """

    words: str
    about: object = None
    parts: tuple[Piece, ...] = ()


def occurrences(words: str, text: str) -> list[Span]:
    """Return the spans of the text that are these words, as whole words and in order.

    Occurrences in another case count only if there is none in the same case.
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
    """Return the text in pieces; spans inside another span become the parts of its piece.

    ``stretches`` is in order of preference: of crossing spans, and of equal ones, the first one is
    used. The words of all pieces together are exactly the text.
    """
    chosen: dict[Span, T] = {}
    for span, about in stretches:
        if span not in chosen and not any(span.crosses(other) for other in chosen):
            chosen[span] = about
    ordered = sorted(chosen.items(), key=lambda pair: (pair[0].begin, -pair[0].end))
    return tuple(_pieces(text, Span(0, len(text)), ordered))


def _pieces(text: str, within: Span, stretches: Sequence[tuple[Span, object]]) -> Iterator[Piece]:
    """Yield the pieces of one span; ``stretches`` are the spans inside it, the outer ones first."""
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


# Many passages contain the same names, so the folded texts are cached.
@lru_cache(maxsize=4096)
def _fold(text: str, *, any_case: bool) -> tuple[str, tuple[int, ...]]:
    """Return the letters and digits of a text without accents, and the offset of each."""
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
    """Tell whether a place is inside a word; this is not known for scripts without case."""
    return 0 < place < len(text) and _in_words(text[place - 1]) and _in_words(text[place])


def _in_words(character: str) -> bool:
    return character.isdigit() or character.lower() != character.upper()
