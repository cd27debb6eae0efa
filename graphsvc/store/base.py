"""The protocol that every store obeys: query text, graph selection and format in; bytes out."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, Protocol, TypeAlias, cast

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    Triple,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graphsvc.formats import Content, Format

Term: TypeAlias = NamedNode | BlankNode | Literal | Triple
Subject: TypeAlias = NamedNode | BlankNode


@dataclass(frozen=True, slots=True)
class GraphSelection:
    """The RDF dataset of a query (https://www.w3.org/TR/sparql11-protocol/#dataset).

    Empty means the store's own dataset, whose default graph is the union of all its graphs.
    Otherwise both lists hold graph IRIs, and the dataset has no other graphs.
    """

    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.default_graphs or self.named_graphs)


UNION = GraphSelection()


@dataclass(frozen=True, slots=True)
class Table:
    """The answer of a SELECT: the variables in order, and a row of terms for each solution."""

    variables: tuple[str, ...]
    rows: tuple[tuple[Term | None, ...], ...]

    def __iter__(self) -> Iterator[dict[str, Term]]:
        """Yield each solution as a mapping of its bound variables."""
        for row in self.rows:
            yield {
                name: term
                for name, term in zip(self.variables, row, strict=True)
                if term is not None
            }


@dataclass(frozen=True, slots=True)
class Solutions:
    """The answer of a SELECT as a stream: the variables in order, and a row for each solution."""

    variables: tuple[str, ...]
    rows: Iterator[tuple[Term | None, ...]]


#: The answer to a query with its terms: solutions, yes or no, or triples.
Result: TypeAlias = Solutions | bool | Iterator[Triple]


class Answer(Protocol):
    """The answer to a query; it is computed while it is written."""

    @property
    def format(self) -> Format: ...

    def write(self, out: IO[bytes]) -> None:
        """Write the whole answer.

        Errors: NotAcceptable if its format cannot hold it, StoreError, and those of ``out``.
        """
        ...


class _FullError(Exception):
    """A buffer is full."""


class _Bounded(io.RawIOBase):
    """A file in memory that takes at most so many bytes."""

    def __init__(self, most: float) -> None:
        super().__init__()
        self.content = bytearray()
        self._most = most

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.content += data
        if len(self.content) > self._most:
            raise _FullError
        return len(data)


def content_of(answer: Answer, most: float = math.inf) -> bytes | None:
    """Return an answer as bytes; None, without its rest, if it has more than ``most``."""
    out = _Bounded(most)
    try:
        answer.write(cast("IO[bytes]", out))
    except _FullError:
        return None
    return bytes(out.content)


class Store(Protocol):
    """A read-only store of quads that answers SPARQL 1.1 queries.

    Errors: QuerySyntaxError with its position, ForbiddenOperation for SERVICE, LOAD and
    updates, NotAcceptable when no format offered can carry the kind of answer, StoreError.
    """

    def check(self) -> None:
        """Return within a second if the store can answer. Errors: StoreError if it cannot."""
        ...

    def relative_to(self, base: str) -> Store:
        """Return the same store with this base for the relative IRIs of queries."""
        ...

    def answer(
        self,
        query: str,
        formats: Mapping[Content, Sequence[Format]],
        graphs: GraphSelection = UNION,
        bindings: Mapping[str, Term] | None = None,
    ) -> Answer:
        """Answer in the first of the formats offered for the kind of answer the query has."""
        ...

    def read(
        self,
        query: str,
        graphs: GraphSelection = UNION,
        bindings: Mapping[str, Term] | None = None,
    ) -> Result:
        """Answer with terms, which are computed while they are read."""
        ...

    def select(self, query: str, bindings: Mapping[str, Term] | None = None) -> Table:
        """Answer a SELECT over the union of all graphs as a table of terms."""
        ...

    def select_trusted(self, query: str) -> Table:
        """Answer a SELECT that stands in a file of the program, as `select` does.

        Its text is not checked for forbidden operations, nor repaired for the engine.
        """
        ...

    def ask(self, query: str, bindings: Mapping[str, Term] | None = None) -> bool:
        """Answer an ASK over the union of all graphs."""
        ...
