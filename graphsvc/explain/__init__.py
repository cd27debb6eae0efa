"""Why an answer is empty: what in the query has no match in this graph, and what is similar.

A bounded number of small queries goes to the store, each under its own deadline: every triple
pattern by itself, then the patterns joined one after the other. The explanation lists what was not
examined.

SPARQL 1.1 Query Results JSON Format has a ``head`` and a ``results`` and leaves no room for other
members (https://www.w3.org/TR/sparql11-results-json/#json-result-object), and its ``link`` is for
documents about the results. So an explanation is a resource of its own, and an answer stays what
every client expects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsvc.explain.examine import examine
from graphsvc.explain.model import Explanation, OmissionNote, Reason, ReasonKind, Unexamined
from graphsvc.explain.terms import UnknownTerm, unknown_terms
from graphsvc.store.base import UNION

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphsvc.store.base import GraphSelection, Store

__all__ = [
    "Explanation",
    "OmissionNote",
    "Reason",
    "ReasonKind",
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
    A SELECT counts as empty if its only row is an aggregate of no solutions. Errors:
    QuerySyntaxError, ForbiddenOperation and StoreError, as for the query itself.
    """
    return examine(store, query, graphs, prefixes or {})
