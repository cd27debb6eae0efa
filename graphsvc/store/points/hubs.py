"""Hubs: the terms that many triples hold, so that a pattern around one may have many matches."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

FEW = 64
"""So many triples at most have a term in one place if it is no hub there."""


class Crowd(NamedTuple):
    """How many triples hold a term: as their subject, and as their value; `FEW` for any few."""

    subject: int = FEW
    value: int = FEW


ALONE = Crowd()


def hubs(ntriples: Iterable[bytes]) -> dict[str, Crowd]:
    """Return the IRIs that more than `FEW` of some lines of N-Triples hold in one place.

    Where blank nodes or triple terms hang, a description goes on, no matter how far: such a
    subject counts as one of all the triples.
    """
    subjects: Counter[bytes] = Counter()
    values: Counter[bytes] = Counter()
    leading_on: set[bytes] = set()
    all_of_them = 0
    for line in ntriples:
        subject, _, value = line.rstrip(b"\n").split(b" ", 2)
        all_of_them += 1
        subjects[subject] += 1
        if value.startswith((b"_:", b"<<")):
            leading_on.add(subject)
        elif value.startswith(b"<"):
            values[value.removesuffix(b" .")] += 1
    subjects.update(dict.fromkeys(leading_on, all_of_them + FEW))
    crowded = {term for held in (subjects, values) for term in held if held[term] > FEW}
    return {
        term[1:-1].decode(): Crowd(max(subjects[term], FEW), max(values[term], FEW))
        for term in sorted(crowded)
        if term.startswith(b"<")
    }
