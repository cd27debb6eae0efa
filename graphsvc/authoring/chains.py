"""The heaviest chain of pairs: the common items of two sequences, in the order of both."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Pair:
    """A position in one sequence, a position in another that may match it, and a weight."""

    one: int
    other: int
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class _Chain:
    weight: float
    last: Pair | None = None
    before: _Chain | None = None


def heaviest(pairs: Iterable[Pair]) -> list[Pair]:
    """Return the pairs of greatest total weight whose positions rise in both sequences."""
    ordered = sorted(pairs, key=lambda pair: (pair.one, -pair.other))
    places = sorted({pair.other for pair in ordered})
    # Fenwick tree: each node has the heaviest chain that ends in its range of positions.
    tree = [_Chain(0.0)] * (len(places) + 1)
    for pair in ordered:
        rank = bisect_left(places, pair.other) + 1
        before = _heaviest_up_to(tree, rank - 1)
        chain = _Chain(before.weight + pair.weight, pair, before)
        while rank < len(tree):
            if chain.weight > tree[rank].weight:
                tree[rank] = chain
            rank += rank & -rank
    return _pairs(_heaviest_up_to(tree, len(places)))


def _heaviest_up_to(tree: list[_Chain], rank: int) -> _Chain:
    best = _Chain(0.0)
    while rank:
        if tree[rank].weight > best.weight:
            best = tree[rank]
        rank -= rank & -rank
    return best


def _pairs(chain: _Chain | None) -> list[Pair]:
    pairs: list[Pair] = []
    while chain is not None and chain.last is not None:
        pairs.append(chain.last)
        chain = chain.before
    return pairs[::-1]
