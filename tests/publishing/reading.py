"""Reads the content of an engine with SPARQLWrapper, and the same content from a release's file."""

from __future__ import annotations

import gzip
from collections import Counter
from typing import TYPE_CHECKING, Any

from pyoxigraph import BlankNode, Literal, RdfFormat, parse
from SPARQLWrapper import JSON, POST, SPARQLWrapper

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

_ROWS = 5000

#: A quad as text, its graph first. Blank nodes have no names, and values one form.
Row = tuple[str, str, str, str]


def rows(url: str, query: str) -> list[dict[str, dict[str, str]]]:
    """Return the solutions of a SELECT."""
    wrapper: Any = SPARQLWrapper(url)
    wrapper.setMethod(POST)
    wrapper.setReturnFormat(JSON)
    wrapper.setQuery(query)
    bindings: list[dict[str, dict[str, str]]] = wrapper.queryAndConvert()["results"]["bindings"]
    return bindings


def quads(url: str, graphs: Iterable[str]) -> Counter[Row]:
    """Return the quads of some graphs; each graph is queried by its name."""
    quad_counts: Counter[Row] = Counter()
    for graph in graphs:
        query = f"SELECT ?s ?p ?o {{ GRAPH <{graph}> {{ ?s ?p ?o }} }} LIMIT {_ROWS}"
        more, offset = rows(url, query), 0
        while more:
            quad_counts.update((graph, _of(row["s"]), _of(row["p"]), _of(row["o"])) for row in more)
            offset += len(more)
            more = rows(url, f"{query} OFFSET {offset}") if len(more) == _ROWS else []
    return quad_counts


def quads_of(dump: Path) -> Counter[Row]:
    """Return the quads of a release's file."""
    parsed = parse(gzip.decompress(dump.read_bytes()), RdfFormat.N_QUADS)
    return Counter(
        (quad.graph_name.value, *map(_text, (quad.subject, quad.predicate, quad.object)))
        for quad in parsed
    )


def names(url: str) -> set[str]:
    """Return the names of all graphs."""
    return {row["g"]["value"] for row in rows(url, "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }")}


def _of(term: Mapping[str, str]) -> str:
    if term["type"] == "bnode":
        return "_:"
    return term["value"] if term["type"] == "uri" else _plain(term["value"], term.get("xml:lang"))


def _text(term: Any) -> str:
    if isinstance(term, BlankNode):
        return "_:"
    return _plain(term.value, term.language) if isinstance(term, Literal) else str(term.value)


def _plain(value: str, language: str | None) -> str:
    """Return a literal without what engines write in their own way: its datatype, its form."""
    forms = {"true": "1.0", "false": "0.0"}
    try:
        value = str(float(value))
    except ValueError:
        value = forms.get(value, value)
    return f"{value}@{(language or '').lower()}"
