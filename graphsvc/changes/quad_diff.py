"""The difference of two sorted files of canonical N-Quads, read side by side, line by line.

The memory does not grow with the files, except for statements with blank nodes: names of blank
nodes are local to a file, so these statements are collected and compared by their content.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphsvc.changes.rebasing import rebase_lines
from graphsvc.namespaces import NIF, Rebase

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from graphsvc.release import Release

REMOVED = -1
ADDED = 1

# A subject, a predicate, an object and a graph, as canonical N-Quads writes them.
# https://www.w3.org/TR/rdf12-n-quads/#canonical-quads
_QUAD = re.compile(r"(<[^>]*>|_:\S+) (<[^>]*>) (.*) (<[^>]*>|_:\S+) \.", re.DOTALL)
_IN_TEXT = f" {NIF.referenceContext} ".encode()


@dataclass(frozen=True, slots=True)
class Statement:
    """A quad, each of its terms as N-Triples writes it."""

    subject: str
    predicate: str
    object: str
    graph: str

    @classmethod
    def read(cls, line: bytes) -> Statement:
        """Read a line; ValueError if it is no quad of a named graph."""
        match = _QUAD.fullmatch(line.decode("utf-8").rstrip("\n"))
        if match is None:
            raise ValueError(f"{line[:80]!r} is no quad")
        return cls(*match.groups())

    @property
    def has_blank_node(self) -> bool:
        """Tell whether the subject or the object is a blank node."""
        return self.subject.startswith("_:") or self.object.startswith("_:")


class QuadDiff:
    """The changes from the quads of one release to those of another, in order.

    The quads of both have their IRIs under ``base``. ``passages`` are the graphs that are passages
    in either release; the set is complete at the end of ``changes``.
    """

    def __init__(self, before: Release, after: Release, base: str) -> None:
        self.passages: set[str] = set()
        self._before = before
        self._after = after
        self._base = base

    def changes(self) -> Iterator[tuple[int, Statement]]:
        """Yield each statement that only one of the files has: ``REMOVED`` or ``ADDED``."""
        deferred: dict[int, list[Statement]] = {REMOVED: [], ADDED: []}
        with gzip.open(self._before.dump) as before, gzip.open(self._after.dump) as after:
            old = self._without_blank_nodes(
                self._under_base(before, self._before), deferred[REMOVED]
            )
            new = self._without_blank_nodes(self._under_base(after, self._after), deferred[ADDED])
            for sign, line in _differences(old, new):
                yield sign, Statement.read(line)
        yield from _differences_by_content(deferred[REMOVED], deferred[ADDED])

    def _under_base(self, lines: Iterable[bytes], release: Release) -> Iterable[bytes]:
        return (
            lines
            if release.base == self._base
            else rebase_lines(lines, Rebase(release.base, self._base))
        )

    def _without_blank_nodes(
        self, lines: Iterable[bytes], deferred: list[Statement]
    ) -> Iterator[bytes]:
        """Yield the lines without blank nodes; append the others to ``deferred``."""
        for line in lines:
            if line.startswith(b"_:") or b"> _:" in line:
                statement = Statement.read(line)
                if statement.has_blank_node:
                    deferred.append(statement)
                    continue
            if _IN_TEXT in line:
                self.passages.add(Statement.read(line).subject)
            yield line


def _differences(before: Iterator[bytes], after: Iterator[bytes]) -> Iterator[tuple[int, bytes]]:
    """Merge two sorted sequences of lines; yield the lines that only one of them has."""
    old, new = next(before, None), next(after, None)
    while old is not None or new is not None:
        if old == new:
            old, new = next(before, None), next(after, None)
        elif new is None or (old is not None and old < new):
            yield REMOVED, old or b""
            old = next(before, None)
        else:
            yield ADDED, new
            new = next(after, None)


def _differences_by_content(
    before: list[Statement], after: list[Statement]
) -> Iterator[tuple[int, Statement]]:
    old, new = set(_with_content_names(before)), set(_with_content_names(after))

    def order(statement: Statement) -> tuple[str, str, str, str]:
        return (statement.subject, statement.predicate, statement.object, statement.graph)

    for sign, statements in ((REMOVED, old - new), (ADDED, new - old)):
        for statement in sorted(statements, key=order):
            yield sign, statement


def _with_content_names(statements: Iterable[Statement]) -> Iterator[Statement]:
    """Name each blank node by a digest of its statements, so that equal nodes have equal names."""
    about: dict[str, list[Statement]] = {}
    statements = list(statements)
    for statement in statements:
        for term in (statement.subject, statement.object):
            if term.startswith("_:"):
                about.setdefault(term, [])
        if statement.subject.startswith("_:"):
            about[statement.subject].append(statement)
    names: dict[str, str] = {}
    for node in about:
        _name(node, about, names)

    def moved(term: str) -> str:
        return names.get(term, term)

    for each in statements:
        yield Statement(moved(each.subject), each.predicate, moved(each.object), each.graph)


def _name(node: str, about: dict[str, list[Statement]], names: dict[str, str]) -> None:
    """Name a node by a digest of the nodes it leads to; no recursion, because lists are long."""
    stack = [node]
    open_nodes: set[str] = set()
    while stack:
        at = stack[-1]
        if at in names:
            stack.pop()
            continue
        missing = [
            each.object
            for each in about[at]
            if each.object in about and each.object not in names and each.object not in open_nodes
        ]
        if missing and at not in open_nodes:
            open_nodes.add(at)
            stack += [term for term in dict.fromkeys(missing) if term != at]
            continue
        stack.pop()
        open_nodes.discard(at)
        # A cycle has no beginning: the node that closes it counts as any blank node.
        descriptions = sorted(
            f"{each.predicate} {_name_of(each.object, names)} {each.graph}" for each in about[at]
        )
        digest = hashlib.sha256("\n".join(descriptions).encode()).hexdigest()
        names[at] = f"_:b{digest[:24]}"


def _name_of(term: str, names: dict[str, str]) -> str:
    return names.get(term, "_:" if term.startswith("_:") else term)
