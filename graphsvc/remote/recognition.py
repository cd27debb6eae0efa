"""Recognises the engine at an address and its default graph, once, at first use."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from graphsvc.namespaces import DERIVATIONS
from graphsvc.remote.answers import RemoteResult
from graphsvc.remote.client import EngineQuery
from graphsvc.remote.engines import GENERIC, recognise
from graphsvc.store.repair import RepairedQuery

if TYPE_CHECKING:
    from graphsvc.remote.client import Client
    from graphsvc.remote.engines import Engine

#: Whether one of some triples in named graphs is missing in the default graph. The derivations may
#: be missing there.
_IS_APART = (
    "ASK { { SELECT ?s ?p ?o { GRAPH ?g { ?s ?p ?o } "
    f'FILTER(!STRENDS(STR(?g), "/graph/{DERIVATIONS}")) }} LIMIT 200 }} '
    "FILTER NOT EXISTS { ?s ?p ?o } }"
)

_HAS_GRAPHS = "ASK { GRAPH ?g { ?s ?p ?o } }"


class EngineRecogniser:
    """Recognises the engine of a client; ``engine`` is its row if it is configured."""

    def __init__(self, client: Client, engine: Engine | None = None) -> None:
        self._client = client
        self._configured = engine

    @cached_property
    def engine(self) -> Engine:
        """Return the engine's row of the table. Errors: those of `Client.ask`."""
        if self._configured is not None:
            return self._configured
        engine = recognise(self._client.head())
        if engine is GENERIC:
            engine = recognise(self._client.description())
        return engine

    @cached_property
    def merging(self) -> tuple[tuple[str, str], ...]:
        """Return the parameters that make the engine's default graph the merge of all graphs.

        There are none if it is that already. Errors: those of `Client.ask`.
        """
        return () if not self._is_apart(()) else tuple(self.engine.merging.items())

    @cached_property
    def has_named_graphs(self) -> bool:
        """Tell whether there is a triple in a named graph. Errors: those of `Client.ask`."""
        return self._answers(_HAS_GRAPHS, ())

    @cached_property
    def is_merged(self) -> bool:
        """Tell whether queries that name no graph see all graphs. Errors: those of `Client.ask`."""
        return not self._is_apart(self.merging)

    def _is_apart(self, parameters: tuple[tuple[str, str], ...]) -> bool:
        return self._answers(_IS_APART, parameters)

    def _answers(self, text: str, parameters: tuple[tuple[str, str], ...]) -> bool:
        query = EngineQuery(RepairedQuery(text, text), "ASK", parameters)
        return RemoteResult(self._client.ask(query), self._client).boolean()
