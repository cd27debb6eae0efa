"""The order of a page, as the shapes give it: SHACL, section 2.3.2, non-validating properties.

``sh:group`` (with ``rdfs:label`` and ``sh:order``), ``sh:name`` and ``sh:order`` say what stands
where and under which name. https://www.w3.org/TR/shacl/#nonValidation
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graphsvc.entities.labels import best_of
from graphsvc.entities.model import Named
from graphsvc.entities.prologue import PROLOGUE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from graphsvc.store.base import Store, Table, Term

_SHAPES = (
    PROLOGUE
    + """
SELECT DISTINCT ?target ?path ?inverse ?name ?order ?group ?groupLabel ?groupOrder WHERE {
  ?shape sh:targetClass ?target ; sh:property ?property .
  ?property sh:path ?path .
  # What is said of some values alone is no name for all: https://www.w3.org/TR/shacl/#QualifiedValueShapeConstraintComponent
  FILTER NOT EXISTS { ?property sh:qualifiedValueShape ?some }
  OPTIONAL { ?path sh:inversePath ?inverse }
  OPTIONAL { ?property sh:name ?name }
  OPTIONAL { ?property sh:order ?order }
  OPTIONAL {
    ?property sh:group ?group .
    OPTIONAL { ?group rdfs:label ?groupLabel }
    OPTIONAL { ?group sh:order ?groupOrder }
  }
}
"""
)

# The classes that shapes target, and every class below them.
_TARGETS = (
    PROLOGUE
    + """
SELECT DISTINCT ?class ?target WHERE {
  ?shape sh:targetClass ?target .
  ?class rdfs:subClassOf* ?target .
}
"""
)

_LAST = float("inf")


@dataclass(slots=True)
class Slot:
    """Where the shapes of one class put a property, and what they call it."""

    names: set[Term] = field(default_factory=set)
    order: float = _LAST
    group: Term | None = None
    group_labels: set[Term] = field(default_factory=set)
    group_order: float = _LAST

    @property
    def rank(self) -> tuple[float, str, float]:
        """Return the key that puts slots in order, those of one group beside each other."""
        return (self.group_order, str(self.group or ""), self.order)

    def called(self, own: Named, language: str) -> Named:
        """Return a property under the name that the shape gives it, else under its own label."""
        name = best_of(self.names, language)
        return own if name is None else Named(own.term, name.value, name.language)

    def group_called(self, language: str) -> Named | None:
        """Return the group under its label, if it has one."""
        label = best_of(self.group_labels, language)
        if self.group is None or label is None:
            return None
        return Named(self.group, label.value, label.language)


class Layout:
    """The slots of every class that a shape targets."""

    def __init__(self) -> None:
        # Keyed by the target class, and by the property with its direction.
        self._slots: dict[Term, dict[Place, Slot]] = defaultdict(dict)
        self._targets: dict[Term, set[Term]] = defaultdict(set)

    @classmethod
    def read(cls, store: Store) -> Layout:
        """Return the layout that the shapes in a store describe."""
        return cls.of(store.select(_TARGETS), store.select(_SHAPES))

    @classmethod
    def of(cls, targets: Table, shapes: Table) -> Layout:
        """Return the layout of classes with their targets, and of the shapes of these."""
        layout = cls()
        for row in targets:
            layout._targets[row["class"]].add(row["target"])
        for row in shapes:
            layout._add(row)
        return layout

    def slots(self, types: Iterable[Term]) -> dict[Place, Slot]:
        """Return the slots for a thing of these types; the most special class has its way."""
        targets = {target for cls in types for target in self._targets.get(cls, ())}
        slots: dict[Place, Slot] = {}
        for target in sorted(targets, key=lambda cls: (len(self._targets[cls]), str(cls))):
            slots.update(self._slots[target])
        return slots

    def _add(self, row: Mapping[str, Term]) -> None:
        inverse = row.get("inverse")
        if inverse is None and not isinstance(row["path"], NamedNode):
            return  # A path of several steps is no property that a thing could have or lack.
        place = Place(row["path"]) if inverse is None else Place(inverse, incoming=True)
        slot = self._slots[row["target"]].setdefault(place, Slot())
        slot.order = min(slot.order, number(row.get("order")))
        slot.group = row.get("group", slot.group)
        slot.group_order = min(slot.group_order, number(row.get("groupOrder")))
        slot.names.update(term for term in (row.get("name"),) if term is not None)
        slot.group_labels.update(term for term in (row.get("groupLabel"),) if term is not None)


@dataclass(frozen=True, slots=True)
class Place:
    """A property as it is seen from a thing: with the thing as subject, or as object."""

    property: Term
    incoming: bool = False


def number(term: Term | None) -> float:
    """Return the number that a literal holds; what holds none comes last."""
    try:
        return float(term.value) if isinstance(term, Literal) else _LAST
    except ValueError:
        return _LAST
