"""The three ways into an engine, and how it is known which of them an engine allows.

| way | what readers see until the end |
|---|---|
| ONE_REQUEST | what was there before |
| STAGED      | what was there before; staged graphs too, in queries over all graphs |
| IN_PLACE    | some graphs as before, some as they will be, one of them in part |
"""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Abilities:
    """What an engine was seen to do.

    ``is_atomic``: a request whose last operation fails has changed nothing. ``can_move``: MOVE
    renames a graph (https://www.w3.org/TR/sparql11-update/#move).
    """

    is_atomic: bool
    can_move: bool


def tried(engine: Engine, scratch: str) -> Abilities:
    """Try what an engine can do, with two small graphs under an IRI, which are removed again.

    Documentation says it of few engines, and a proxy may refuse what the engine accepts. Errors:
    PublishingError.
    """
    unique = f"{scratch}/{uuid4()}"
    first, second, missing = (NamedNode(f"{unique}/{name}") for name in "abc")
    clean = f"DROP SILENT GRAPH {first}; DROP SILENT GRAPH {second}"
    data = f"INSERT DATA {{ GRAPH {first} {{ {first} {first} {first} }} }}"
    try:
        # It takes updates, of several operations too: what is refused then is refused by itself.
        patiently(lambda: engine.update(data))
        patiently(lambda: engine.update(clean))
        fails = _is_refused(engine, f"{data}; DROP GRAPH {missing}")
        is_atomic = fails and not _has(engine, first)
        patiently(lambda: engine.update(data))
        moves = not _is_refused(engine, f"MOVE GRAPH {first} TO GRAPH {second}")
        return Abilities(is_atomic, moves and _has(engine, second) and not _has(engine, first))
    finally:
        patiently(lambda: engine.update(clean))


def _has(engine: Engine, graph: NamedNode) -> bool:
    return patiently(lambda: engine.ask(f"ASK {{ GRAPH {graph} {{ ?s ?p ?o }} }}"))


def _is_refused(engine: Engine, update: str) -> bool:
    try:
        engine.update(update)
    except EngineRefuses:
        return True
    return False
