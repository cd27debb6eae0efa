"""Hubs: the terms that many triples hold, so that a pattern around one may have many matches."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

FEW = 64
"""So many triples at most hold a term that is no hub."""


def hubs(ntriples: Iterable[bytes]) -> dict[str, int]:
    """Return the IRIs that more than `FEW` of some lines of N-Triples hold, and how many do.

    Where blank nodes or triple terms hang, a description goes on, no matter how far: such a
    subject counts as one that all of the triples hold.
    """
    held: Counter[bytes] = Counter()
    leading_on: set[bytes] = set()
    all_of_them = 0
    for line in ntriples:
        subject, _, value = line.rstrip(b"\n").split(b" ", 2)
        all_of_them += 1
        held[subject] += 1
        if value.startswith((b"_:", b"<<")):
            leading_on.add(subject)
        elif value.startswith(b"<"):
            held[value.removesuffix(b" .")] += 1
    crowded = {term: number for term, number in held.items() if number > FEW}
    crowded.update(dict.fromkeys(leading_on, all_of_them + FEW))
    return {
        term[1:-1].decode(): number
        for term, number in sorted(crowded.items())
        if term.startswith(b"<")
    }
