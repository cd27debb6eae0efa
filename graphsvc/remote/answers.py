"""The answers of an engine: passed through as a stream, or converted into another format.

SPARQL results in JSON and N-Triples pass through unchanged: results in JSON have an end, so that a
truncated answer is noticed, and N-Triples have a line for each triple. Every other format is
written by the writers of the embedded store, with the same guarantees: prefixes, line ends, valid
XML. In both cases only a buffer is in memory.
"""

from __future__ import annotations

import re
from http.client import HTTPException
from typing import IO, TYPE_CHECKING, cast

import pyoxigraph
from pyoxigraph import QueryBoolean, QueryResultsFormat, QuerySolutions, RdfFormat

from graphsvc.formats import FORMATS
from graphsvc.remote import failures
from graphsvc.remote.transport import CutError
from graphsvc.store.base import Solutions
from graphsvc.store.serialization import write_graph, write_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pyoxigraph import Triple

    from graphsvc.errors import StoreError
    from graphsvc.formats import Format
    from graphsvc.namespaces import Prefixes
    from graphsvc.remote.client import Client
    from graphsvc.remote.transport import EngineReply
    from graphsvc.store.base import Term

_PART = 65_536

#: The syntaxes of answers by their media types; here plain JSON and XML are SPARQL results.
_SYNTAXES = {
    media_type: fmt.engine
    for fmt in reversed(FORMATS)
    if fmt.engine is not None
    for media_type in (fmt.media_type, *fmt.aliases)
}
_RESULTS = {kind: each for kind, each in _SYNTAXES.items() if isinstance(each, QueryResultsFormat)}
_GRAPHS = {kind: each for kind, each in _SYNTAXES.items() if isinstance(each, RdfFormat)}

#: How a complete answer begins, and a pattern of its end. Results in JSON end with the array of
#: rows or with a boolean, never with a value of a row; a line of N-Triples ends with a dot outside
#: an IRI.
_EDGES = {
    QueryResultsFormat.JSON: (
        b"{",
        re.compile(rb'(?:[\]{]\s*\}\s*|[^"\]{}\s]\s*)(?:\}\s*)+$'),
    ),
    QueryResultsFormat.XML: (b"<", re.compile(rb">\s*$")),
    RdfFormat.RDF_XML: (b"<", re.compile(rb">\s*$")),
    RdfFormat.N_TRIPLES: (b"", re.compile(rb'(?:^|[\s>"]\.)\s*$')),
}

#: How many bytes of the end are checked.
_END = 64
_ANY = (b"", re.compile(b""))
_ASCII = frozenset(("utf-8", "utf8", "us-ascii"))


class Source:
    """The content of an answer as a file for a parser; its errors are StoreErrors."""

    def __init__(self, reply: EngineReply, client: Client) -> None:
        self._reply = reply
        self._client = client
        self._beginning = b""
        self._end = b""

    def read(self, size: int = _PART) -> bytes:
        """Return some bytes, none at the end. Errors: StoreError."""
        try:
            data = self._reply.read(size)
        except TimeoutError as error:
            raise self._client.failed(failures.too_slow(self._client.deadline)) from error
        except (CutError, HTTPException, OSError) as error:
            raise self._broken("it breaks off") from error
        self._beginning = self._beginning or data.lstrip()[:1]
        self._end = (self._end + data[-_END:])[-_END:]
        return data

    def finish(self, syntax: QueryResultsFormat | RdfFormat) -> None:
        """Read the rest, and raise StoreError if the answer is incomplete."""
        while self.read():
            pass
        beginning, end = _EDGES.get(syntax, _ANY)
        is_whole = self._beginning.startswith(beginning) and end.search(self._end)
        if not is_whole:
            raise self._broken("it is incomplete, or has another format than it declares")

    def close(self) -> None:
        """End the connection if not all has been read."""
        self._reply.close()

    def _broken(self, words: str) -> StoreError:
        return self._client.failed(failures.broken(words))


class SpelledSource(Source):
    """The content of an answer, with some words replaced everywhere."""

    def __init__(
        self, reply: EngineReply, client: Client, spellings: Sequence[tuple[bytes, bytes]]
    ) -> None:
        super().__init__(reply, client)
        self._spellings = spellings
        self._held_back = max(len(old) for old, _ in spellings) - 1
        self._pending = b""

    def read(self, size: int = _PART) -> bytes:
        """Return some bytes, none at the end. Errors: StoreError."""
        while part := super().read(max(1, size - len(self._pending))):
            self._pending += part
            for old, new in self._spellings:
                self._pending = self._pending.replace(old, new)
            if len(self._pending) > self._held_back:
                # The end may be the beginning of a word.
                part = self._pending[: -self._held_back]
                self._pending = self._pending[-self._held_back :]
                return part
        part, self._pending = self._pending, b""
        return part


class RemoteResult:
    """The answer to a query in the syntax that the engine chose.

    ``spellings`` are the engine's own words in results in JSON, with their replacements.
    """

    def __init__(
        self, reply: EngineReply, client: Client, spellings: Sequence[tuple[bytes, bytes]] = ()
    ) -> None:
        self._reply = reply
        self._client = client
        is_json = bool(spellings) and _RESULTS.get(self._media_type()) == QueryResultsFormat.JSON
        self._source = SpelledSource(reply, client, spellings) if is_json else Source(reply, client)

    def solutions(self) -> Solutions:
        """Return the answer of a SELECT, row by row. Errors: StoreError, also of the rows."""
        result = self._results(self._results_syntax())
        if not isinstance(result, QuerySolutions):
            raise self._broken("it is a boolean, but rows were expected")
        return Solutions(tuple(each.value for each in result.variables), self._rows(result))

    def boolean(self) -> bool:
        """Return the answer of an ASK. Errors: StoreError."""
        syntax = self._results_syntax()
        result = self._results(syntax)
        self._source.finish(syntax)
        if not isinstance(result, QueryBoolean):
            raise self._broken("it has rows, but a boolean was expected")
        return bool(result)

    def triples(self) -> Iterator[Triple]:
        """Yield the triples of a graph. Errors: StoreError."""
        syntax = self._graph_syntax()
        try:
            for quad in pyoxigraph.parse(self._file, syntax):
                yield quad.triple
            self._source.finish(syntax)
        except SyntaxError as error:
            raise self._broken(str(error)) from error
        finally:
            self._source.close()

    def write_results(self, out: IO[bytes], fmt: Format) -> None:
        """Write solutions or a boolean. Errors: StoreError, NotAcceptable, those of ``out``."""
        syntax = self._results_syntax()
        try:
            if syntax == fmt.engine == QueryResultsFormat.JSON:
                self._pass_on(out)
            else:
                write_table(self._results(syntax), out, fmt)
            self._source.finish(syntax)
        except SyntaxError as error:
            raise self._broken(str(error)) from error
        finally:
            self._source.close()

    def write_graph(self, out: IO[bytes], fmt: Format, prefixes: Prefixes) -> None:
        """Write a graph. Errors: StoreError, NotAcceptable, those of ``out``."""
        syntax = self._graph_syntax()
        try:
            if syntax == fmt.engine == RdfFormat.N_TRIPLES:
                self._pass_on(out)
                self._source.finish(syntax)
            else:
                write_graph(self.triples(), out, fmt, prefixes)
        finally:
            self._source.close()

    def _broken(self, words: str) -> StoreError:
        return self._client.failed(failures.broken(words))

    @property
    def _file(self) -> IO[bytes]:
        return cast("IO[bytes]", self._source)

    def _pass_on(self, out: IO[bytes]) -> None:
        while data := self._source.read():
            out.write(data)

    def _rows(self, result: QuerySolutions) -> Iterator[tuple[Term | None, ...]]:
        syntax = self._results_syntax()
        try:
            yield from map(tuple, result)
            self._source.finish(syntax)
        except SyntaxError as error:
            raise self._broken(str(error)) from error
        finally:
            self._source.close()

    def _results(self, syntax: QueryResultsFormat) -> QuerySolutions | QueryBoolean:
        try:
            return pyoxigraph.parse_query_results(self._file, syntax)
        except SyntaxError as error:
            raise self._broken(str(error)) from error

    def _results_syntax(self) -> QueryResultsFormat:
        syntax = _RESULTS.get(self._media_type())
        if syntax is None:
            raise self._unreadable()
        return syntax

    def _graph_syntax(self) -> RdfFormat:
        syntax = _GRAPHS.get(self._media_type())
        if syntax is None:
            raise self._unreadable()
        if not self._reply.is_framed:
            # A part of a graph is also a graph: only its length or its chunks say where it ends.
            self._source.close()
            raise self._broken("it does not say where it ends")
        return syntax

    def _media_type(self) -> str:
        fields = self._reply.fields
        charset = fields.get_content_charset() or "utf-8"
        return fields.get_content_type() if charset in _ASCII else f"in {charset}"

    def _unreadable(self) -> Exception:
        self._source.close()
        kind = self._reply.fields.get("Content-Type") or "of no kind"
        return self._broken(f"it is {kind}")


class RemoteAnswer:
    """An answer and the format to write; graphs are written with ``prefixes``."""

    def __init__(self, result: RemoteResult, fmt: Format, prefixes: Prefixes | None) -> None:
        """Take a result, and the prefixes if it is a graph."""
        self.format = fmt
        self._result = result
        self._prefixes = prefixes

    def write(self, out: IO[bytes]) -> None:
        """Write the whole answer.

        Errors: NotAcceptable if its format cannot express it, StoreError, and those of ``out``.
        """
        if self._prefixes is None:
            self._result.write_results(out, self.format)
        else:
            self._result.write_graph(out, self.format, self._prefixes)
