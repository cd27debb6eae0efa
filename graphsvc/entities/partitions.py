"""The parts of a dataset by class and by property, as its statistics count them.

https://www.w3.org/TR/void/#class-property-partitions
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from graphsvc.entities.evidence import place
from graphsvc.namespaces import VOID

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from graphsvc.entities.catalogue import Catalogue
    from graphsvc.entities.model import Fact, Named, PropertyFacts
    from graphsvc.store.base import Term

#: What leads to a part, what the part is of, and what of it is counted.
_COUNTED: Mapping[Term, tuple[NamedNode, NamedNode]] = {
    VOID.classPartition: (VOID["class"], VOID.entities),
    VOID.propertyPartition: (VOID.property, VOID.triples),
}


@dataclass(frozen=True, slots=True)
class Part:
    """What is said of one class or one property: ``fact`` is that the dataset has this part."""

    fact: Fact
    of: Named
    count: int

    @property
    def order(self) -> tuple[int, str, str]:
        """Return the key that puts the largest part first."""
        return (-self.count, self.of.label.casefold(), str(self.of.term))


@dataclass(frozen=True, slots=True)
class Partition:
    """The parts of a dataset, the largest first; ``by_class`` or else by property."""

    by_class: bool
    parts: tuple[Part, ...]


def partition(catalogue: Catalogue, entry: PropertyFacts, language: str) -> Partition | None:
    """Return the parts that a property leads to, or None if these are no counted parts."""
    counted = _COUNTED.get(entry.predicate.term)
    if counted is None:
        return None
    found = [part for fact in entry.facts for part in _parts(catalogue, fact, counted, language)]
    if {part.fact for part in found} != {*entry.facts}:
        return None
    by_class = entry.predicate.term == VOID.classPartition
    return Partition(by_class, tuple(sorted(found, key=lambda part: part.order)))


def _parts(
    catalogue: Catalogue, fact: Fact, counted: tuple[NamedNode, NamedNode], language: str
) -> Iterator[Part]:
    node, (of, counting) = fact.other.term, counted
    if isinstance(node, NamedNode):
        of_what = next(catalogue.near.triples(node, of), None)
        count = next(catalogue.near.triples(node, counting), None)
        if of_what is not None and count is not None:
            named = catalogue.name(of_what.object, language)
            yield Part(fact, named, place(count.object) or 0)
