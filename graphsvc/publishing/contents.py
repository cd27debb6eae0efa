"""The quads of a release, and the count and digest of each graph."""

from __future__ import annotations

import gzip
from collections import defaultdict
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from graphsvc.publishing.nquads import BlankNodes, graph_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

_MODULUS = 1 << 128


@dataclass(frozen=True, slots=True)
class GraphContent:
    """The content of a graph: the number of its quads, and their digest in hexadecimal.

    The digest is the sum of the SHA-256 of all lines, modulo 2^128. It does not depend on the order
    of the lines, which changes with the names of blank nodes.
    """

    quads: int
    digest: str


@dataclass(frozen=True, slots=True)
class Contents:
    """The quads of a dataset; each call of ``lines`` reads them again, in bounded memory.

    ``graphs`` has the content of each graph by its IRI, ``sizes`` the bytes of its lines.
    """

    lines: Callable[[], Iterable[bytes]]
    blank_nodes: BlankNodes
    graphs: Mapping[str, GraphContent]
    sizes: Mapping[str, int]

    @classmethod
    def read(cls, lines: Callable[[], Iterable[bytes]]) -> Contents:
        """Read the contents of canonical N-Quads; ValueError if a quad is in no named graph."""
        blank_nodes = BlankNodes(lines())
        counts: defaultdict[str, int] = defaultdict(int)
        sums: defaultdict[str, int] = defaultdict(int)
        sizes: defaultdict[str, int] = defaultdict(int)
        for line in lines():
            graph = graph_of(line)
            counts[graph] += 1
            sizes[graph] += len(line)
            digest = sha256(blank_nodes.numbered(line)).digest()
            sums[graph] += int.from_bytes(digest, "big")
        graphs = {
            graph: GraphContent(count, f"{sums[graph] % _MODULUS:032x}")
            for graph, count in sorted(counts.items())
        }
        return cls(lines, blank_nodes, graphs, sizes)

    @classmethod
    def of_file(cls, path: Path) -> Contents:
        """Read the contents of a gzipped file."""
        return cls.read(lambda: _lines(path))


def _lines(path: Path) -> Iterator[bytes]:
    with gzip.open(path) as file:
        yield from file
