"""Lines of canonical N-Quads, and which of them have to travel together.

A release's file has one quad a line, with one space between its terms
(https://www.w3.org/TR/rdf12-n-quads/#canonical-quads), so a line is taken apart without a parser.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

# What looks like a blank node within a string or an IRI is none.
_TOKENS = re.compile(rb'"(?:[^"\\]|\\.)*"|<[^<>\s]*>|_:[^\s<>"]+')


def graph_of(line: bytes) -> str:
    """Return the IRI of the graph of a quad; ValueError if it stands in the default graph."""
    start = line.rindex(b" <") + 2
    if not line.endswith(b"> .\n"):
        raise ValueError(f"{line[:80]!r} is no quad of a named graph")
    return line[start:-4].decode()


def triple_of(line: bytes) -> bytes:
    """Return the subject, predicate and object of a quad, with spaces between them."""
    return line[: line.rindex(b" <")]


def moved(line: bytes, names: Mapping[str, str]) -> bytes:
    """Return the quad in the graph that ``names`` has for its own, if it has one."""
    other = names.get(graph_of(line))
    return line if other is None else b"%b <%b> .\n" % (triple_of(line), other.encode())


def blank_nodes(line: bytes) -> list[bytes]:
    """Return the blank nodes of a line, in the order in which they stand."""
    if b"_:" not in line:
        return []
    return [token for token in _TOKENS.findall(line) if token.startswith(b"_:")]


def renamed(line: bytes, name: Callable[[bytes], bytes]) -> bytes:
    """Return the line with other names for its blank nodes."""

    def other(match: re.Match[bytes]) -> bytes:
        return name(match[0]) if match[0].startswith(b"_:") else match[0]

    return _TOKENS.sub(other, line) if b"_:" in line else line


class BlankNodes:
    """The blank nodes of a dataset: which stand in one quad, and which graphs share one.

    The name of a blank node means something within one request only. So all quads that hang
    together by blank nodes, an *island*, go in one request, and all graphs that hang together so
    are replaced together. ``graphs`` are those in which blank nodes stand.
    """

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._islands = _Partition()
        self._families = _Partition()
        self.graphs: set[str] = set()
        nodes: set[str] = set()
        for line in lines:
            names = [node.decode() for node in blank_nodes(line)]
            if names:
                self.graphs.add(graph_of(line))
            for name in names:
                self._islands.join(name, names[0])
                self._families.join(name, graph_of(line))
            nodes.update(names)
        self._numbers = self._numbered(nodes)

    def island(self, line: bytes) -> str:
        """Return the name of the island of a quad; an empty one if it has no blank node."""
        nodes = blank_nodes(line)
        return self._islands.of(nodes[0].decode()) if nodes else ""

    def family(self, graph: str) -> str:
        """Return what is the same for all graphs that share blank nodes with this one."""
        return self._families.of(graph)

    def numbered(self, line: bytes) -> bytes:
        """Return a quad with its blank nodes called by their number within the family.

        The order of canonical names within a family depends on nothing outside of it: the names
        are given in the order of hashes over a node's quads, which have their graph in them
        (https://www.w3.org/TR/rdf-canon/#canon-algorithm). So these names are canonical too.
        """
        return renamed(line, lambda node: b"_:%d" % self._numbers[node.decode()])

    def _numbered(self, nodes: Iterable[str]) -> dict[str, int]:
        numbers: dict[str, int] = {}
        last: dict[str, int] = {}
        # The tenth name follows the ninth, as it was given.
        for node in sorted(nodes, key=lambda node: (len(node), node)):
            family = self._families.of(node)
            numbers[node] = last[family] = last.get(family, -1) + 1
        return numbers


class _Partition:
    """Things that are joined into sets, each of which goes by one of its members.

    https://en.wikipedia.org/wiki/Disjoint-set_data_structure
    """

    def __init__(self) -> None:
        self._parents: dict[str, str] = {}

    def of(self, member: str) -> str:
        """Return the member by which the set of this one goes."""
        parents = self._parents
        while (parent := parents.get(member, member)) != member:
            # The path is halved, so that the next way is shorter.
            parents[member] = parents.get(parent, parent)
            member = parent
        return member

    def join(self, one: str, other: str) -> None:
        """Make one set of those of two members."""
        self._parents[self.of(one)] = self.of(other)
