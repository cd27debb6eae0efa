"""The order of a page, from the shapes: SHACL, section 2.3.2, non-validating properties.

``sh:group`` (with ``rdfs:label`` and ``sh:order``), ``sh:name`` and ``sh:order`` give the group,
the name and the position of a property. https://www.w3.org/TR/shacl/#nonValidation

``dash:propertyRole dash:KeyInfoRole`` marks a key property, which comes first on a page and in a
table; its path may be inverse (``sh:inversePath``). https://datashapes.org/propertyroles.html
``sh:labelTemplate`` of a node shape is the template of the first sentence on the page of a thing.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from graphsvc.namespaces import DASH, RDFS, SKOS
from graphsvc.views.labels import best_of
from graphsvc.views.model import Named
from graphsvc.views.values import LAST, as_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pyoxigraph import Literal

    from graphsvc.store.base import Table, Term
    from graphsvc.views.queries import Row

#: The properties whose values are the heading of a page.
LABELLING = frozenset({RDFS.label, SKOS.prefLabel})


@dataclass(frozen=True, slots=True)
class PropertyRef:
    """A property and its direction: the thing is the subject, or (``incoming``) the object."""

    property: Term
    incoming: bool = False


@dataclass(slots=True)
class PropertyShape:
    """What the shapes of one class say about a property: its group, order and names."""

    names: set[Term] = field(default_factory=set)
    order: float = LAST
    group: Term | None = None
    group_labels: set[Term] = field(default_factory=set)
    group_order: float = LAST
    is_key: bool = False

    @property
    def rank(self) -> tuple[float, str, float]:
        """Return the sort key of the property; those of one group stand together."""
        return (self.group_order, str(self.group or ""), self.order)

    def name(self, own: Named, language: str) -> Named:
        """Return a property with its name from the shape, or else with its own label."""
        name = best_of(self.names, language)
        return own if name is None else Named(own.term, name.value, name.language)

    def group_name(self, language: str) -> Named | None:
        """Return the group with its label, if it has one."""
        label = best_of(self.group_labels, language)
        if self.group is None or label is None:
            return None
        return Named(self.group, label.value, label.language)

    def add(self, row: Row) -> None:
        """Add the values of a row."""
        self.order = min(self.order, as_number(row.get("order")))
        self.group = row.get("group", self.group)
        self.group_order = min(self.group_order, as_number(row.get("groupOrder")))
        self.is_key = self.is_key or row.get("role") == DASH.KeyInfoRole
        if "name" in row:
            self.names.add(row["name"])
        if "groupLabel" in row:
            self.group_labels.add(row["groupLabel"])


class Layout:
    """The property shapes of every class that is a target of a shape."""

    def __init__(self, targets: Table, shapes: Table, templates: Table) -> None:
        """Take the classes with the targets at or above them, and the shapes of these targets."""
        self._templates: dict[Term, set[Term]] = defaultdict(set)
        for row in templates:
            self._templates[row["target"]].add(row["template"])
        self._targets: dict[Term, set[Term]] = defaultdict(set)
        self._shapes: dict[Term, dict[PropertyRef, PropertyShape]] = defaultdict(dict)
        for row in targets:
            self._targets[row["class"]].add(row["target"])
        for row in shapes:
            ref = _property_of(row)
            if ref is not None:
                self._shapes[row["target"]].setdefault(ref, PropertyShape()).add(row)

    def shapes(self, types: Iterable[Term]) -> dict[PropertyRef, PropertyShape]:
        """Return the shapes for a thing of these types; the most specific class decides."""
        shapes: dict[PropertyRef, PropertyShape] = {}
        for target in self._targets_of(types):
            for ref, shape in self._shapes[target].items():
                general = shapes.get(ref)
                # A key property of a class is one of its subclasses too.
                is_key = shape.is_key or (general is not None and general.is_key)
                shapes[ref] = replace(shape, is_key=is_key)
        return shapes

    def key_properties(self, types: Iterable[Term]) -> tuple[PropertyRef, ...]:
        """Return the key properties for a thing of these types, in order."""
        shapes = self.shapes(types)
        keys = (ref for ref, shape in shapes.items() if shape.is_key)
        return tuple(sorted(keys, key=lambda ref: (shapes[ref].rank, str(ref.property))))

    def expected_properties(self, types: Iterable[Term]) -> Iterator[Term]:
        """Yield the properties that the shapes for a thing of these types name, without labels."""
        for ref, shape in self.shapes(types).items():
            if shape.names and not ref.incoming and ref.property not in LABELLING:
                yield ref.property

    def templates(self, types: Iterable[Term], languages: str) -> Iterator[Literal]:
        """Yield the sentence templates for a thing, that of the most specific class first."""
        for target in reversed(self._targets_of(types)):
            template = best_of(self._templates.get(target, ()), languages)
            if template is not None:
                yield template

    def _targets_of(self, types: Iterable[Term]) -> list[Term]:
        """Return the classes with shapes at or above some types, the most general first."""
        targets = {target for cls in types for target in self._targets.get(cls, ())}
        return sorted(targets, key=lambda cls: (len(self._targets[cls]), str(cls)))


def _property_of(row: Row) -> PropertyRef | None:
    """Return the property that a shape describes; None for a path of several steps."""
    if "inverse" in row:
        return PropertyRef(row["inverse"], incoming=True)
    return PropertyRef(row["path"]) if isinstance(row["path"], NamedNode) else None
