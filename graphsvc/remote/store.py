"""The store protocol over HTTP: queries to an engine, by SPARQLWrapper.

The parser of the embedded store checks each query first, so that an engine gets only valid SPARQL
that reads, and errors have positions in the user's text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from graphsvc import sparql
from graphsvc.errors import NotAcceptable, QueryError, SettingsError
from graphsvc.formats import CONTENT_OF_FORM, Content, Format, carrying
from graphsvc.namespaces import Prefixes
from graphsvc.remote import failures, sole_graph
from graphsvc.remote.answers import RemoteAnswer, RemoteResult
from graphsvc.remote.client import Client, EngineQuery
from graphsvc.remote.credentials import credentials, must_hold_no_credentials
from graphsvc.remote.engines import GENERIC, engine_named
from graphsvc.remote.query_text import QueryText, as_values, extend_query
from graphsvc.remote.recognition import EngineRecogniser
from graphsvc.store.base import UNION, Answer, GraphSelection, Result, Table, Term

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from graphsvc.remote.engines import Engine
    from graphsvc.store.repair import Edit, RepairedQuery

#: The part of the deadline that an engine has: its answer has still to be read and sent on.
_FOR_THE_ENGINE = 0.9


class RemoteStore:
    """The store of an engine; its default graph is the merge of its named graphs.

    ``prefixes`` may be left out of queries, and so may well-known ones; graph answers are written
    with ``prefixes`` alone. ``base`` is what relative IRIs in queries are relative to.
    """

    def __init__(
        self,
        client: Client,
        recogniser: EngineRecogniser,
        prefixes: Mapping[str, str],
        base: str | None = None,
    ) -> None:
        self._client = client
        self._recogniser = recogniser
        self._prefixes = prefixes if isinstance(prefixes, Prefixes) else Prefixes(prefixes)
        self._words = QueryText(self._prefixes.in_queries, base)

    @classmethod
    def at(
        cls,
        address: str,
        prefixes: Mapping[str, str],
        engine: str | None = None,
        deadline: float = 30.0,
    ) -> RemoteStore:
        """Return the store at an address, with credentials from the environment.

        ``engine`` is its name if it cannot be recognised, ``deadline`` how many seconds a query may
        take. Nothing is sent yet: the engine may be away. Errors: SettingsError.
        """
        _must_be_address(address)
        client = Client(address, credentials(address), deadline)
        configured = None if engine is None else engine_named(engine)
        return cls(client, EngineRecogniser(client, configured), prefixes)

    @property
    def engine(self) -> Engine:
        """Return the row of the engine in the table. Errors: those of a query."""
        return self._recogniser.engine

    @property
    def is_merged(self) -> bool:
        """Tell whether the default graph of queries is the merge of all graphs, as it should be."""
        return self._recogniser.is_merged

    def recognise(self) -> Engine:
        """Recognise the engine now, so that no later query has to; return its row.

        No connection stays open, because forked processes must not share it. Errors: those of a
        query.
        """
        _ = self._recogniser.merging, self._recogniser.has_named_graphs
        self.close()
        return self.engine

    def check(self) -> None:
        """Raise StoreUnavailable unless the engine answers within a second."""
        if not self._client.is_there():
            raise failures.unavailable()

    def open_connections_by_thread(self) -> None:
        """Let a thread open the connections, before this process forbids itself sockets."""
        self._client.open_connections_by_thread()

    def count_failures(self, count: Callable[[failures.FailureKind], None]) -> None:
        """Count each failure of the engine from now on."""
        self._client.count = count

    def close(self) -> None:
        """Close the idle connections; another query opens new ones."""
        self._client.close()

    def relative_to(self, base: str) -> RemoteStore:
        """Return the same store with this base for the relative IRIs of queries."""
        return RemoteStore(self._client, self._recogniser, self._prefixes, base)

    def answer(
        self,
        query: str,
        formats: Mapping[Content, Sequence[Format]],
        graphs: GraphSelection = UNION,
        bindings: Mapping[str, Term] | None = None,
    ) -> Answer:
        """Answer in the first of the formats offered for the kind of answer the query has."""
        self._words.check(query)
        content = _content(query)
        offered = (fmt for fmt in formats.get(content, ()) if fmt.engine is not None)
        fmt = next((each for each in offered if content in each.carries), None)
        if fmt is None:
            raise NotAcceptable(carrying(content))
        prefixes = self._prefixes if content is Content.TRIPLES else None
        return RemoteAnswer(self._ask(query, graphs, bindings), fmt, prefixes)

    def read(
        self,
        query: str,
        graphs: GraphSelection = UNION,
        bindings: Mapping[str, Term] | None = None,
    ) -> Result:
        """Answer with terms, as a stream."""
        self._words.check(query)
        result, content = self._ask(query, graphs, bindings), _content(query)
        if content is Content.SOLUTIONS:
            return result.solutions()
        return result.boolean() if content is Content.BOOLEAN else result.triples()

    def select(self, query: str, bindings: Mapping[str, Term] | None = None) -> Table:
        """Answer a SELECT over the union of all graphs as a table of terms."""
        self._words.check(query)
        if _content(query) is not Content.SOLUTIONS:
            raise QueryError("This is not a SELECT query.", remedy="Ask for a table by SELECT.")
        return _table(self._ask(query, UNION, bindings))

    def select_trusted(self, query: str) -> Table:
        """Answer a SELECT that stands in a file of the program, as `select` does.

        Its text is not checked: for a long list of terms this takes longer than the answer.
        """
        pattern = self.engine.deadline(self._seconds).pattern
        text = extend_query(query, "", pattern, self._repairs(query))
        return _table(self._sent(text, "SELECT", self._recogniser.merging))

    def ask(self, query: str, bindings: Mapping[str, Term] | None = None) -> bool:
        """Answer an ASK over the union of all graphs."""
        self._words.check(query)
        if _content(query) is not Content.BOOLEAN:
            raise QueryError("This is not an ASK query.", remedy="Ask yes or no by ASK.")
        return self._ask(query, UNION, bindings).boolean()

    def _ask(
        self, query: str, graphs: GraphSelection, bindings: Mapping[str, Term] | None
    ) -> RemoteResult:
        """Send a checked query; its own dataset precedes the merge."""
        pattern = self.engine.deadline(self._seconds).pattern
        inside = f"{as_values(bindings or {})} {pattern}".strip()
        text = extend_query(query, self._words.prologue(query), inside, self._repairs(query))
        names_dataset = bool(graphs) or any(sparql.dataset_clauses(query))
        merging = () if names_dataset else self._recogniser.merging
        return self._sent(text, sparql.form(query) or "SELECT", [*_dataset(graphs), *merging])

    def _repairs(self, query: str) -> Sequence[Edit]:
        """Return the edits that this engine needs to answer as the standard requires."""
        edits, renamed = self.engine.repairs(query), sole_graph.repairs(query)
        # Only a query with GRAPH depends on whether there are named graphs.
        if not renamed or self._recogniser.has_named_graphs:
            return edits
        return sole_graph.beside(renamed, edits)

    def _sent(
        self, text: RepairedQuery, form: str, parameters: Sequence[tuple[str, str]]
    ) -> RemoteResult:
        deadline = self.engine.deadline(self._seconds)
        engine_query = EngineQuery(
            text,
            form,
            (*parameters, *deadline.parameters.items()),
            deadline.fields,
            self.engine.results if form == "SELECT" else GENERIC.results,
        )
        reply = self._client.ask(engine_query)
        for name, value in self.engine.incomplete.items():
            if reply.fields.get(name) == value:
                reply.close()
                raise self._client.failed(failures.too_slow(self._client.deadline))
        rows = reply.fields.get(self.engine.row_limit) if self.engine.row_limit else None
        if rows is not None:
            reply.close()
            raise self._client.failed(failures.too_many_rows(rows))
        return RemoteResult(reply, self._client, self.engine.spellings)

    @property
    def _seconds(self) -> float:
        """Return how many seconds the engine has for a query."""
        return self._client.deadline * _FOR_THE_ENGINE


def _must_be_address(address: str) -> None:
    must_hold_no_credentials(address)
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.fragment:
        raise SettingsError(
            f"{address!r} is no address of a SPARQL endpoint.",
            remedy="Give one such as https://example.org/sparql.",
        )


def _content(query: str) -> Content:
    return CONTENT_OF_FORM[sparql.form(query) or "SELECT"]


def _dataset(graphs: GraphSelection) -> list[tuple[str, str]]:
    """Return a dataset as parameters: https://www.w3.org/TR/sparql11-protocol/#dataset."""
    return [
        *(("default-graph-uri", iri) for iri in dict.fromkeys(graphs.default_graphs)),
        *(("named-graph-uri", iri) for iri in dict.fromkeys(graphs.named_graphs)),
    ]


def _table(result: RemoteResult) -> Table:
    solutions = result.solutions()
    return Table(solutions.variables, tuple(solutions.rows))
