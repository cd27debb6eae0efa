"""SHACL property paths (https://www.w3.org/TR/shacl/#property-paths), read from the shapes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from pyoxigraph import BlankNode, NamedNode

from graphsvc.entities.layout import Place
from graphsvc.namespaces import RDF, SH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from graphsvc.store.base import Table, Term

_DEEPEST = 8
"""How deeply paths may be nested: what is deeper is passed over."""


@dataclass(frozen=True, slots=True)
class Sequence:
    """One path after the other."""

    parts: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Alternative:
    """Any of several paths."""

    parts: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Repeated:
    """A path once or more often; ``also_none`` if it may be left out, ``once`` if not repeated."""

    part: Path
    also_none: bool
    once: bool = False


Path: TypeAlias = Place | Sequence | Alternative | Repeated


@dataclass(frozen=True, slots=True)
class Step:
    """A property somewhere on a path, and the paths that lead to it and on from it."""

    before: tuple[Path, ...]
    place: Place
    after: tuple[Path, ...]


_REPEATED = {
    SH.zeroOrMorePath: (True, False),
    SH.oneOrMorePath: (False, False),
    SH.zeroOrOnePath: (True, True),
}


class Shapes:
    """The triples of the shapes, by subject and predicate."""

    def __init__(self, rows: Table) -> None:
        self._said: dict[tuple[Term, Term], list[Term]] = defaultdict(list)
        for row in rows:
            self._said[row["shape"], row["property"]].append(row["value"])

    def all(self, subject: Term, predicate: Term) -> list[Term]:
        """Return the values of a property of a node."""
        return self._said.get((subject, predicate), [])

    def one(self, subject: Term, predicate: Term) -> Term | None:
        """Return the first value of a property of a node, or None."""
        return next(iter(self.all(subject, predicate)), None)

    def subjects(self, predicate: Term) -> Iterator[tuple[Term, Term]]:
        """Yield each node that has a property, with each value."""
        for (subject, said), found in list(self._said.items()):
            if said == predicate:
                yield from ((subject, value) for value in found)

    def path(self, node: Term, depth: int = 0) -> Path | None:
        """Return the path that a node stands for, or None if it is not well-formed."""
        if isinstance(node, NamedNode):
            return Place(node)
        if depth > _DEEPEST or not isinstance(node, BlankNode):
            return None
        if self.one(node, RDF.first) is not None:
            return self._several(Sequence, node, depth)
        alternatives = self.one(node, SH.alternativePath)
        if alternatives is not None:
            return self._several(Alternative, alternatives, depth)
        backwards = self.one(node, SH.inversePath)
        if isinstance(backwards, NamedNode):
            return Place(backwards, incoming=True)
        return self._repeated(node, depth)

    def _several(self, kind: type[Sequence | Alternative], head: Term, depth: int) -> Path | None:
        parts = [self.path(member, depth + 1) for member in self._members(head)]
        whole = tuple(part for part in parts if part is not None)
        return kind(whole) if whole and len(whole) == len(parts) else None

    def _repeated(self, node: Term, depth: int) -> Path | None:
        for predicate, (also_none, once) in _REPEATED.items():
            inner = self.one(node, predicate)
            part = None if inner is None else self.path(inner, depth + 1)
            if part is not None:
                return Repeated(part, also_none, once)
        return None

    def _members(self, head: Term) -> Iterator[Term]:
        seen: set[Term] = set()
        at: Term | None = head
        while at is not None and at != RDF.nil and at not in seen:
            seen.add(at)
            yield from self.all(at, RDF.first)
            at = self.one(at, RDF.rest)


def first_places(path: Path) -> Iterator[Place]:
    """Yield the places at which a path may begin."""
    if isinstance(path, Place):
        yield path
    elif isinstance(path, Sequence):
        yield from first_places(path.parts[0])
    elif isinstance(path, Alternative):
        for part in path.parts:
            yield from first_places(part)
    else:
        yield from first_places(path.part)


def steps(
    path: Path, before: tuple[Path, ...] = (), after: tuple[Path, ...] = ()
) -> Iterator[Step]:
    """Yield every step of a path: what it leads to has gone each of some of them."""
    if isinstance(path, Place):
        yield Step(before, path, after)
    elif isinstance(path, Sequence):
        for number, part in enumerate(path.parts):
            rest = path.parts[number + 1 :]
            yield from steps(part, (*before, *path.parts[:number]), (*rest, *after))
    elif isinstance(path, Alternative):
        for part in path.parts:
            yield from steps(part, before, after)
    else:
        again = () if path.once else (Repeated(path.part, also_none=True),)
        yield from steps(path.part, (*before, *again), (*again, *after))


def as_text(path: Path, written: Callable[[Term], str]) -> str:
    """Return a path as SPARQL writes it (https://www.w3.org/TR/sparql11-query/#propertypaths)."""
    if isinstance(path, Place):
        return ("^" if path.incoming else "") + written(path.property)
    if isinstance(path, Repeated):
        sign = "?" if path.once else "*" if path.also_none else "+"
        return f"({as_text(path.part, written)}){sign}"
    sign = "/" if isinstance(path, Sequence) else "|"
    return "(" + sign.join(as_text(part, written) for part in path.parts) + ")"
