"""What somebody may have meant: the words that are near to one that is misspelt."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Longer words are compared no further: nobody mistypes one and reads the advice.
LONGEST = 80


def near(word: str, candidates: Iterable[str], most: int = 3) -> list[str]:
    """Return the candidates that differ from a word by slips of the hand, the nearest first.

    A letter left out, put in, changed, or two that changed places count as one slip; case does
    not count. One slip is allowed for each three letters, and one at least.
    """
    wanted = word.casefold()[:LONGEST]
    allowed = max(1, len(wanted) // 3)
    found = [
        (slips, abs(len(candidate) - len(word)), candidate)
        for candidate in candidates
        if (slips := slips_between(wanted, candidate.casefold()[:LONGEST], allowed)) <= allowed
    ]
    return [candidate for _, _, candidate in sorted(found)[:most]]


def slips_between(one: str, other: str, most: int) -> int:
    """Return how many slips lie between two words, or one more than ``most`` if there are more.

    It is the optimal string alignment distance.
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        before, above, row = row, before, [i]
        for j, counterpart in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != counterpart))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == counterpart:
                cost = min(cost, above[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)
