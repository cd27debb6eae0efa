"""The store protocol over HTTP: queries to an engine, by SPARQLWrapper.

What is wrong with a query is said here, by the same parser as for the embedded store, so that an
engine sees nothing but SPARQL that only reads, and errors have their places in the user's text.
"""

from __future__ import annotations

from http.client import HTTPException
from typing import IO, TYPE_CHECKING, cast

import pyoxigraph
from pyoxigraph import QueryBoolean, QueryResultsFormat, QuerySolutions, RdfFormat

from graphsvc import sparql
from graphsvc.errors import NotAcceptable, QueryError, StoreError
from graphsvc.formats import Content, Format, carrying
from graphsvc.namespaces import Prefixes
from graphsvc.remote.engines import GENERIC, DefaultGraph, Engine
from graphsvc.remote.transport import Connections, CutError, Question
from graphsvc.store import syntax
from graphsvc.store.base import UNION, GraphSelection, Result, Table, Term
from graphsvc.store.oxigraph import ResultWriter
from graphsvc.store.repair import Repaired, repaired

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graphsvc.remote.transport import Reply
    from graphsvc.store.base import Answer

_CONTENTS = {
    "SELECT": Content.SOLUTIONS,
    "ASK": Content.BOOLEAN,
    "CONSTRUCT": Content.TRIPLES,
    "DESCRIBE": Content.TRIPLES,
}
_RESULTS, _GRAPH = "application/sparql-results+json", "application/n-triples"
_NO_DATA = pyoxigraph.Store()


class RemoteStore:
    """The store at an address; ``prefixes`` may be left out of queries, as in the embedded one.

    ``deadline`` is how many seconds a query may take, ``base`` what relative IRIs are relative to.
    """

    def __init__(
        self,
        address: str,
        prefixes: Mapping[str, str],
        engine: Engine = GENERIC,
        authorization: str | None = None,
        deadline: float = 30.0,
    ) -> None:
        self._address = address
        self._engine = engine
        self._authorization = authorization
        self._deadline = deadline
        self._prefixes = prefixes if isinstance(prefixes, Prefixes) else Prefixes(prefixes)
        self._base: str | None = None
        self._connections = Connections(address)

    @property
    def engine(self) -> Engine:
        """Return the engine's row of the table."""
        return self._engine

    def relative_to(self, base: str) -> RemoteStore:
        """Return the same store, in whose queries relative IRIs are relative to an absolute one."""
        other = RemoteStore.__new__(RemoteStore)
        other.__dict__.update(self.__dict__)
        other._base = base  # noqa: SLF001
        return other

    def answer(
        self,
        query: str,
        formats: Mapping[Content, Sequence[Format]],
        graphs: GraphSelection = UNION,
        bindings: Mapping[str, Term] | None = None,
    ) -> Answer:
        """Answer in the first of the formats offered for the kind of answer the query has."""
        self._check(query)
        content = _CONTENTS[sparql.form(query) or "SELECT"]
        fmt = next((each for each in formats.get(content, ()) if each.engine is not None), None)
        if fmt is None:
            raise NotAcceptable(carrying(content))
        return ResultWriter(self._run(query, graphs, bindings), fmt, self._prefixes)

    def read(
        self,
        query: str,
        graphs: GraphSelection = UNION,
        bindings: Mapping[str, Term] | None = None,
    ) -> Result:
        """Answer with terms, which are found while they are read."""
        self._check(query)
        return self._run(query, graphs, bindings)

    def select(self, query: str, bindings: Mapping[str, Term] | None = None) -> Table:
        """Answer a SELECT over the union of all graphs as a table of terms."""
        self._check(query)
        return _table(self._run(query, UNION, bindings))

    def select_trusted(self, query: str) -> Table:
        """Answer a SELECT that stands in a file of the program, as `select` does."""
        return _table(self._send(query, "SELECT", UNION))

    def ask(self, query: str, bindings: Mapping[str, Term] | None = None) -> bool:
        """Answer an ASK over the union of all graphs."""
        self._check(query)
        result = self._run(query, UNION, bindings)
        if not isinstance(result, QueryBoolean):
            raise QueryError("This is not an ASK query.", remedy="Ask yes or no by ASK.")
        return bool(result)

    def _check(self, query: str) -> None:
        syntax.refuse(query)
        try:
            read = repaired(query)
        except QueryError:
            read = Repaired(query, query)
        known = self._prefixes.in_queries
        mentioned = {p: known[p] for p in sparql.mentioned_prefixes(query) if p in known}
        try:
            _NO_DATA.query(read.text, prefixes=mentioned, base_iri=self._base)
        except SyntaxError as error:
            raise syntax.explain(read, error, known, self._base) from error
        except RuntimeError:
            pass

    def _run(
        self, query: str, graphs: GraphSelection, bindings: Mapping[str, Term] | None
    ) -> Result:
        text = repaired(query).text if self._engine.is_oxigraph else query
        known = self._prefixes.in_queries
        declared = sparql.declared_prefixes(query)
        missing = sorted(p for p in sparql.used_prefixes(query) if p in known and p not in declared)
        prologue = "".join(f"PREFIX {p}: <{known[p]}> " for p in missing)
        base = f"BASE <{self._base}> " if self._base else ""
        if bindings:
            names = " ".join(f"?{name}" for name in bindings)
            terms = " ".join(map(str, bindings.values()))
            text = f"{text}\nVALUES ({names}) {{ ({terms}) }}"
        return self._send(f"{base}{prologue}{text}", sparql.form(query) or "SELECT", graphs)

    def _send(self, text: str, form: str, graphs: GraphSelection) -> Result:
        question = Question(self._address, text, form, self._connections.opener)
        is_graph = form in ("CONSTRUCT", "DESCRIBE")
        question.addCustomHttpHeader("Accept", _GRAPH if is_graph else _RESULTS)
        if self._authorization:
            question.addCustomHttpHeader("Authorization", self._authorization)
        deadline = self._engine.deadline(self._deadline)
        for name, value in deadline.parameters.items():
            question.addParameter(name, value)
        for name, value in deadline.fields.items():
            question.addCustomHttpHeader(name, value)
        if not graphs and self._engine.default_graph is DefaultGraph.OWN:
            for name, value in self._engine.merging.items():
                question.addParameter(name, value)
        for graph in graphs.default_graphs:
            question.addParameter("default-graph-uri", graph)
        for graph in graphs.named_graphs:
            question.addParameter("named-graph-uri", graph)
        question.setTimeout(max(1, int(self._deadline)))
        try:
            reply = cast("Reply", question.query().response)
            if reply.status != 200:
                said = reply.read(2000).decode("utf-8", "replace")
                reply.close()
                if reply.status == 400:
                    raise QueryError(f"The engine refuses the query: {said}.")
                raise StoreError(f"The engine answers {reply.status}: {said}.")
            return _result(reply, is_graph)
        except (OSError, HTTPException, CutError, SyntaxError) as error:
            raise StoreError(f"The engine cannot be asked: {error}.") from error


def _result(reply: Reply, is_graph: bool) -> Result:
    source = cast("IO[bytes]", reply)
    if is_graph:
        return (quad.triple for quad in pyoxigraph.parse(source, RdfFormat.N_TRIPLES))
    return pyoxigraph.parse_query_results(source, QueryResultsFormat.JSON)


def _table(result: Result) -> Table:
    if not isinstance(result, QuerySolutions):
        raise QueryError("This is not a SELECT query.", remedy="Ask for a table by SELECT.")
    names = tuple(variable.value for variable in result.variables)
    return Table(names, tuple(tuple(solution) for solution in result))
