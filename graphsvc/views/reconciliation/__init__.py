"""Reconciliation: matching names to things of the graph, and fetching their values, for tables.

This is the Reconciliation Service API 0.2 without HTTP: it reads requests from JSON (`reading`) and
returns answers as JSON. The queries beside this module read the graph for all things of a request
at once. https://reconciliation-api.github.io/specs/0.2/
"""

from graphsvc.views.reconciliation.extending import (
    PROPERTY_SETTINGS,
    describe_terms,
    extend,
    propose_properties,
)
from graphsvc.views.reconciliation.matching import MATCHED_KINDS, reconcile
from graphsvc.views.reconciliation.reading import (
    BATCH_SIZE,
    Extension,
    ReconciliationQuery,
    ThingValue,
    TooMany,
    read_batch,
    read_extension,
    read_query,
)
from graphsvc.views.reconciliation.suggesting import merge_suggestions, used_terms

__all__ = [
    "BATCH_SIZE",
    "MATCHED_KINDS",
    "PROPERTY_SETTINGS",
    "Extension",
    "ReconciliationQuery",
    "ThingValue",
    "TooMany",
    "describe_terms",
    "extend",
    "merge_suggestions",
    "propose_properties",
    "read_batch",
    "read_extension",
    "read_query",
    "reconcile",
    "used_terms",
]
