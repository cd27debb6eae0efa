"""Queries for an engine with a default graph and no named ones, as if the default graph had a name.

Pages and documents query the graph of each fact. If files have been loaded without the name of a
graph, there would be no facts. So the default graph is also the only named graph, for the queries
of pages and of clients.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsvc import sparql
from graphsvc.remote.empty_graphs import texts_of
from graphsvc.sparql import TokenKind
from graphsvc.store.repair import Edit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

NAME = "<urn:x-arq:DefaultGraph>"
"""What the graph is called, as Jena calls it.

https://jena.apache.org/documentation/tdb/dynamic_datasets.html
"""

_GRAPH = "GRAPH"
_VARIABLES = ("?", "$")


def repairs(query: str) -> list[Edit]:
    """Return the edits that make each ``GRAPH`` of a query match the default graph."""
    return list(_edits(query)) if sparql.mentions(query, (_GRAPH,)) else []


def beside(edits: Sequence[Edit], others: Sequence[Edit]) -> list[Edit]:
    """Return edits, and those of ``others`` that do not overlap them."""
    return [*edits, *(other for other in others if not any(_meet(other, each) for each in edits))]


def _edits(query: str) -> Iterator[Edit]:
    code = sparql.code(query)
    for at, token in enumerate(code):
        if token.kind is TokenKind.WORD and token.text.upper() == _GRAPH:
            name, brace = (*texts_of(code, at + 1, 2), "", "")[:2]
            if brace != "{":
                continue
            end = code[at + 2].end
            if name.startswith(_VARIABLES):
                yield Edit(token.start, end, f"{{ VALUES {name} {{ {NAME} }} ")
            elif name == NAME:
                yield Edit(token.start, end, "{")


def _meet(one: Edit, other: Edit) -> bool:
    return one.start < other.end and other.start < one.end
