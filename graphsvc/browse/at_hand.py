"""The quads of a small release in memory, for looking facts up."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode, Quad, Triple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from graphsvc.store.base import Subject, Term


class AtHand:
    """Quads by subject and by value; see `Lookup`. A predicate is given, and one of these two."""

    def __init__(self, quads: Iterable[Quad]) -> None:
        self._of_subject: dict[tuple[object, object], list[Quad]] = defaultdict(list)
        self._of_value: dict[tuple[object, object], list[Quad]] = defaultdict(list)
        for quad in quads:
            self._of_subject[quad.subject, quad.predicate].append(quad)
            if isinstance(quad.object, NamedNode):
                self._of_value[quad.object, quad.predicate].append(quad)

    def quads(
        self,
        *,
        subject: Subject | None = None,
        predicate: NamedNode | None = None,
        value: Term | None = None,
    ) -> Iterator[Quad]:
        """Yield the quads that have the terms given."""
        held, term = (self._of_value, value) if subject is None else (self._of_subject, subject)
        return iter(held.get((term, predicate), ()))

    def triples(
        self,
        subject: Subject | None = None,
        predicate: NamedNode | None = None,
        value: Term | None = None,
    ) -> Iterator[Quad]:
        """Yield each triple that has the terms given once, as a quad of the default graph."""
        found = self.quads(subject=subject, predicate=predicate, value=value)
        return map(_of_union, dict.fromkeys(quad.triple for quad in found))


def _of_union(triple: Triple) -> Quad:
    return Quad(triple.subject, triple.predicate, triple.object)
