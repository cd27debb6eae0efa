"""SHACL property paths (https://www.w3.org/TR/shacl/#property-paths), read from the shapes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from pyoxigraph import BlankNode, NamedNode

from graphsvc.namespaces import RDF, SH
from graphsvc.views.layout import PropertyRef

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from graphsvc.store.base import Term
    from graphsvc.views.queries import Row

_DEEPEST = 8
"""The most levels of nested paths: deeper ones are ignored."""


@dataclass(frozen=True, slots=True)
class SequencePath:
    """One path after the other."""

    parts: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class AlternativePath:
    """Any of several paths."""

    parts: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class RepeatedPath:
    """A repeated path; ``also_none`` if zero repetitions match, ``once`` if one is the most."""

    part: Path
    also_none: bool
    once: bool = False


Path: TypeAlias = PropertyRef | SequencePath | AlternativePath | RepeatedPath

_REPEATED = {
    SH.zeroOrMorePath: (True, False),
    SH.oneOrMorePath: (False, False),
    SH.zeroOrOnePath: (True, True),
}


class Shapes:
    """The triples of the shapes, by subject and predicate."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._triples: dict[tuple[Term, Term], list[Term]] = defaultdict(list)
        for row in rows:
            self._triples[row["shape"], row["property"]].append(row["value"])

    def all(self, subject: Term, predicate: Term) -> list[Term]:
        """Return the values of a property of a node."""
        return self._triples.get((subject, predicate), [])

    def one(self, subject: Term, predicate: Term) -> Term | None:
        """Return the first value of a property of a node, or None."""
        return next(iter(self.all(subject, predicate)), None)

    def subjects(self, predicate: Term) -> Iterator[tuple[Term, Term]]:
        """Yield each node that has a property, with each value."""
        for (subject, each), values in self._triples.items():
            if each == predicate:
                yield from ((subject, value) for value in values)

    def path(self, node: Term, depth: int = 0) -> Path | None:
        """Return the path that a node stands for, or None if it is not well-formed."""
        if isinstance(node, NamedNode):
            return PropertyRef(node)
        if depth > _DEEPEST or not isinstance(node, BlankNode):
            return None
        if self.one(node, RDF.first) is not None:
            return self._several(SequencePath, node, depth)
        alternatives = self.one(node, SH.alternativePath)
        if alternatives is not None:
            return self._several(AlternativePath, alternatives, depth)
        inverse = self.one(node, SH.inversePath)
        if isinstance(inverse, NamedNode):
            return PropertyRef(inverse, incoming=True)
        return self._repeated(node, depth)

    def _several(
        self, kind: type[SequencePath | AlternativePath], head: Term, depth: int
    ) -> Path | None:
        parts = [self.path(member, depth + 1) for member in self._members(head)]
        whole = tuple(part for part in parts if part is not None)
        return kind(whole) if whole and len(whole) == len(parts) else None

    def _repeated(self, node: Term, depth: int) -> Path | None:
        for predicate, (also_none, once) in _REPEATED.items():
            inner = self.one(node, predicate)
            part = None if inner is None else self.path(inner, depth + 1)
            if part is not None:
                return RepeatedPath(part, also_none, once)
        return None

    def _members(self, head: Term) -> Iterator[Term]:
        visited: set[Term] = set()
        at: Term | None = head
        while at is not None and at != RDF.nil and at not in visited:
            visited.add(at)
            yield from self.all(at, RDF.first)
            at = self.one(at, RDF.rest)
