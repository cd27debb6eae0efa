"""The embedded store: a release's Oxigraph database, opened read-only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, TypeAlias

import pyoxigraph
from pyoxigraph import (
    DefaultGraph,
    NamedNode,
    QueryBoolean,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Variable,
)

from graphsvc import sparql
from graphsvc.errors import NotAcceptable, QueryError, StoreError
from graphsvc.formats import Content, Format, carrying
from graphsvc.namespaces import Prefixes
from graphsvc.store import chunks, syntax, union
from graphsvc.store.base import UNION, Answer, GraphSelection, Result, Solutions, Table, Term
from graphsvc.store.functions import UNKNOWN, unknown_function
from graphsvc.store.iri_resolution import resolve
from graphsvc.store.repair import repair
from graphsvc.store.serialization import write_graph, write_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from pyoxigraph import Quad

#: The engine's error for a parameter that the query does not project.
_UNPROJECTED = "in its SELECT projection"
_Options: TypeAlias = dict[str, Any]

#: The answer to a query as the engine has it.
_EngineResult: TypeAlias = QuerySolutions | QueryBoolean | QueryTriples


class OxigraphStore:
    """An Oxigraph store whose default graph is the merge of its named graphs.

    ``prefixes`` may be left out of queries, and so may well-known ones; graph answers are written
    with ``prefixes`` alone.
    """

    def __init__(
        self,
        store: pyoxigraph.Store,
        prefixes: Mapping[str, str],
        merge: pyoxigraph.Store | None = None,
        base: str | None = None,
    ) -> None:
        """Take a store, and optionally a store of its default graph only.

        ``base`` is what relative IRIs in queries are relative to.
        """
        self._store = store
        self._merge = merge or store
        self._prefixes = prefixes if isinstance(prefixes, Prefixes) else Prefixes(prefixes)
        self._base = base

    def check(self) -> None:
        """Return if the store can answer queries. Errors: StoreError if it cannot."""
        self.ask("ASK { ?subject ?property ?value }")

    def relative_to(self, base: str) -> OxigraphStore:
        """Return the same store with this base for the relative IRIs of queries.

        https://www.w3.org/TR/sparql11-query/#relIRIs
        """
        return OxigraphStore(self._store, self._prefixes, self._merge, base)

    @classmethod
    def open(cls, path: Path, prefixes: Mapping[str, str]) -> OxigraphStore:
        """Open a store in a folder read-only: any number of processes can share it."""
        try:
            return cls(pyoxigraph.Store.read_only(str(path)), prefixes)
        except (OSError, RuntimeError) as error:
            raise StoreError(
                f"The store in {path} cannot be opened: {error}.",
                remedy="Build the release again.",
            ) from error

    @classmethod
    def load(
        cls, nquads: bytes, prefixes: Mapping[str, str], excluded: NamedNode | None = None
    ) -> OxigraphStore:
        """Load N-Quads of named graphs, one quad a line, into memory.

        The default graph has none of the triples of the graph ``excluded``.

        In memory the engine scans all quads of a term, whatever their graph. Most queries name no
        graph: they scan only the merge, which is two to three times faster.
        """
        store, merge = pyoxigraph.Store(), pyoxigraph.Store()
        union.fill(store, nquads, excluded)
        merge.bulk_load(chunks.reader(union.by_class(nquads, excluded)), RdfFormat.N_TRIPLES)
        return cls(store, prefixes, merge)

    def answer(
        self,
        query: str,
        formats: Mapping[Content, Sequence[Format]],
        graphs: GraphSelection = UNION,
        bindings: Mapping[str, Term] | None = None,
    ) -> Answer:
        """Answer in the first of the formats offered for the kind of answer the query has."""
        syntax.refuse(query)
        result = self._run(query, graphs, bindings)
        return ResultWriter(result, _choose(result, formats), self._prefixes)

    def read(
        self,
        query: str,
        graphs: GraphSelection = UNION,
        bindings: Mapping[str, Term] | None = None,
    ) -> Result:
        """Answer with terms, which are computed while they are read."""
        syntax.refuse(query)
        result = self._run(query, graphs, bindings)
        if isinstance(result, QuerySolutions):
            return Solutions(_names(result), map(tuple, result))
        return bool(result) if isinstance(result, QueryBoolean) else result

    def select(self, query: str, bindings: Mapping[str, Term] | None = None) -> Table:
        """Answer a SELECT over the union of all graphs as a table of terms."""
        syntax.refuse(query)
        result = self._run(query, UNION, bindings)
        if not isinstance(result, QuerySolutions):
            raise QueryError("This is not a SELECT query.", remedy="Ask for a table by SELECT.")
        return _table(result)

    def select_trusted(self, query: str) -> Table:
        """Answer a SELECT that stands in a file of the program, as `select` does.

        Its text is not checked: for a long list of terms this takes longer than the answer.
        """
        store = self._store if "GRAPH" in query else self._merge
        try:
            result = store.query(query)
        except (RuntimeError, OSError) as error:
            raise StoreError(f"The store failed: {error}.") from error
        if not isinstance(result, QuerySolutions):
            raise QueryError("This is not a SELECT query.", remedy="Ask for a table by SELECT.")
        return _table(result)

    def ask(self, query: str, bindings: Mapping[str, Term] | None = None) -> bool:
        """Answer an ASK over the union of all graphs."""
        syntax.refuse(query)
        result = self._run(query, UNION, bindings)
        if not isinstance(result, QueryBoolean):
            raise QueryError("This is not an ASK query.", remedy="Ask yes or no by ASK.")
        return bool(result)

    def quads(self, graph: str | None = None) -> Iterator[Quad]:
        """Yield all quads of the named graphs, or of one of them, without a query."""
        name = None if graph is None else NamedNode(graph)
        quads = self._store.quads_for_pattern(None, None, None, name)
        return union.of_named_graphs(quads) if graph is None else quads

    def _run(
        self,
        query: str,
        graphs: GraphSelection,
        bindings: Mapping[str, Term] | None,
    ) -> _EngineResult:
        read = repair(query)
        try:
            store, options = self._dataset(query, graphs)
            options["base_iri"] = self._base
            if bindings:
                options["substitutions"] = {Variable(name): term for name, term in bindings.items()}
            return self._query(store, read.text, options)
        except SyntaxError as error:
            raise syntax.explain(read, error, self._prefixes.in_queries, self._base) from error
        except RuntimeError as error:
            raise self._engine_failure(query, str(error)) from error
        except OSError as error:
            raise StoreError(f"The store failed: {error}.") from error

    def _query(self, store: pyoxigraph.Store, text: str, options: _Options) -> _EngineResult:
        """Run a query, at first without prefixes: most queries declare theirs, which is faster."""
        try:
            return store.query(text, **options)
        except SyntaxError:
            prefixes = self._mentioned_prefixes(text)
            if not prefixes:
                raise
            return store.query(text, prefixes=prefixes, **options)

    def _engine_failure(self, query: str, message: str) -> QueryError | StoreError:
        """Return the error to show for a valid query that the engine does not answer."""
        if unknown := UNKNOWN.search(message):
            return unknown_function(query, unknown.group(1), self._prefixes.in_queries, self._base)
        if _UNPROJECTED in message:
            return QueryError(
                f"A value is given for a variable that the query does not project: {message}.",
                remedy="Name the variable after SELECT.",
            )
        return StoreError(f"The store failed: {message}.")

    def _mentioned_prefixes(self, query: str) -> dict[str, str]:
        """Return the prefixes that the query may use; fewer prefixes are faster."""
        prefixes = self._prefixes.in_queries
        return {
            prefix: prefixes[prefix]
            for prefix in sparql.mentioned_prefixes(query)
            if prefix in prefixes
        }

    def _dataset(self, query: str, graphs: GraphSelection) -> tuple[pyoxigraph.Store, _Options]:
        """Return the store to ask, and the engine's arguments for the query's dataset.

        "If different RDF Datasets are specified in both the protocol request and the SPARQL
        query string, then the SPARQL service must execute the query using the RDF Dataset given
        in the protocol request" (https://www.w3.org/TR/sparql11-protocol/#dataset).
        """
        if not graphs and not sparql.may_name_dataset(query):
            return self._store if sparql.may_name_graphs(query) else self._merge, {}
        chosen = graphs or self._dataset_clauses(query)
        if not chosen:
            return self._store, {}
        # The engine would return the solutions of a graph that is named twice twice.
        defaults = [_graph(iri) for iri in dict.fromkeys(chosen.default_graphs)]
        names = [_graph(iri) for iri in dict.fromkeys(chosen.named_graphs)]
        if len(defaults) > 1:
            part = union.merge(self._store, defaults, names)
            return part, {"default_graph": DefaultGraph(), "named_graphs": names}
        return self._store, {"default_graph": defaults, "named_graphs": names}

    def _dataset_clauses(self, query: str) -> GraphSelection:
        """Return the dataset that the query names, if it names several graphs.

        The engine handles one graph itself; it does not merge several, and uses one of them twice.
        SyntaxError for a name without an IRI.
        """
        default_graphs, named_graphs = sparql.dataset_clauses(query)
        if max(len(default_graphs), len(named_graphs)) < 2:  # noqa: PLR2004 - two are several
            return UNION
        iris = resolve(
            query, [*default_graphs, *named_graphs], self._mentioned_prefixes(query), self._base
        )
        return GraphSelection(
            tuple(iris[: len(default_graphs)]), tuple(iris[len(default_graphs) :])
        )


@dataclass(slots=True)
class ResultWriter:
    """Writes a result in a format; graphs are written with ``prefixes``."""

    result: _EngineResult
    format: Format
    prefixes: Prefixes

    def write(self, out: IO[bytes]) -> None:
        """Write the whole answer; graphs with the prefixes if their format has prefixes.

        Errors: NotAcceptable if the format cannot express something.
        """
        if isinstance(self.result, QueryTriples):
            write_graph(self.result, out, self.format, self.prefixes)
        else:
            write_table(self.result, out, self.format)


def _table(result: QuerySolutions) -> Table:
    return Table(_names(result), tuple(tuple(solution) for solution in result))


def _names(result: QuerySolutions) -> tuple[str, ...]:
    return tuple(variable.value for variable in result.variables)


def _choose(result: _EngineResult, formats: Mapping[Content, Sequence[Format]]) -> Format:
    content = _content(result)
    for fmt in formats.get(content, ()):
        if fmt.engine is not None and content in fmt.carries:
            return fmt
    raise NotAcceptable(carrying(content))


def _content(result: _EngineResult) -> Content:
    if isinstance(result, QuerySolutions):
        return Content.SOLUTIONS
    return Content.BOOLEAN if isinstance(result, QueryBoolean) else Content.TRIPLES


def _graph(iri: str) -> NamedNode:
    try:
        return NamedNode(iri)
    except ValueError as error:
        raise QueryError(
            f"The graph {iri!r} is not an IRI.", remedy="Name graphs by absolute IRIs."
        ) from error
