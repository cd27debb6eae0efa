"""Trees of concepts: the paths from the top to one of them, and the first levels of a scheme."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from graphsvc.views.concepts.model import ConceptNode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from graphsvc.store.base import Term
    from graphsvc.views.names import Names

    Pairs = Iterable[tuple[Term, Term]]

MOST_PATHS = 12
"""The most paths from the top to a concept that are shown."""

MOST_NARROWER = 60
"""The most narrower concepts of a concept that are shown."""

MOST_BESIDE = 12
"""Sibling concepts are shown if there are no more than these."""

_DEEPEST = 30


def by_first(pairs: Pairs) -> Mapping[Term, Sequence[Term]]:
    """Group the second terms of pairs by the first ones."""
    groups: dict[Term, list[Term]] = defaultdict(list)
    for first, second in pairs:
        groups[first].append(second)
    return groups


def paths_to(start: Term, uppers: Mapping[Term, Sequence[Term]]) -> tuple[list[list[Term]], int]:
    """Return the paths from the top down to a concept, and the number of those left out.

    A path never contains a concept twice: in a cycle it begins below the repeated one.
    """
    queue, paths, left_out = [[start]], [], 0
    while queue:
        path = queue.pop()
        above = [each for each in uppers.get(path[0], ()) if each not in path]
        if above and len(path) < _DEEPEST:
            # The number of paths that are followed is limited.
            queue += [[each, *path] for each in reversed(above[: 2 * MOST_PATHS])]
            if len(queue) > 2 * MOST_PATHS:
                left_out += len(queue) - 2 * MOST_PATHS
                queue = queue[-2 * MOST_PATHS :]
        else:
            paths.append(path)
            if len(paths) == MOST_PATHS:
                left_out += len(queue)
                break
    return paths, left_out


class TreeBuilder:
    """Builds the tree around one concept: the paths to it, its narrower and sibling concepts."""

    def __init__(
        self,
        concept: Term,
        uppers: Mapping[Term, Sequence[Term]],
        under: Sequence[Term],
        beside: Mapping[Term, Sequence[Term]],
    ) -> None:
        self._concept = concept
        self._under = under
        self._beside = beside
        self.paths, self.left_out = paths_to(concept, uppers)
        self._tops = {path[0] for path in self.paths if uppers.get(path[0])}

    def siblings(self) -> Iterator[Term]:
        """Yield the sibling concepts that are shown."""
        for above in self._beside:
            yield from self._siblings(above)

    def nodes(self, names: Names, narrower: int) -> tuple[ConceptNode, ...]:
        """Return the tree from the top; ``narrower`` is the number of all narrower concepts."""
        return self._level(self.paths, names, narrower, above=None)

    def _level(
        self, paths: Sequence[Sequence[Term]], names: Names, narrower: int, above: Term | None
    ) -> tuple[ConceptNode, ...]:
        nodes = []
        for first, rest in by_first((path[0], path[1:]) for path in paths if path).items():  # type: ignore[misc]
            is_self = first == self._concept
            below = (
                self._narrower(names)
                if is_self
                else self._level(rest, names, narrower, above=first)  # type: ignore[arg-type]
            )
            nodes.append(
                ConceptNode(
                    names[first],
                    below,
                    is_self=is_self,
                    is_circular=above is None and first in self._tops,
                    more=max(0, narrower - len(below)) if is_self else 0,
                )
            )
        if above is not None and any(node.is_self for node in nodes):
            terms = {node.concept.term for node in nodes}
            nodes += [
                ConceptNode(names[each]) for each in self._siblings(above) if each not in terms
            ]
        return tuple(sorted(nodes, key=_by_label))

    def _narrower(self, names: Names) -> tuple[ConceptNode, ...]:
        nodes = sorted((ConceptNode(names[each]) for each in self._under), key=_by_label)
        return tuple(nodes[:MOST_NARROWER])

    def _siblings(self, above: Term) -> Sequence[Term]:
        beside = self._beside.get(above, ())
        return beside if len(beside) <= MOST_BESIDE else ()


def levels(
    tops: Iterable[Term], lower: Mapping[Term, Sequence[Term]], names: Names
) -> tuple[ConceptNode, ...]:
    """Return concepts with the concepts directly under them."""
    nodes = []
    for top in dict.fromkeys(tops):
        under = lower.get(top, ())
        below = sorted((ConceptNode(names[each]) for each in under[:MOST_NARROWER]), key=_by_label)
        nodes.append(ConceptNode(names[top], tuple(below), more=len(under) - len(below)))
    return tuple(sorted(nodes, key=_by_label))


def _by_label(node: ConceptNode) -> tuple[str, str]:
    return (node.concept.label.casefold(), str(node.concept.term))
