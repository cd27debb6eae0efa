"""The queries of the views with examples for their parameters that the served graph knows."""

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

    Where the graph does not know the example of a parameter, it is a thing that the graph has: the
    one that is found under the parameter's name, else any.
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
