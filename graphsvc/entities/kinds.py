"""The most specific classes of a thing, and how many things are of a class."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from graphsvc.entities.evidence import place
from graphsvc.namespaces import RDFS, VOID

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphsvc.entities.catalogue import Catalogue


def most_specific(catalogue: Catalogue, classes: Iterable[NamedNode]) -> list[NamedNode]:
    """Return those of some classes that are above no other one of them, in their order.

    Of classes that are above each other, as equivalent ones are, the first stands for all.
    """
    wanted = list(dict.fromkeys(classes))
    above = {cls: _above(catalogue, cls) for cls in wanted}
    found: list[NamedNode] = []
    for cls in wanted:
        under = [other for other in wanted if other != cls and cls in above[other]]
        equal = [other for other in under if other in above[cls]]
        if len(under) == len(equal) and not {*equal} & {*found}:
            found.append(cls)
    return found


def members(catalogue: Catalogue, cls: NamedNode) -> int:
    """Return how many things are of a class, as the statistics of the graph have counted.

    https://www.w3.org/TR/void/#class-property-partitions
    """
    near = catalogue.near
    counts = (
        place(count.object)
        for part in near.triples(predicate=VOID["class"], value=cls)
        if isinstance(part.subject, NamedNode)
        for count in near.triples(part.subject, VOID.entities)
    )
    return max((count for count in counts if count is not None), default=0)


def _above(catalogue: Catalogue, cls: NamedNode) -> set[NamedNode]:
    """Return the classes that a class is under, however many steps."""
    waiting, seen = [cls], set[NamedNode]()
    while waiting:
        for quad in catalogue.near.triples(waiting.pop(), RDFS.subClassOf):
            if isinstance(quad.object, NamedNode) and quad.object not in seen:
                seen.add(quad.object)
                waiting.append(quad.object)
    return seen
