"""Suggestions: the words that look most like one that is misspelt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rapidfuzz import process
from rapidfuzz.distance import OSA, Indel

if TYPE_CHECKING:
    from collections.abc import Iterable

#: The letters of a word that are compared.
LONGEST = 80


def similar_spellings(word: str, candidates: Iterable[str], most: int = 3) -> list[str]:
    """Return the candidates that differ from a word by typing errors, the most similar first.

    A missing, extra or changed letter counts as one error, and so do two letters in the wrong
    order; case does not count. One error is allowed for each three letters, and at least one
    (optimal string alignment distance).
    """
    typed_letters = word.casefold()[:LONGEST]
    most_errors = max(1, len(typed_letters) // 3)
    matches = []
    for candidate in candidates:
        letters = candidate.casefold()[:LONGEST]
        distance = OSA.distance(typed_letters, letters, score_cutoff=most_errors)
        if distance <= most_errors:
            matches.append((distance, abs(len(candidate) - len(word)), candidate))
    return [candidate for _, _, candidate in sorted(matches)[:most]]


def similar_texts(text: str, candidates: Iterable[str], least: float, most: int = 1) -> list[str]:
    """Return the candidates that have much in common with a text, the most similar first.

    ``least`` is the least similarity, from 0 to 1: the part of both that is the same letters in
    the same order.
    """
    scorer = Indel.normalized_similarity
    # rapidfuzz would compare the values of a mapping.
    matches = process.extract(text, [*candidates], scorer=scorer, score_cutoff=least, limit=most)
    return [candidate for candidate, _, _ in matches]
