"""The inventory: a graph in the engine that lists the graphs published by this program.

The graph ``<base>graph/inventory`` has one resource, of the same IRI::

    dcterms:identifier       the id of the release; absent while a publication is under way
    dcterms:modified         when it was written
    dcterms:extent           the number of graphs in the list
    dcterms:tableOfContents  a text for each graph: its digest, its count of quads, its IRI

The IRIs of graphs are literals, not resources: otherwise the pages of passages would show the
inventory as facts about them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graphsvc.errors import PublishingError
from graphsvc.namespaces import DCTERMS, XSD, graph_iri
from graphsvc.publishing.contents import GraphContent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphsvc.publishing.engine import WritableEngine


@dataclass(frozen=True, slots=True)
class Inventory:
    """The graphs in an engine that this program published, and their contents.

    ``release`` is the id of the complete release in the engine; None if there is none.
    """

    release: str | None = None
    graphs: Mapping[str, GraphContent] = field(default_factory=dict)


def inventory_iri(base: str) -> str:
    return graph_iri(base, "inventory").value


def read(engine: WritableEngine, base: str) -> Inventory:
    """Read the inventory from the engine; it is empty if nothing was published there.

    Errors: PublishingError.
    """
    iri = NamedNode(inventory_iri(base))
    rows = engine.rows(f"SELECT ?p ?o WHERE {{ GRAPH {iri} {{ {iri} ?p ?o }} }}")
    values: dict[str, list[str]] = {}
    for prop, value in rows:
        values.setdefault(_value(prop), []).append(_value(value))
    graphs = {}
    for row in values.get(DCTERMS.tableOfContents.value, ()):
        digest, quads, graph = row.split(" ", 2)
        graphs[graph] = GraphContent(int(quads), digest)
    extent = int(values.get(DCTERMS.extent.value, ["0"])[0])
    if extent != len(graphs):
        raise PublishingError(
            f"The inventory in the engine names {extent:,} graphs, and {len(graphs):,} came.",
            remedy="The engine limits the rows of an answer. Raise that limit (in Virtuoso "
            "ResultSetMaxRows) above the number of graphs.",
        )
    return Inventory(next(iter(values.get(DCTERMS.identifier.value, ())), None), graphs)


def quads(inventory: Inventory, base: str) -> list[bytes]:
    """Return the inventory as lines of N-Quads; no lines if it is empty."""
    if inventory == Inventory():
        return []
    iri = NamedNode(inventory_iri(base))
    now = datetime.now(UTC).isoformat(timespec="seconds")
    rows = [
        (DCTERMS.modified, Literal(now, datatype=XSD.dateTime)),
        (DCTERMS.extent, Literal(str(len(inventory.graphs)))),
    ]
    if inventory.release is not None:
        rows.append((DCTERMS.identifier, Literal(inventory.release)))
    for graph, content in inventory.graphs.items():
        row = f"{content.digest} {content.quads} {graph}"
        rows.append((DCTERMS.tableOfContents, Literal(row)))
    return [f"{iri} {prop} {value} {iri} .\n".encode() for prop, value in rows]


def _value(term: object) -> str:
    return term.value if isinstance(term, NamedNode | Literal) else ""
