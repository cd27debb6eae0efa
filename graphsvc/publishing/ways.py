"""The three ways into an engine, and how it is known which of them an engine allows.

| way | what readers see until the end |
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
    from graphsvc.publishing.engine import Engine


class Way(Enum):
    """How a release gets into an engine; the text says what readers see meanwhile."""

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


def is_atomic(engine: Engine, scratch: str) -> bool:
    """Tell whether a request whose last operation fails has changed nothing.

    It is tried, with a small graph under an IRI that is removed again: documentation says it of few
    engines, and a proxy may change what the engine does. Errors: PublishingError.
    """
    unique = f"{scratch}/{uuid4()}"
    graph, missing = NamedNode(f"{unique}/a"), NamedNode(f"{unique}/b")
    data = f"INSERT DATA {{ GRAPH {graph} {{ {graph} {graph} {graph} }} }}"
    removal = f"DROP SILENT GRAPH {missing}; DROP SILENT GRAPH {graph}"
    try:
        # It takes updates, of several operations too: what is refused then is refused by itself.
        patiently(lambda: engine.update(data))
        patiently(lambda: engine.update(removal))
        try:
            patiently(lambda: engine.update(f"{data}; DROP GRAPH {missing}"))
        except EngineRefuses:
            return not _has(engine, graph)
        return False
    finally:
        patiently(lambda: engine.update(removal))


def _has(engine: Engine, graph: NamedNode) -> bool:
    return patiently(lambda: engine.ask(f"ASK {{ GRAPH {graph} {{ ?s ?p ?o }} }}"))
