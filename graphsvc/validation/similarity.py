"""Finds similar words among many, without comparing all pairs.

Words that differ at one place have the same beginning or the same end: sorted forwards or backwards
they are neighbours. Each is compared with its next neighbours in both orders, so the time is nearly
linear in the number of words.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rapidfuzz.distance import OSA

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

#: With how many of the next words each word is compared, in each order.
_NEIGHBOURS = 4

#: Shorter words that differ by a letter mean different things.
_SHORTEST = 8
#: How many letters may differ in a name of several words: at most one in each word.
_MOST_WRONG = 2

_NUMBERS = re.compile(r"\d+")


def similar_pairs(
    words: Iterable[str], are_similar: Callable[[str, str], bool]
) -> Iterator[tuple[str, str]]:
    """Yield the pairs of different words that ``are_similar``, each once and in order."""
    distinct = sorted(set(words))
    pairs: set[tuple[str, str]] = set()
    for ordered in (distinct, sorted(distinct, key=lambda word: word[::-1])):
        for place, word in enumerate(ordered):
            for other in ordered[place + 1 : place + 1 + _NEIGHBOURS]:
                pair = (min(word, other), max(word, other))
                if pair not in pairs and are_similar(word, other):
                    pairs.add(pair)
                    yield pair


def are_names_similar(one: str, other: str) -> bool:
    """Tell whether two names differ only by a typo: a letter, a space, or a letter in two words.

    Names with different numbers are not similar.
    """
    if min(len(one), len(other)) < _SHORTEST or _have_other_numbers(one, other):
        return False
    if _edits(one, other, 1) <= 1:
        return True
    words, others = one.split(), other.split()
    if len(words) != len(others):
        return False
    edits = [_edits(*pair, 1) for pair in zip(words, others, strict=True)]
    return max(edits) <= 1 and sum(edits) <= _MOST_WRONG


def are_iris_similar(one: str, other: str) -> bool:
    """Tell whether two IRIs differ only by a typo: one letter, or two transposed ones."""
    shortest = min(len(_local(one)), len(_local(other)))
    return (
        shortest >= _SHORTEST // 2
        and not _have_other_numbers(one, other)
        and _edits(one, other, 1) <= 1
    )


def _edits(one: str, other: str, most: int) -> int:
    """Return the edit distance of two words, up to a maximum.

    Two transposed letters are one edit.
    """
    return OSA.distance(one, other, score_cutoff=most)


def _have_other_numbers(one: str, other: str) -> bool:
    return _NUMBERS.findall(one) != _NUMBERS.findall(other)


def _local(iri: str) -> str:
    return re.split(r"[/#:]", iri.rstrip("/#"))[-1]
