"""The score of a name for a search, and which of its words match."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from rapidfuzz.distance import OSA

from graphsvc.search.model import MarkedText
from graphsvc.search.words import is_unspaced, key, split, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

#: The score of a name that equals the text, and the highest score of any other name.
EXACT, _MOST = 100.0, 99.0

# The weights of two shares: how much of the search is in the name, and of the name in the search.
_QUERY_WEIGHT, _NAME_WEIGHT = 0.65, 0.35

# The worth of a word that only begins with the searched one, or is only similar to it.
_BEGINS, _LIKE = 0.75, 0.7

#: How many characters of a long text are shown around the first word that matches.
_EXCERPT = 340


#: While somebody types, the same names are scored after each letter.
_REMEMBERED = 4096
_key = lru_cache(_REMEMBERED)(key)
_split = lru_cache(_REMEMBERED)(split)


def allowed_errors(word: str) -> int:
    """Return how many typing errors a word may have: one for each three letters."""
    return 0 if is_unspaced(word) else min(len(word) // 3, 3)


def spelling_distance(word: str, other: str, most: int) -> int:
    """Return the typing errors between two words, or one more than ``most`` if there are more."""
    return int(OSA.distance(word, other, score_cutoff=most))


@dataclass(frozen=True, slots=True)
class NameMatcher:
    """Scores names for the words of a search; ``fuzzy`` accepts similar words."""

    text: str
    words: tuple[str, ...]
    fuzzy: bool

    def score(self, name: str) -> float:
        """Return the score of a name, from 0 to 100; 100 only if it equals the text."""
        if _key(name) == _key(self.text):
            return EXACT
        name_words = _split(name)
        if not name_words or not self.words:
            return 0.0
        query_size = sum(map(len, self.words))
        worth = [max(self._worth(word, each) for each in name_words) for word in self.words]
        query_score = sum(len(word) * one for word, one in zip(self.words, worth, strict=True))
        name_worth = [max(self._worth(word, each) for word in self.words) for each in name_words]
        name_score = sum(len(each) * one for each, one in zip(name_words, name_worth, strict=True))
        share = _QUERY_WEIGHT * query_score / query_size + _NAME_WEIGHT * name_score / sum(
            map(len, name_words)
        )
        return min(90 * share + 3 * (name_worth[0] > 0) + self._in_a_row(name_words), _MOST)

    def marked(self, text: str) -> MarkedText:
        """Return a text with its matching words marked; a long text is cut around the first."""
        fits = [
            (word.begin, word.end)
            for word in words(text)
            if any(self._worth(query_word, word.text) > 0 for query_word in self.words)
        ]
        begin = 0
        end = len(text)
        if end > _EXCERPT:
            first = fits[0][0] if fits else 0
            begin = _word_start(text, min(max(0, first - _EXCERPT // 3), end - _EXCERPT))
            end = begin + _EXCERPT
        return _pieces(text, fits, begin, end)

    def _worth(self, word: str, name_word: str) -> float:
        """Return from 0 to 1 how well a word of a name matches a word of the search."""
        if name_word == word:
            return 1.0
        if len(word) > 1 and name_word.startswith(word):
            return _BEGINS + 0.2 * len(word) / len(name_word)
        most = allowed_errors(word) if self.fuzzy else 0
        if not most or len(name_word) < len(word) - most:
            return 0.0
        apart = errors_between(word, name_word, most)
        return 0.0 if apart > most else _LIKE * (1 - apart / len(word))

    def _in_a_row(self, name_words: Sequence[str]) -> float:
        """Return a bonus if the name contains the words in this order, and more at its start."""
        joined, query = f" {' '.join(name_words)}", f" {' '.join(self.words)}"
        return 7.0 if joined.startswith(query) else float(query in joined)


def errors_between(word: str, named: str, most: int) -> float:
    """Return how many typing errors turn one word into the other, or into its beginning.

    The missing end of an unfinished word counts as half an error.
    """
    whole: float = spelling_distance(word, named, most)
    for length in range(len(word) - 1, len(word) + 2):
        if whole <= 1 or length >= len(named):
            break
        whole = min(whole, spelling_distance(word, named[:length], most) + 0.5)
    return whole


def _word_start(text: str, at: int) -> int:
    """Return the next start of a word at a place or soon after it, so that no word is cut."""
    space = text.find(" ", at, at + 30) if at else -1
    return space + 1 if space >= 0 else at


def _pieces(text: str, fits: Iterable[tuple[int, int]], begin: int, end: int) -> MarkedText:
    pieces: list[tuple[str, bool]] = [("… ", False)] if begin else []
    done = begin
    for start, stop in fits:
        if start >= done and stop <= end:
            pieces += [(text[done:start], False), (text[start:stop], True)]
            done = stop
    pieces.append((text[done:end], False))
    if end < len(text):
        pieces.append((" …", False))
    return MarkedText(tuple(_joined(pieces)))


def _joined(pieces: Iterable[tuple[str, bool]]) -> list[tuple[str, bool]]:
    """Return the pieces without empty ones, and with equally marked neighbours joined."""
    joined: list[tuple[str, bool]] = []
    for piece, marked in pieces:
        if joined and joined[-1][1] is marked:
            joined[-1] = (joined[-1][0] + piece, marked)
        elif piece:
            joined.append((piece, marked))
    return joined
