"""The queries of the views with examples from the served graph for their parameters."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from graphsvc.views.queries import view_queries, view_query
from graphsvc.views.thing.head import EXISTING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphsvc.queries import Param, Query
    from graphsvc.views.graph import Graph

SOME = view_query("examples/some")


def queries_with_examples(graph: Graph) -> tuple[Query, ...]:
    """Return the queries of all views.

    If the example of a parameter does not occur in the graph, a thing of the graph replaces it: one
    for the parameter's name, or else any.
    """
    queries = view_queries()
    iris = {param.example for query in queries for param in query.params.values() if _is_iri(param)}
    existing = {
        row["thing"].value
        for row in graph.rows(EXISTING.bind({"thing": map(NamedNode, sorted(iris))}))
        if isinstance(row["thing"], NamedNode)
    }
    some = {
        name: term.value
        for row in graph.rows(SOME.bind({}))
        for name, term in row.items()
        if isinstance(term, NamedNode)
    }
    return tuple(_with_examples(query, existing, some) for query in queries)


def _with_examples(query: Query, existing: set[str], some: Mapping[str, str]) -> Query:
    params = {
        name: param
        if not _is_iri(param) or param.example in existing
        else replace(param, example=some.get(name) or some.get("thing") or param.example)
        for name, param in query.params.items()
    }
    return replace(query, params=params)


def _is_iri(param: Param) -> bool:
    return param.type == "iri"
