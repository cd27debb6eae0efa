"""Why an answer is empty: what in the query has no match in this graph, and what is near.

It asks the store small questions, a bounded number of them, each under the store's own deadline:
every triple pattern by itself, then the patterns joined one after the other. What it cannot look
at it says so of.

SPARQL 1.1 Query Results JSON Format has a ``head`` and a ``results`` and leaves no room for other
members (https://www.w3.org/TR/sparql11-results-json/#json-result-object), and its ``link`` is for
documents about the results. So an explanation is a resource of its own, and an answer stays what
every client expects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsvc.explain.examine import examine
from graphsvc.explain.model import Explanation, Kind, Note, Reason, Unexamined
from graphsvc.explain.terms import UnknownTerm, unknown_terms
from graphsvc.store.base import UNION

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphsvc.store.base import GraphSelection, Store

__all__ = [
    "Explanation",
    "Kind",
    "Note",
    "Reason",
    "Unexamined",
    "UnknownTerm",
    "explain_empty",
    "unknown_terms",
]


def explain_empty(
    store: Store,
    query: str,
    graphs: GraphSelection = UNION,
    prefixes: Mapping[str, str] | None = None,
) -> Explanation:
    """Return why a query has no answer, or that it has one.

    ``graphs`` is the dataset of the request, ``prefixes`` are those that queries may leave out.
    A SELECT whose aggregates make a row of nothing counts as empty. Errors: QuerySyntaxError,
    ForbiddenOperation and StoreError, as for the query itself.
    """
    return examine(store, query, graphs, prefixes or {})
