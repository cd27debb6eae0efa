"""An engine that is written: by SPARQL 1.1 Update, and by N-Quads if it accepts them.

https://www.w3.org/TR/sparql11-protocol/#update-operation
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from http import HTTPStatus
from itertools import groupby, islice
from typing import TYPE_CHECKING, TypeVar

import requests
from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    parse_query_results,
    serialize,
)
from requests.auth import HTTPBasicAuth, HTTPDigestAuth

from graphsvc import __version__
from graphsvc.errors import EngineAway, PublishingError
from graphsvc.publishing.answers import must_be_good
from graphsvc.publishing.nquads import blank_nodes, graph_of, triple_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from requests.auth import AuthBase

    from graphsvc.remote.credentials import Credentials
    from graphsvc.remote.engines import Engine as Row

T = TypeVar("T")

#: Seconds to wait for a connection, and for the next piece of an answer.
_TIMEOUTS = (10, 600)

#: The most attempts of a request; the first pause, in seconds, doubles each time.
_TRIES = 5
_PAUSE = 0.5

#: The most graphs that one query counts, and the most quads that it reads (a group may have more).
_GRAPHS_AT_A_TIME = 1000
_QUADS_AT_A_TIME = 5000

_JSON = QueryResultsFormat.JSON.media_type
_NQUADS = RdfFormat.N_QUADS.media_type


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses for queries, updates and N-Quads; ``upload`` is None if there is none."""

    query: str
    update: str
    upload: str | None = None


class WritableEngine:
    """An engine at some addresses, for one user. Errors of all methods: PublishingError.

    ``row`` is its row in the table of engines. One request has at most ``request_size`` bytes of
    quads, and no more than the engine accepts.
    """

    def __init__(
        self, row: Row, addresses: Addresses, user: Credentials, request_size: int
    ) -> None:
        self.addresses = addresses
        self.request_size = min(request_size, row.most_bytes or request_size)
        self._row = row
        self._user = user
        self._session = requests.Session()
        # Ignore proxies and credentials of the environment.
        self._session.trust_env = False
        self._session.headers["User-Agent"] = f"graphsvc/{__version__}"
        if user.token is not None:
            self._session.headers["Authorization"] = f"Bearer {user.token}"

    def head(self) -> str:
        """Return the header fields of the engine's answer to a query, as lines."""
        with self._post(self.addresses.query, {"query": "ASK {}"}) as response:
            return "\n".join(f"{name}: {value}" for name, value in response.headers.items())

    def update(self, text: str) -> None:
        """Run an update request."""
        self._post(self.addresses.update, {"update": text}).close()

    def add(self, lines: Sequence[bytes]) -> None:
        """Add quads, each a line of N-Quads; those of one call may share blank nodes."""
        if self.addresses.upload is None:
            self.update(insertion(lines))
        else:
            self._post(self.addresses.upload, b"".join(lines)).close()

    def rows(self, query: str) -> list[Sequence[object]]:
        """Answer a SELECT: a list of terms for each solution."""
        solutions = self._answer(query)
        if not isinstance(solutions, QuerySolutions):
            raise _unreadable(self.addresses.query)
        try:
            return [[solution[name] for name in solutions.variables] for solution in solutions]
        except (SyntaxError, ValueError) as error:
            raise _unreadable(self.addresses.query) from error

    def ask(self, query: str) -> bool:
        """Answer an ASK."""
        answer = self._answer(query)
        if not isinstance(answer, QueryBoolean):
            raise _unreadable(self.addresses.query)
        return bool(answer)

    def counts(self, graphs: Iterable[str]) -> dict[str, int]:
        """Return the number of quads of each graph; empty graphs are left out."""
        counts: dict[str, int] = {}
        for some in batches(graphs, _GRAPHS_AT_A_TIME):
            query = f"""SELECT ?g (COUNT(*) AS ?n) WHERE {{
                VALUES ?g {{ {_iris(some)} }} GRAPH ?g {{ ?s ?p ?o }} }} GROUP BY ?g"""
            for graph, count in patiently(lambda query=query: self.rows(query)):  # type: ignore[misc]
                if isinstance(graph, NamedNode) and isinstance(count, Literal):
                    counts[graph.value] = int(count.value)
        return counts

    def all_quads(self, graphs: Mapping[str, int]) -> list[bytes]:
        """Return all quads of graphs with known counts, as lines of N-Quads.

        A blank node has the same name in all lines. An incomplete answer is an error.
        """
        query = f"""SELECT ?s ?p ?o ?g WHERE {{
            VALUES ?g {{ {_iris(graphs)} }} GRAPH ?g {{ ?s ?p ?o }} }}"""
        expected = sum(graphs.values())
        quads: dict[Quad, None] = {}
        while rows := self.rows(f"{query} LIMIT {expected} OFFSET {len(quads)}"):
            more = dict.fromkeys(Quad(*row) for row in rows)  # type: ignore[arg-type]
            is_first, is_last = not quads, len(quads) + len(more) >= expected
            # A second answer would have other names for the same blank nodes.
            if not (is_first and is_last) and any(map(_has_blank_node, more)):
                break
            quads |= more
            if is_last:
                break
        if len(quads) != expected:
            raise EngineAway(
                f"The engine says that <{next(iter(graphs))}> and the graphs with it have "
                f"{expected:,} quads, and {len(quads):,} came.",
                remedy="If somebody else writes to these graphs, wait for the end of it. If the "
                "engine limits the rows of an answer, raise that limit (in Virtuoso "
                "ResultSetMaxRows): what is there could not be brought back else.",
            )
        return _lines(quads)

    def statements_about(self, graph: str, subjects: Iterable[str]) -> list[bytes]:
        """Return the quads of a graph with some subjects, as lines of N-Quads."""
        query = f"""SELECT ?s ?p ?o ?g WHERE {{ VALUES ?g {{ {NamedNode(graph)} }}
            VALUES ?s {{ {_iris(subjects)} }} GRAPH ?g {{ ?s ?p ?o }} }}"""
        return _lines(Quad(*row) for row in self.rows(query))  # type: ignore[arg-type]

    def with_blank_nodes(self, graphs: Iterable[str]) -> set[str]:
        """Return the graphs that have a blank node."""
        matches: set[str] = set()
        for some in batches(graphs, _GRAPHS_AT_A_TIME):
            query = f"""SELECT DISTINCT ?g WHERE {{ VALUES ?g {{ {_iris(some)} }}
                GRAPH ?g {{ ?s ?p ?o FILTER(ISBLANK(?s) || ISBLANK(?o)) }} }}"""
            rows = patiently(lambda query=query: self.rows(query))  # type: ignore[misc]
            matches.update(graph.value for (graph,) in rows if isinstance(graph, NamedNode))
        return matches

    def _answer(self, query: str) -> QuerySolutions | QueryBoolean:
        response = self._post(self.addresses.query, {"query": query})
        try:
            content = response.content
            for spelling, standard in self._row.spellings:
                content = content.replace(spelling, standard)
            return parse_query_results(content, QueryResultsFormat.JSON)
        except (SyntaxError, ValueError, requests.RequestException) as error:
            raise _unreadable(self.addresses.query) from error

    def _post(self, address: str, body: bytes | dict[str, str]) -> requests.Response:
        try:
            response = self._send(address, body)
            challenge = response.headers.get("WWW-Authenticate", "")
            is_asked = response.status_code == HTTPStatus.UNAUTHORIZED and not self._session.auth
            if is_asked and self._user.user is not None:
                response.close()
                password = self._user.password or ""
                self._session.auth = _authorization(challenge, self._user.user, password)
                response = self._send(address, body)
            _must_be_good(response)
        except requests.RequestException as error:
            raise EngineAway(
                f"The engine at {address} does not answer: {_reason(error)}.",
                remedy="Start it, or correct the address; then run the command again: what is "
                "done stays done.",
            ) from error
        return response

    def _send(self, address: str, body: bytes | dict[str, str]) -> requests.Response:
        """Send N-Quads, or a form, which every engine accepts."""
        head = {"Accept": _JSON}
        if isinstance(body, bytes):
            head = {"Accept": "*/*", "Content-Type": _NQUADS}
        return self._session.post(
            address,
            data=body,
            headers=head,
            timeout=_TIMEOUTS,
            allow_redirects=False,
            stream=True,
        )


def insertion(lines: Sequence[bytes]) -> str:
    """Return the update that adds quads, each a line of N-Quads; empty if there are none.

    Blank nodes are new; the same name means the same node in the whole update
    (https://www.w3.org/TR/sparql11-update/#insertData). Virtuoso refuses them in INSERT DATA, and
    several graphs if the pattern is empty; so they are added for the one solution of a SELECT.
    """
    blocks = []
    for graph, quads in groupby(lines, graph_of):
        triples = b" .\n".join(map(triple_of, quads)).decode()
        blocks.append(f"GRAPH <{graph}> {{\n{triples} }}\n")
    if not blocks:
        return ""
    data = f"{{\n{''.join(blocks)}}}"
    if any(map(blank_nodes, lines)):
        return f"INSERT {data} WHERE {{ SELECT (1 AS ?once) WHERE {{}} }}"
    return f"INSERT DATA {data}"


def portions(
    counts: Mapping[str, int], groups: Iterable[Sequence[str]]
) -> Iterator[Mapping[str, int]]:
    """Yield portions of graphs with their counts, for one query each; groups stay together."""
    portion: dict[str, int] = {}
    for group in groups:
        more = {graph: counts.get(graph, 0) for graph in group}
        if portion and sum(portion.values()) + sum(more.values()) > _QUADS_AT_A_TIME:
            yield portion
            portion = {}
        portion |= more
    if portion:
        yield portion


def patiently(action: Callable[[], T]) -> T:
    """Run a repeatable action; run it again, after growing pauses, if the engine is unavailable."""
    for attempt in range(_TRIES - 1):
        try:
            return action()
        except EngineAway:
            # A random pause keeps two programs from trying again at the same time.
            time.sleep(_PAUSE * 2**attempt * random.uniform(0.5, 1.5))  # noqa: S311 - no secret
    return action()


def _must_be_good(response: requests.Response) -> None:
    """Raise PublishingError, and close the connection, unless the request succeeded."""
    try:
        must_be_good(response)
    except PublishingError:
        response.close()
        raise


def _authorization(challenge: str, user: str, password: str) -> AuthBase:
    """Return the authentication that an engine asks for.

    A password is sent only in answer to a challenge. So a password for Digest, which hides it, is
    never sent in clear: https://www.rfc-editor.org/rfc/rfc7616
    """
    if challenge.lower().startswith("digest"):
        return HTTPDigestAuth(user, password)
    return HTTPBasicAuth(user, password)


def _lines(quads: Iterable[Quad]) -> list[bytes]:
    return (serialize(quads, format=RdfFormat.N_QUADS) or b"").splitlines(keepends=True)


def _has_blank_node(quad: Quad) -> bool:
    return isinstance(quad.subject, BlankNode) or isinstance(quad.object, BlankNode)


def _iris(names: Iterable[str]) -> str:
    return " ".join(str(NamedNode(name)) for name in names)


def batches(graphs: Iterable[str], size: int) -> Iterator[list[str]]:
    """Yield the graphs in batches, in their order."""
    rest = iter(graphs)
    while batch := list(islice(rest, size)):
        yield batch


def _unreadable(address: str) -> EngineAway:
    return EngineAway(
        f"The answer of the engine at {address} breaks off, or is no result of a SPARQL query.",
        remedy="Look at the engine's log, and whether this is the address of its queries.",
    )


def _reason(error: requests.RequestException) -> str:
    """Return the reason of an error, without the address, which the message has already."""
    return (
        type(error).__name__ if error.args and isinstance(error.args[0], Exception) else str(error)
    )
