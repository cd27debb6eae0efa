"""Draws a directed graph in layers from left to right, the same graph always in the same way.

The method is that of Sugiyama, Tagawa and Toda (https://doi.org/10.1109/TSMC.1981.4308636): reverse
edges until there is no cycle, put the nodes into layers, order each layer so that few edges cross,
and then place the nodes as close to their neighbours as their heights allow.
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
    """Nodes in layers, the routes of the edges through them, and the middle of each node.

    The nodes of the graph keep their numbers; higher numbers are waypoints of long edges. A route
    leads from the source of its edge to the target, also where this is from the right to the left.
    """

    columns: list[list[int]]
    routes: list[list[int]]
    middle: dict[int, float] = field(default_factory=dict)


def layer_layout(edges: Sequence[tuple[int, int]], heights: Sequence[float]) -> Layers:
    """Return the layers of a graph; ``heights`` has the height of each node, numbered from 0."""
    rank = _ranks(len(heights), edges)
    layers = _with_waypoints(edges, rank, len(heights))
    neighbours = _neighbours(layers.routes)
    _order(layers, neighbours)
    tall = dict(enumerate(heights))
    _place(layers, neighbours, tall)
    return layers


def _ranks(count: int, edges: Sequence[tuple[int, int]]) -> list[int]:
    """Return the layer of each node: the first one after the layers of its predecessors."""
    place = {node: at for at, node in enumerate(_sequence(count, edges))}
    forward = sorted(
        {tuple(sorted(edge, key=place.__getitem__)) for edge in edges if edge[0] != edge[1]},
        key=lambda edge: (place[edge[0]], place[edge[1]]),
    )
    rank = [0] * count
    for source, target in forward:
        rank[target] = max(rank[target], rank[source] + 1)
    # A node without predecessors stands in the layer before its first successor.
    led = {target for _, target in forward}
    for node in range(count):
        following = [rank[target] for source, target in forward if source == node]
        if node not in led and following:
            rank[node] = min(following) - 1
    return rank


def _sequence(count: int, edges: Sequence[tuple[int, int]]) -> list[int]:
    """Return the nodes in an order in which few edges lead backwards.

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
    routes = []
    for source, target in edges:
        step = 1 if rank[source] < rank[target] else -1
        route = [source]
        for column in range(rank[source] + step, rank[target], step):
            columns[column].append(count)
            route.append(count)
            count += 1
        routes.append([*route, target])
    return Layers(columns, routes)


def _neighbours(routes: Sequence[Sequence[int]]) -> Mapping[int, list[int]]:
    neighbours: dict[int, list[int]] = defaultdict(list)
    for route in routes:
        for one, other in pairwise(route):
            neighbours[one].append(other)
            neighbours[other].append(one)
    return neighbours


def _order(layers: Layers, neighbours: Mapping[int, list[int]]) -> None:
    """Order each layer by the positions of the neighbours in the adjacent one; keep the best."""
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
    for route in layers.routes:
        for one, other in pairwise(route):
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
            targets = [_mean_of_neighbours(node, layers, neighbours) for node in column]
            for node, middle in zip(
                column, _without_overlap(column, targets, heights), strict=True
            ):
                layers.middle[node] = middle
    top = min(
        (layers.middle[n] - heights.get(n, _WAYPOINT) / 2 for n in layers.middle), default=0.0
    )
    layers.middle = {node: middle - top for node, middle in layers.middle.items()}


def _mean_of_neighbours(node: int, layers: Layers, neighbours: Mapping[int, list[int]]) -> float:
    others = neighbours.get(node, [node])
    return sum(layers.middle[other] for other in others) / len(others)


def _without_overlap(
    column: Sequence[int], targets: Sequence[float], heights: Mapping[int, float]
) -> list[float]:
    """Return positions as close as possible to the targets at which the nodes do not overlap.

    Without the room that the nodes before need, the positions only have to rise: nodes whose
    targets collide share their mean (the pool-adjacent-violators algorithm).
    """
    offsets, at = [], 0.0
    for number, node in enumerate(column):
        height = heights.get(node, _WAYPOINT)
        at += height / 2 + (_GAP if number else 0.0)
        offsets.append(at)
        at += height / 2
    pools: list[tuple[float, int]] = []
    for target, offset in zip(targets, offsets, strict=True):
        pools.append((target - offset, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (high, many), (low, few) = pools[-2:]
            pools[-2:] = [((high * many + low * few) / (many + few), many + few)]
    levels = [level for level, size in pools for _ in range(size)]
    return [level + offset for level, offset in zip(levels, offsets, strict=True)]
