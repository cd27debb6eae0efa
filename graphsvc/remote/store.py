"""The store protocol over HTTP: queries to an engine, by SPARQLWrapper.

What is wrong with a query is said here, by the same parser as for the embedded store, so that an
engine sees nothing but SPARQL that only reads, and errors have their places in the user's text.
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
from graphsvc.remote.recognition import Recogniser
from graphsvc.remote.wording import Words, as_values, worded
from graphsvc.store.base import UNION, Answer, GraphSelection, Result, Table, Term

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from graphsvc.remote.engines import Engine
    from graphsvc.store.repair import Edit, Repaired

#: The part of the deadline that an engine has: its answer is still to be read and sent.
_FOR_THE_ENGINE = 0.9


class RemoteStore:
    """The store of an engine; its default graph is the merge of its named graphs.

    ``prefixes`` may be left out of queries, and so may well-known ones; graph answers are written
    with ``prefixes`` alone. ``base`` is what relative IRIs in queries are relative to.
    """

    def __init__(
        self,
        client: Client,
        recogniser: Recogniser,
        prefixes: Mapping[str, str],
        base: str | None = None,
    ) -> None:
        self._client = client
        self._recogniser = recogniser
        self._prefixes = prefixes if isinstance(prefixes, Prefixes) else Prefixes(prefixes)
        self._words = Words(self._prefixes.in_queries, base)

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
        known = None if engine is None else engine_named(engine)
        return cls(client, Recogniser(client, known), prefixes)

    @property
    def engine(self) -> Engine:
        """Return what is known of engines of its kind. Errors: those of a query."""
        return self._recogniser.engine

    @property
    def is_merged(self) -> bool:
        """Tell whether queries that name no graph see the merge of all graphs, as they should."""
        return self._recogniser.is_merged

    def recognise(self) -> Engine:
        """Learn all that has to be known of the engine, so that no later query needs to; return it.

        No connection stays open: processes that are forked from this one must not share it.
        Errors: those of a query.
        """
        _ = self._recogniser.merging, self._recogniser.has_named_graphs
        self.close()
        return self.engine

    def check(self) -> None:
        """Raise StoreUnavailable unless the engine answers within a second."""
        if not self._client.is_there():
            raise failures.unavailable()

    def open_connections_by_thread(self) -> None:
        """Let a thread of this process open its connections, before it refuses itself sockets."""
        self._client.open_connections_by_thread()

    def count_failures(self, count: Callable[[failures.Kind], None]) -> None:
        """Have each failure of the engine counted from now on."""
        self._client.count = count

    def close(self) -> None:
        """End the connections that rest; another query opens new ones."""
        self._client.close()

    def relative_to(self, base: str) -> RemoteStore:
        """Return the same store, in whose queries relative IRIs are relative to an absolute one."""
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
        """Answer with terms, which are read while they come."""
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

        To look through a long list of terms takes longer than to answer.
        """
        pattern = self.engine.deadline(self._seconds).pattern
        text = worded(query, "", pattern, self._repairs(query))
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
        """Send a query that has been checked; its own dataset goes before the merge."""
        pattern = self.engine.deadline(self._seconds).pattern
        inside = f"{as_values(bindings or {})} {pattern}".strip()
        text = worded(query, self._words.prologue(query), inside, self._repairs(query))
        names_dataset = bool(graphs) or any(sparql.dataset_clauses(query))
        merging = () if names_dataset else self._recogniser.merging
        return self._sent(text, sparql.form(query) or "SELECT", [*_dataset(graphs), *merging])

    def _repairs(self, query: str) -> Sequence[Edit]:
        """Return the edits after which this engine answers as the standard, and pages, have it."""
        edits, renamed = self.engine.repairs(query), sole_graph.repairs(query)
        # Only who names a graph has to know whether there is one.
        if not renamed or self._recogniser.has_named_graphs:
            return edits
        return sole_graph.beside(renamed, edits)

    def _sent(
        self, text: Repaired, form: str, parameters: Sequence[tuple[str, str]]
    ) -> RemoteResult:
        deadline = self.engine.deadline(self._seconds)
        asked = EngineQuery(
            text,
            form,
            (*parameters, *deadline.parameters.items()),
            deadline.fields,
            self.engine.results if form == "SELECT" else GENERIC.results,
        )
        reply = self._client.ask(asked)
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
