"""Lines of canonical N-Quads, and the groups of lines that must go in one request.

A release's file has one quad on a line, with one space between its terms
(https://www.w3.org/TR/rdf12-n-quads/#canonical-quads), so no parser is needed to split a line.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

# Text that looks like a blank node within a string or an IRI is not one.
_TOKENS = re.compile(rb'"(?:[^"\\]|\\.)*"|<[^<>\s]*>|_:[^\s<>"]+')


def graph_of(line: bytes) -> str:
    """Return the IRI of the graph of a quad. Errors: ValueError for the default graph."""
    start = line.rindex(b" <") + 2
    if not line.endswith(b"> .\n"):
        raise ValueError(f"{line[:80]!r} is no quad of a named graph")
    return line[start:-4].decode()


def triple_of(line: bytes) -> bytes:
    """Return the subject, predicate and object of a quad, with spaces between them."""
    return line[: line.rindex(b" <")]


def move_to_graph(line: bytes, names: Mapping[str, str]) -> bytes:
    """Return the quad in another graph if ``names`` has one for its graph."""
    other = names.get(graph_of(line))
    return line if other is None else b"%b <%b> .\n" % (triple_of(line), other.encode())


def blank_nodes(line: bytes) -> list[bytes]:
    """Return the blank nodes of a line, in their order."""
    if b"_:" not in line:
        return []
    return [token for token in _TOKENS.findall(line) if token.startswith(b"_:")]


def rename_blank_nodes(line: bytes, name: Callable[[bytes], bytes]) -> bytes:
    """Return the line with other names for its blank nodes."""

    def other(match: re.Match[bytes]) -> bytes:
        return name(match[0]) if match[0].startswith(b"_:") else match[0]

    return _TOKENS.sub(other, line) if b"_:" in line else line


class BlankNodes:
    """The blank nodes of a dataset: which are in the same quad, and which graphs share one.

    The name of a blank node is valid within one request only. So all quads that are connected by
    blank nodes, an *island*, go in one request, and all graphs that are connected by them, a
    *family*, are replaced together. ``graphs`` are those that have blank nodes.
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
        """Return the name of the island of a quad; empty if it has no blank node."""
        nodes = blank_nodes(line)
        return self._islands.of(nodes[0].decode()) if nodes else ""

    def family(self, graph: str) -> str:
        """Return the name of the family of a graph: the graphs that share blank nodes with it."""
        return self._families.of(graph)

    def numbered(self, line: bytes) -> bytes:
        """Return a quad whose blank nodes are named by their number within the family.

        The order of canonical names within a family does not depend on other graphs: it is the
        order of hashes over a node's quads, which include the graph
        (https://www.w3.org/TR/rdf-canon/#canon-algorithm). So these names are canonical too.
        """
        return rename_blank_nodes(line, lambda node: b"_:%d" % self._numbers[node.decode()])

    def _numbered(self, nodes: Iterable[str]) -> dict[str, int]:
        numbers: dict[str, int] = {}
        last: dict[str, int] = {}
        # Shorter names go first, so that c14n10 follows c14n9.
        for node in sorted(nodes, key=lambda node: (len(node), node)):
            family = self._families.of(node)
            numbers[node] = last[family] = last.get(family, -1) + 1
        return numbers


class _Partition:
    """Members that are joined into sets; one member represents each set.

    https://en.wikipedia.org/wiki/Disjoint-set_data_structure
    """

    def __init__(self) -> None:
        self._parents: dict[str, str] = {}

    def of(self, member: str) -> str:
        """Return the member that represents the set of this one."""
        parents = self._parents
        while (parent := parents.get(member, member)) != member:
            # Path halving makes the next look-up faster.
            parents[member] = parents.get(parent, parent)
            member = parent
        return member

    def join(self, one: str, other: str) -> None:
        """Join the sets of two members."""
        self._parents[self.of(one)] = self.of(other)
