"""What can stand side by side of things: the properties and paths that their shapes put in order.

A lane is a column of the table and a row of the comparison. It comes from a property shape with
a name (``sh:name``): a property, or a path of several steps. A shape with
``sh:qualifiedValueShape`` shows only the values that have (or, under ``sh:not``, have not) the
value that it names; one with shapes of its own (``sh:property``) tells these of each value.
https://www.w3.org/TR/shacl/#nonValidation, https://www.w3.org/TR/shacl/#QualifiedValueShapeConstraintComponent
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import inf
from typing import TYPE_CHECKING

from graphsvc.browse.paths import Path, Shapes
from graphsvc.entities.labels import best
from graphsvc.entities.layout import Place, number
from graphsvc.entities.prologue import PROLOGUE
from graphsvc.namespaces import RDFS, SH, SKOS, graph_iri
from graphsvc.phrases import Phrase

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from graphsvc.entities.catalogue import Catalogue
    from graphsvc.store.base import Term

_SHAPES = """
SELECT DISTINCT ?graph ?shape ?property ?value WHERE { GRAPH ?graph { ?shape ?property ?value } }
"""

_TARGETS = (
    PROLOGUE
    + """
SELECT DISTINCT ?class ?target WHERE {
  ?shape sh:targetClass ?target .
  ?class rdfs:subClassOf* ?target .
}
"""
)

_KEPT = 1_000
"""How many lanes are kept, and for how many sets of classes in a language which there are."""

_LABELLING = frozenset({RDFS.label, SKOS.prefLabel})


@dataclass(frozen=True, slots=True)
class Qualifier:
    """Which of the values are shown: those with a value at a place, or those without it."""

    place: Place
    value: Term
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Lane:
    """A property or a path under its name; ``id`` is how an address names it."""

    id: Place
    path: Path
    name: str
    group: str = ""
    definition: str = ""
    expected: bool = False
    rank: tuple[float, str, float] = (0.0, "", 0.0)
    qualifiers: tuple[Qualifier, ...] = ()
    details: tuple[Lane, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Tell whether the lane is one property, read one way."""
        return isinstance(self.path, Place) and not self.qualifiers


class Lanes:
    """The lanes of every class, as the shapes lay them out."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        graph = {"graph": graph_iri(catalogue.base, "shapes")}
        self._shapes = Shapes(catalogue.store.select(_SHAPES, graph))
        self._above: dict[Term, set[Term]] = {}
        for row in catalogue.store.select(_TARGETS):
            self._above.setdefault(row["class"], set()).add(row["target"])
        self._of_target: dict[Term, list[Term]] = {}
        for shape, target in self._shapes.subjects(SH.targetClass):
            self._of_target.setdefault(target, []).extend(self._shapes.all(shape, SH.property))
        # The shapes of a release are few, and each page lays out things by some of them.
        self._lane = lru_cache(_KEPT)(self._read)
        self._of = lru_cache(_KEPT)(self._ordered)

    def of(self, types: Iterable[Term], language: str) -> tuple[Lane, ...]:
        """Return the lanes for things of these types, in order; the most special class decides."""
        return self._of(frozenset(types), language)

    def _ordered(self, types: frozenset[Term], language: str) -> tuple[Lane, ...]:
        targets = {target for cls in types for target in self._above.get(cls, ())}
        found: dict[Path, Lane] = {}
        for target in sorted(targets, key=lambda cls: (len(self._above.get(cls, ())), str(cls))):
            for shape in sorted(self._of_target.get(target, ()), key=str):
                lane = self._lane(shape, language)
                if lane is not None and lane.id.property not in _LABELLING:
                    found[lane.id if lane.is_plain else Place(shape)] = lane
        return tuple(sorted(found.values(), key=lambda lane: (lane.rank, lane.name)))

    def plain(self, place: Place, language: str) -> Lane:
        """Return the lane of a property that no shape places."""
        named = self._catalogue.term(place.property, language)
        name = Phrase("%(property)s (of)", property=named.label) if place.incoming else named.label
        return Lane(place, place, name, definition=self._definition(place, language))

    def _definition(self, place: Place, language: str) -> str:
        return self._catalogue.definition(place.property, language)

    def _read(self, shape: Term, language: str) -> Lane | None:
        node = self._shapes.one(shape, SH.path)
        path = None if node is None else self._shapes.path(node)
        name = best(self._shapes.all(shape, SH.name), language)
        if path is None or not name:
            return None
        qualifiers = tuple(self._qualifiers(shape))
        is_plain = isinstance(path, Place) and not qualifiers
        at = path if isinstance(path, Place) and is_plain else Place(shape)
        group = self._shapes.one(shape, SH.group)
        return Lane(
            id=at,
            path=path,
            name=name,
            group="" if group is None else best(self._shapes.all(group, RDFS.label), language),
            definition=best(self._shapes.all(shape, SH.description), language)
            or self._definition(at, language),
            expected=1 <= number(self._shapes.one(shape, SH.minCount)) < inf,
            rank=self._rank(shape, group),
            qualifiers=qualifiers,
            details=tuple(self._details(shape, language)),
        )

    def _rank(self, shape: Term, group: Term | None) -> tuple[float, str, float]:
        order = None if group is None else self._shapes.one(group, SH.order)
        return (number(order), str(group or ""), number(self._shapes.one(shape, SH.order)))

    def _details(self, shape: Term, language: str) -> Iterator[Lane]:
        lanes = [self._lane(inner, language) for inner in self._shapes.all(shape, SH.property)]
        yield from sorted((lane for lane in lanes if lane), key=lambda lane: lane.rank[-1])

    def _qualifiers(self, shape: Term) -> Iterator[Qualifier]:
        for qualified in self._shapes.all(shape, SH.qualifiedValueShape):
            yield from self._having(qualified, negated=False)
            for denied in self._shapes.all(qualified, SH["not"]):
                yield from self._having(denied, negated=True)

    def _having(self, node: Term, *, negated: bool) -> Iterator[Qualifier]:
        for inner in [node, *self._shapes.all(node, SH.property)]:
            path, value = self._shapes.one(inner, SH.path), self._shapes.one(inner, SH.hasValue)
            place = None if path is None else self._shapes.path(path)
            if isinstance(place, Place) and value is not None:
                yield Qualifier(place, value, negated)
