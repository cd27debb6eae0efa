"""What somebody may have meant: the words that are near to one that is misspelt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rapidfuzz import process
from rapidfuzz.distance import OSA, Indel

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Longer words are compared no further: nobody mistypes one and reads the advice.
LONGEST = 80


def near(word: str, candidates: Iterable[str], most: int = 3) -> list[str]:
    """Return the candidates that differ from a word by slips of the hand, the nearest first.

    A letter left out, put in, changed, or two that changed places count as one slip; case does
    not count. One slip is most_slips for each three letters, and one at least. It is the optimal
    string alignment distance.
    """
    letters_of_word = word.casefold()[:LONGEST]
    most_slips = max(1, len(letters_of_word) // 3)
    matches = []
    for candidate in candidates:
        letters = candidate.casefold()[:LONGEST]
        distance = OSA.distance(letters_of_word, letters, score_cutoff=most_slips)
        if distance <= most_slips:
            matches.append((distance, abs(len(candidate) - len(word)), candidate))
    return [candidate for _, _, candidate in sorted(matches)[:most]]


def alike(text: str, candidates: Iterable[str], least: float, most: int = 1) -> list[str]:
    """Return the candidates that have much in common with a text, the one with most first.

    ``least`` is from 0 to 1 how much that must be of both: letters in the same order.
    """
    scorer = Indel.normalized_similarity
    # Of a mapping it would take the values.
    matches = process.extract(text, [*candidates], scorer=scorer, score_cutoff=least, limit=most)
    return [candidate for candidate, _, _ in matches]
