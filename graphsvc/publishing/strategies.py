"""The three strategies of publishing, and a test of what an engine supports.

| strategy | what readers see until the end |
|---|---|
| ONE_REQUEST | what was there before |
| STAGED      | what was there before; staged graphs too, in queries over all graphs |
| IN_PLACE    | some graphs as before, some as they will be, one of them in part |
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING
from uuid import uuid4

from pyoxigraph import NamedNode

from graphsvc.errors import EngineRefuses
from graphsvc.publishing.engine import patiently

if TYPE_CHECKING:
    from graphsvc.publishing.engine import WritableEngine


class Strategy(Enum):
    """How a release is put into an engine; the text explains what readers see meanwhile."""

    ONE_REQUEST = (
        "All changes go in one request, which the engine runs wholly or not at all: readers see "
        "what was there before, then what is new."
    )
    STAGED = (
        "Changed graphs are put beside the old ones under other names, and change places with them "
        "in one request. Until then, readers who ask for graphs by name see what was there before; "
        "those who ask for all graphs at once see the staged ones too."
    )
    IN_PLACE = (
        "This engine does not run several operations wholly or not at all, so graphs are replaced "
        "one after the other. Until the end, readers see some graphs as before and some as they "
        "will be, and one of them in part. If a run is ended, run it again or undo it."
    )


def is_atomic(engine: WritableEngine, scratch: str) -> bool:
    """Tell whether a request whose last operation fails changes nothing.

    This is tested with a small graph, which is removed again: few engines document it, and a proxy
    may change the behaviour of an engine. Errors: PublishingError.
    """
    unique = f"{scratch}/{uuid4()}"
    graph, missing = NamedNode(f"{unique}/a"), NamedNode(f"{unique}/b")
    data = f"INSERT DATA {{ GRAPH {graph} {{ {graph} {graph} {graph} }} }}"
    removal = f"DROP SILENT GRAPH {missing}; DROP SILENT GRAPH {graph}"
    try:
        # First make sure that the engine accepts updates of several operations.
        patiently(lambda: engine.update(data))
        patiently(lambda: engine.update(removal))
        try:
            patiently(lambda: engine.update(f"{data}; DROP GRAPH {missing}"))
        except EngineRefuses:
            return not _has(engine, graph)
        return False
    finally:
        patiently(lambda: engine.update(removal))


def _has(engine: WritableEngine, graph: NamedNode) -> bool:
    return patiently(lambda: engine.ask(f"ASK {{ GRAPH {graph} {{ ?s ?p ?o }} }}"))
