"""Matching names to things of the graph, and fetching what it says of them, for table tools.

This is the Reconciliation Service API 0.2 without its HTTP: requests as JSON in, answers as JSON
out. https://reconciliation-api.github.io/specs/0.2/
"""

from graphsvc.reconciliation.extending import PROPERTY_SETTINGS, extend, proposed
from graphsvc.reconciliation.matching import reconcile
from graphsvc.reconciliation.reading import (
    BATCH_SIZE,
    Extension,
    Query,
    TooMany,
    read_batch,
    read_extension,
)

__all__ = [
    "BATCH_SIZE",
    "PROPERTY_SETTINGS",
    "Extension",
    "Query",
    "TooMany",
    "extend",
    "proposed",
    "read_batch",
    "read_extension",
    "reconcile",
]
