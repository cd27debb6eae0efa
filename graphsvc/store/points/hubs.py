"""Hubs: the terms that many triples hold, so that a pattern around one may have many matches."""

from __future__ import annotations

from collections import Counter

FEW = 64
"""So many triples at most hold a term that is no hub."""


def hubs(ntriples: bytes) -> dict[str, int]:
    """Return the IRIs that more than `FEW` of some N-Triples, one a line, hold, and how many do.

    Where blank nodes or triple terms hang, a description goes on, no matter how far: such a
    subject counts as one that all of the triples hold.
    """
    held: Counter[bytes] = Counter()
    leading_on: set[bytes] = set()
    lines = ntriples.splitlines()
    for line in lines:
        subject, _, value = line.split(b" ", 2)
        held[subject] += 1
        if value.startswith((b"_:", b"<<")):
            leading_on.add(subject)
        elif value.startswith(b"<"):
            held[value.removesuffix(b" .")] += 1
    crowded = {term: number for term, number in held.items() if number > FEW}
    crowded.update(dict.fromkeys(leading_on, len(lines) + FEW))
    return {
        term[1:-1].decode(): number
        for term, number in sorted(crowded.items())
        if term.startswith(b"<")
    }
