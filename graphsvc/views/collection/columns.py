"""The columns of tables and comparisons, from the property shapes of the classes.

A column of a table, or a row of a comparison, comes from a property shape with a name
(``sh:name``): a property, or a path of several steps. With ``sh:qualifiedValueShape`` the column
shows only the values that have the required value (or, under ``sh:not``, do not have it). Inner
shapes (``sh:property``) are the details of each value. https://www.w3.org/TR/shacl/#nonValidation,
https://www.w3.org/TR/shacl/#QualifiedValueShapeConstraintComponent
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from math import inf
from typing import TYPE_CHECKING

from graphsvc.namespaces import DASH, RDFS, SH
from graphsvc.phrases import Phrase
from graphsvc.views.collection.paths import Path, Shapes
from graphsvc.views.labels import best
from graphsvc.views.layout import LABELLING, PropertyRef
from graphsvc.views.queries import view_query
from graphsvc.views.values import as_number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from graphsvc.queries import BoundQuery
    from graphsvc.store.base import Table, Term
    from graphsvc.views.terms import Terms

SHAPES = view_query("collection/shapes")

_CACHE_SIZE = 1_000
"""The entries of each cache of columns."""


@dataclass(frozen=True, slots=True)
class Qualifier:
    """A filter of values: those with a value of a property, or (``negated``) those without it."""

    ref: PropertyRef
    value: Term
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A property or a path with its name; ``id`` is its name in addresses."""

    id: PropertyRef
    path: Path
    name: str
    group: str = ""
    definition: str = ""
    rank: tuple[float, str, float] = (0.0, "", 0.0)
    qualifiers: tuple[Qualifier, ...] = ()
    details: tuple[Column, ...] = ()
    is_key: bool = False
    """Whether a shape marks it as key property (https://datashapes.org/propertyroles.html)."""

    @property
    def is_plain(self) -> bool:
        """Tell whether the column is a single property without qualifiers."""
        return isinstance(self.path, PropertyRef) and not self.qualifiers


class Columns:
    """The columns that the shapes define for every class."""

    def __init__(self, terms: Terms, rows: Callable[[BoundQuery], Table]) -> None:
        self._terms = terms
        self._shapes = Shapes(rows(SHAPES.bind({})))
        self._of_target: dict[Term, list[Term]] = {}
        for shape, target in self._shapes.subjects(SH.targetClass):
            self._of_target.setdefault(target, []).extend(self._shapes.all(shape, SH.property))
        # A release has few shapes, and every page needs some of them.
        self._column = lru_cache(_CACHE_SIZE)(self._read)
        self._of = lru_cache(_CACHE_SIZE)(self._lay_out)
        self.plain = lru_cache(_CACHE_SIZE)(self._plain)

    def of(self, classes: Iterable[Term], languages: str) -> tuple[Column, ...]:
        """Return the columns for things of all these classes; the most specific one decides."""
        return self._of(frozenset(classes), languages)

    def _plain(self, ref: PropertyRef, languages: str) -> Column:
        """Return the column of a property without a shape."""
        name = self._terms.named(ref.property, languages).label
        if ref.incoming:
            name = Phrase("%(property)s (of)", property=name)
        return Column(ref, ref, name, definition=self._definition(ref, languages))

    def _lay_out(self, classes: frozenset[Term], languages: str) -> tuple[Column, ...]:
        targets = {target for cls in classes for target in self._targets(cls)}
        columns: dict[Path, Column] = {}
        keys = set(self._terms.layout.key_properties(classes))
        for target in sorted(targets, key=lambda cls: (len(self._targets(cls)), str(cls))):
            for shape in sorted(self._of_target.get(target, ()), key=str):
                column = self._column(shape, languages)
                if column is not None and column.id.property not in LABELLING:
                    column = replace(column, is_key=column.is_key or column.path in keys)
                    columns[column.id if column.is_plain else PropertyRef(shape)] = column
        return tuple(sorted(columns.values(), key=lambda each: (each.rank, each.name)))

    def _targets(self, cls: Term) -> set[Term]:
        """Return the classes with a shape among a class and its superclasses."""
        return {cls, *self._terms.superclasses(cls)} & self._of_target.keys()

    def _definition(self, ref: PropertyRef, languages: str) -> str:
        return self._terms.definition(ref.property, languages)

    def _read(self, shape: Term, languages: str) -> Column | None:
        node = self._shapes.one(shape, SH.path)
        path = None if node is None else self._shapes.path(node)
        name = best(self._shapes.all(shape, SH.name), languages)
        if path is None or not name:
            return None
        qualifiers = tuple(self._qualifiers(shape))
        at = path if isinstance(path, PropertyRef) and not qualifiers else PropertyRef(shape)
        group = self._shapes.one(shape, SH.group)
        return Column(
            id=at,
            path=path,
            name=name,
            group="" if group is None else best(self._shapes.all(group, RDFS.label), languages),
            definition=best(self._shapes.all(shape, SH.description), languages)
            or self._definition(at, languages),
            rank=self._rank(shape, group),
            qualifiers=qualifiers,
            details=tuple(self._details(shape, languages)),
            is_key=DASH.KeyInfoRole in self._shapes.all(shape, DASH.propertyRole),
        )

    def _rank(self, shape: Term, group: Term | None) -> tuple[float, str, float]:
        order = inf if group is None else as_number(self._shapes.one(group, SH.order))
        return (order, str(group or ""), as_number(self._shapes.one(shape, SH.order)))

    def _details(self, shape: Term, languages: str) -> Iterator[Column]:
        inner = [self._column(each, languages) for each in self._shapes.all(shape, SH.property)]
        yield from sorted((each for each in inner if each), key=lambda each: each.rank[-1])

    def _qualifiers(self, shape: Term) -> Iterator[Qualifier]:
        for qualified in self._shapes.all(shape, SH.qualifiedValueShape):
            yield from self._qualifiers_of(qualified, negated=False)
            for denied in self._shapes.all(qualified, SH["not"]):
                yield from self._qualifiers_of(denied, negated=True)

    def _qualifiers_of(self, node: Term, *, negated: bool) -> Iterator[Qualifier]:
        for inner in [node, *self._shapes.all(node, SH.property)]:
            path, value = self._shapes.one(inner, SH.path), self._shapes.one(inner, SH.hasValue)
            ref = None if path is None else self._shapes.path(path)
            if isinstance(ref, PropertyRef) and value is not None:
                yield Qualifier(ref, value, negated)


class PlainColumns(dict[PropertyRef, Column]):
    """The plain columns among some, in order; another property gets its own plain column."""

    def __init__(self, among: Iterable[Column], plain: Callable[[PropertyRef], Column]) -> None:
        super().__init__((column.id, column) for column in among if column.is_plain)
        self._plain = plain

    def __missing__(self, ref: PropertyRef) -> Column:
        """Return the column of a property without a shape."""
        return self._plain(ref)
