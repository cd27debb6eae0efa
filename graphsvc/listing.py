"""Lists the IRIs of a graph with pages that a reader would look for, for the site map.

These are the subjects in the graphs of the data, whatever their IRIs: the things that passages and
editors describe, the passages and texts themselves, the concepts of the schemes, and the subjects
of RDF files. The subjects of the other graphs (shapes, derivations, example queries, the terms of
the ontology) are shown on special pages or as a part of others.

The list also decides the address of the document about an IRI: see `document_addresses`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

from graphsvc.namespaces import DERIVATIONS, NIF, graph_iri

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: A quad whose subject and graph are IRIs.
_QUAD = re.compile(rb"^<([^>]*)> [^\n]* <([^>]*)> \.$", re.MULTILINE)

#: The graphs whose things have no page that a reader would look for, by their names.
SEPARATE_GRAPHS = ("ontology", "shapes", "dataset", "inferred", DERIVATIONS, "examples")


def pages(nquads: bytes, base: str) -> bytes:
    """Return the IRIs with a page, one a line, in the order of their bytes.

    ``nquads`` are sorted, one quad a line. A graph with an IRI elsewhere has a page too.
    """
    separate, base_bytes = _separate_graphs(base), base.encode()
    graphs: set[bytes] = set()
    subjects: list[bytes] = []
    last = b""
    for line in _QUAD.finditer(nquads):
        subject, graph = line.groups()
        graphs.add(graph)
        if subject != last and graph not in separate:
            last = subject
            subjects.append(subject)
    elsewhere = (graph for graph in graphs if not graph.startswith(base_bytes))
    return b"".join(iri + b"\n" for iri in sorted({*subjects, *elsewhere}))


def documents(nquads: bytes, base: str) -> bytes:
    """Return the IRIs, one a line, of documents that show their parts, listed or not.

    A part has an IRI with a fragment: a term of the ontology, a part of the dataset, a derivation,
    a claim of a passage.
    """
    base_bytes = base.encode()
    iris = {
        subject.partition(b"#")[0]
        for graph in _separate_graphs(base)
        for subject in _subjects_in(nquads, graph)
        if b"#" in subject and subject.startswith(base_bytes)
    }
    if NIF.referenceContext.value.encode() in nquads:
        iris.update(line[2] for line in _QUAD.finditer(nquads) if line[2].startswith(base_bytes))
    return b"".join(iri + b"\n" for iri in sorted(iris))


def _subjects_in(nquads: bytes, graph: bytes) -> Iterator[bytes]:
    """Yield the IRI of each subject in a graph; most graphs have few lines."""
    ending = b" <" + graph + b"> .\n"
    at = nquads.find(ending)
    while at >= 0:
        start = nquads.rfind(b"\n", 0, at) + 1
        if nquads.startswith(b"<", start):
            yield nquads[start + 1 : nquads.index(b">", start)]
        at = nquads.find(ending, at + 1)


def _separate_graphs(base: str) -> set[bytes]:
    return {graph_iri(base, name).value.encode() for name in SEPARATE_GRAPHS}


class Listing:
    """Sorted IRIs, one a line, with look-ups in the bytes: there may be millions of them."""

    def __init__(self, lines: bytes = b"") -> None:
        self._lines = lines

    @classmethod
    def open(cls, path: Path) -> Listing:
        """Read the list of a file into memory, which the workers share.

        A memory mapping would take less memory, but if the file is truncated, each worker that
        reads it dies (SIGBUS), and if it is overwritten, addresses are wrong.
        """
        return cls(path.read_bytes())

    def __contains__(self, iri: str) -> bool:
        line = iri.encode("utf-8", "surrogatepass") + b"\n"
        start = self._first(line)
        return self._lines[start : start + len(line)] == line

    def __iter__(self) -> Iterator[str]:
        return self.beginning_with("")

    def beginning_with(self, text: str, start: int = 0) -> Iterator[str]:
        """Yield the IRIs that begin with a text; the first ``start`` are skipped."""
        beginning = text.encode()
        at = self._first(beginning)
        while self._lines[at : at + len(beginning)] == beginning and at < len(self._lines):
            end = self._lines.find(b"\n", at)
            if start:
                start -= 1
            else:
                yield self._lines[at:end].decode()
            at = end + 1

    def count(self, text: str) -> int:
        """Return how many IRIs begin with a text."""
        # No byte of a text in UTF-8 is 0xff.
        beginning = text.encode()
        span = self._lines[self._first(beginning) : self._first(beginning + b"\xff")]
        return span.count(b"\n")

    def _first(self, line: bytes) -> int:
        """Return the offset of the first line that is not less than a line."""
        size = len(self._lines)
        at = bisect_left(range(size), line, key=self._line_at)
        return self._start(at) if at < size else size

    def _line_at(self, offset: int) -> bytes:
        start = self._start(offset)
        return self._lines[start : self._lines.find(b"\n", offset) + 1]

    def _start(self, offset: int) -> int:
        return self._lines.rfind(b"\n", 0, offset) + 1


def listing_of(*iris: str) -> Listing:
    """Return the list of some IRIs."""
    return Listing(b"".join(sorted(iri.encode() + b"\n" for iri in iris)))
