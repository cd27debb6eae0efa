"""Which things of a graph have a page that a reader would look for: the ground of the site map.

They are what stands in the graphs of the data: what the passages and the editors speak of, the
passages and texts themselves, the concepts of the schemes, and what RDF files say. What stands in
the other graphs (shapes, derivations, example queries, the terms of the ontology) is shown on pages
of its own or as a part of others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsvc.namespaces import graph_iri
from graphsvc.store import pieces

if TYPE_CHECKING:
    from collections.abc import Iterator

_APART = ("ontology", "shapes", "dataset", "inferred", "examples")


def pages(nquads: bytes, base: str) -> bytes:
    """Return the IRIs of the things with a page, one a line, in order.

    ``nquads`` are sorted, one quad a line. A thing whose IRI has a fragment is a part of another's
    page.
    """
    return b"".join(dict.fromkeys(_pages(nquads, base)))


def _pages(nquads: bytes, base: str) -> Iterator[bytes]:
    ours = f"<{base}".encode()
    apart = {f" {graph_iri(base, name)} .\n".encode() for name in _APART}
    for line in pieces.lines(nquads):
        graph = line[line.rindex(b" <") :]
        subject = line[1 : line.index(b">")] if line.startswith(ours) else b"#"
        if b"#" not in subject and graph not in apart:
            yield subject + b"\n"
