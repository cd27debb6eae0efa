"""Draws a directed graph in layers from left to right, the same graph always in the same way.

The way is that of Sugiyama, Tagawa and Toda (https://doi.org/10.1109/TSMC.1981.4308636): turn edges
round until none runs in a circle, put the nodes into layers, order each layer so that few edges
cross, and then place the nodes as near to their neighbours as their heights allow.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_ROUNDS = 24
_GAP = 12.0
_WAYPOINT = 8.0


@dataclass(slots=True)
class Layers:
    """Nodes in layers, the ways of the edges over them, and where each node's middle is.

    Nodes that were given are numbered as they were; those after them are waypoints of long edges.
    An edge's way runs from its source to its target, whichever is further left.
    """

    columns: list[list[int]]
    ways: list[list[int]]
    middle: dict[int, float] = field(default_factory=dict)


def layered(edges: Sequence[tuple[int, int]], heights: Sequence[float]) -> Layers:
    """Return the nodes, numbered from 0 and of the heights given, in layers."""
    rank = _ranks(len(heights), edges)
    layers = _with_waypoints(edges, rank, len(heights))
    neighbours = _neighbours(layers.ways)
    _order(layers, neighbours)
    tall = dict(enumerate(heights))
    _place(layers, neighbours, tall)
    return layers


def _ranks(count: int, edges: Sequence[tuple[int, int]]) -> list[int]:
    """Return the layer of each node: as far left as what leads to it allows."""
    place = {node: at for at, node in enumerate(_sequence(count, edges))}
    forward = sorted(
        {tuple(sorted(edge, key=place.__getitem__)) for edge in edges if edge[0] != edge[1]},
        key=lambda edge: (place[edge[0]], place[edge[1]]),
    )
    rank = [0] * count
    for source, target in forward:
        rank[target] = max(rank[target], rank[source] + 1)
    # What nothing leads to stands beside what it leads to.
    led = {target for _, target in forward}
    for node in range(count):
        following = [rank[target] for source, target in forward if source == node]
        if node not in led and following:
            rank[node] = min(following) - 1
    return rank


def _sequence(count: int, edges: Sequence[tuple[int, int]]) -> list[int]:
    """Return the nodes in an order against which few edges run.

    Eades, Lin and Smyth, https://doi.org/10.1016/0020-0190(93)90079-O.
    """
    rest = set(range(count))
    first: list[int] = []
    last: list[int] = []
    while rest:
        inside = [(s, t) for s, t in edges if s in rest and t in rest and s != t]
        sources, targets = [s for s, _ in inside], [t for _, t in inside]
        sinks = sorted(rest - set(sources))
        if sinks:
            last = sinks + last
            rest -= set(sinks)
            continue
        chosen = max(
            sorted(rest),
            key=lambda node: (node not in targets, sources.count(node) - targets.count(node)),
        )
        first.append(chosen)
        rest.remove(chosen)
    return first + last


def _with_waypoints(edges: Sequence[tuple[int, int]], rank: Sequence[int], count: int) -> Layers:
    columns: list[list[int]] = [[] for _ in range(max(rank, default=-1) + 1)]
    for node, column in enumerate(rank):
        columns[column].append(node)
    ways = []
    for source, target in edges:
        step = 1 if rank[source] < rank[target] else -1
        way = [source]
        for column in range(rank[source] + step, rank[target], step):
            columns[column].append(count)
            way.append(count)
            count += 1
        ways.append([*way, target])
    return Layers(columns, ways)


def _neighbours(ways: Sequence[Sequence[int]]) -> Mapping[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for way in ways:
        for one, other in pairwise(way):
            found[one].append(other)
            found[other].append(one)
    return found


def _order(layers: Layers, neighbours: Mapping[int, list[int]]) -> None:
    """Order each layer by where the neighbours in the one before stand; keep the best order."""
    best, fewest = [list(column) for column in layers.columns], _crossings(layers)
    for turn in range(_ROUNDS):
        numbered = list(range(1, len(layers.columns)))
        step = -1 if turn % 2 == 0 else 1
        for number in numbered if step < 0 else [n - 1 for n in reversed(numbered)]:
            beside = {node: at for at, node in enumerate(layers.columns[number + step])}
            _sort_by_neighbours(layers.columns[number], beside, neighbours)
        crossing = _crossings(layers)
        if crossing < fewest:
            best, fewest = [list(column) for column in layers.columns], crossing
    layers.columns = best


def _sort_by_neighbours(
    column: list[int], beside: Mapping[int, int], neighbours: Mapping[int, list[int]]
) -> None:
    at = {node: float(number) for number, node in enumerate(column)}
    for node in column:
        places = [beside[other] for other in neighbours.get(node, ()) if other in beside]
        if places:
            at[node] = sum(places) / len(places)
    column.sort(key=at.__getitem__)


def _crossings(layers: Layers) -> int:
    place = {
        node: (n, at) for n, column in enumerate(layers.columns) for at, node in enumerate(column)
    }
    steps: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for way in layers.ways:
        for one, other in pairwise(way):
            (left, high), (_, low) = sorted((place[one], place[other]))
            steps[left].append((high, low))
    return sum(
        1
        for between in steps.values()
        for number, (a, b) in enumerate(between)
        for c, d in between[:number]
        if (a - c) * (b - d) < 0
    )


def _place(
    layers: Layers, neighbours: Mapping[int, list[int]], heights: Mapping[int, float]
) -> None:
    for column in layers.columns:
        at = 0.0
        for node in column:
            height = heights.get(node, _WAYPOINT)
            layers.middle[node] = at + height / 2
            at += height + _GAP
    for turn in range(_ROUNDS):
        for column in layers.columns if turn % 2 else layers.columns[::-1]:
            wanted = [_mean_of_neighbours(node, layers, neighbours) for node in column]
            for node, middle in zip(column, _apart(column, wanted, heights), strict=True):
                layers.middle[node] = middle
    top = min(
        (layers.middle[n] - heights.get(n, _WAYPOINT) / 2 for n in layers.middle), default=0.0
    )
    layers.middle = {node: middle - top for node, middle in layers.middle.items()}


def _mean_of_neighbours(node: int, layers: Layers, neighbours: Mapping[int, list[int]]) -> float:
    others = neighbours.get(node, [node])
    return sum(layers.middle[other] for other in others) / len(others)


def _apart(
    column: Sequence[int], wanted: Sequence[float], heights: Mapping[int, float]
) -> list[float]:
    """Return places as near as can be to those wanted, at which the nodes of a layer do not touch.

    Taken off what the nodes before need, the places have only to rise: nodes whose wishes clash
    share the mean of these (the pool-adjacent-violators algorithm).
    """
    offsets, at = [], 0.0
    for number, node in enumerate(column):
        height = heights.get(node, _WAYPOINT)
        at += height / 2 + (_GAP if number else 0.0)
        offsets.append(at)
        at += height / 2
    pools: list[tuple[float, int]] = []
    for wish, offset in zip(wanted, offsets, strict=True):
        pools.append((wish - offset, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (high, many), (low, few) = pools[-2:]
            pools[-2:] = [((high * many + low * few) / (many + few), many + few)]
    levels = [level for level, size in pools for _ in range(size)]
    return [level + offset for level, offset in zip(levels, offsets, strict=True)]
