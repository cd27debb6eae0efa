"""What a client says and what it makes of what it hears: shared by the two kinds of clients."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import (
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    parse_query_results,
    serialize,
)
from pyoxigraph import Triple as RdfTriple

from graphsvc.errors import DeadlineExceeded, MemoryExceeded, Overloaded, StoreError
from graphsvc.formats import Content, Format, named
from graphsvc.store.base import UNION, GraphSelection, Table, Term
from graphsvc.store.pool import frames
from graphsvc.store.pool.register import Cause

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: How many queries of pages each web process has answered at a time, beside the endpoint's.
PAGE_PLACES = 2

#: How many queries pinned to one release each web process has answered at a time.
PINNED_PLACES = 2

_PROBE = NamedNode("urn:x:s")


@dataclass(frozen=True, slots=True)
class Limits:
    """What a client keeps to: queries at a time, queries waiting, and seconds for each."""

    quick: int
    waiting: int
    deadline: float


def request(
    query: str,
    formats: Mapping[Content, Sequence[Format]],
    graphs: GraphSelection = UNION,
    bindings: Mapping[str, Term] | None = None,
) -> bytes:
    """Return the request for a query, ready to send."""
    return frames.request(
        {
            "query": query,
            "formats": {
                content.value: [fmt.name for fmt in offered] for content, offered in formats.items()
            },
            "default": graphs.default_graphs,
            "named": graphs.named_graphs,
            "bindings": {name: written(term) for name, term in (bindings or {}).items()},
        }
    )


def written(term: Term) -> str:
    """Return a term as N-Triples writes it."""
    line = serialize([RdfTriple(_PROBE, _PROBE, term)], format=RdfFormat.N_TRIPLES) or b""
    return line.decode().split(" ", 2)[2].rstrip().removesuffix(" .")


def failure(cause: Cause | None, limits: Limits) -> StoreError:
    """Return the error for a worker that ended before its answer did."""
    if cause is Cause.DEADLINE:
        return DeadlineExceeded(
            f"The query took longer than {limits.deadline:g} seconds, and was ended.",
            remedy="Ask for less: a narrower pattern, a LIMIT, or one step at a time.",
        )
    if cause is Cause.MEMORY:
        return MemoryExceeded(
            "The query took more memory than one query may, and was ended.",
            remedy="Ask for less: fewer rows before ORDER BY, GROUP BY and DISTINCT.",
        )
    if cause is Cause.CROWDED:
        return Overloaded(
            "Too many long queries are running already.",
            remedy="Try again in a moment, or ask for less.",
        )
    return StoreError(
        "The process that answered the query has ended.", remedy="Ask the query again."
    )


def crowded() -> Overloaded:
    """Return the error for a query that finds the queue full."""
    return Overloaded("Too many queries are waiting already.", remedy="Try again in a moment.")


def format_of(head: frames.Frame) -> Format:
    """Return the format that the first frame of an answer names."""
    fmt = named(head.payload.decode())
    if fmt is None:
        raise StoreError(f"The worker answers in a format that is not known: {head.payload!r}.")
    return fmt


def table(answer: bytes) -> Table:
    """Read the answer of a SELECT, in SPARQL JSON."""
    solutions = parse_query_results(answer, format=QueryResultsFormat.JSON)
    if not isinstance(solutions, QuerySolutions):
        raise StoreError("A table was expected.")
    names = tuple(variable.value for variable in solutions.variables)
    return Table(names, tuple(tuple(solution) for solution in solutions))


def boolean(answer: bytes) -> bool:
    """Read the answer of an ASK, in SPARQL JSON."""
    found = parse_query_results(answer, format=QueryResultsFormat.JSON)
    if not isinstance(found, QueryBoolean):
        raise StoreError("A boolean was expected.")
    return bool(json.loads(answer)["boolean"])
