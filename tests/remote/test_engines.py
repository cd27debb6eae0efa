"""The table of engines: how each is recognised, how it gets the deadline, and where updates go."""

from __future__ import annotations

import re

import pyoxigraph
import pytest

from graphsvc.remote.engines import ENGINES, engine_named, recognise
from graphsvc.remote.store import RemoteStore

from .naughty import answer, naughty

ROWS = b'{"head":{"vars":["s"]},"results":{"bindings":[]}}'
NO = b'{"head":{},"boolean":false}'

DEADLINES = {
    "virtuoso": {"timeout": "9000"},
    "graphdb": {"timeout": "9"},
    "stardog": {"timeout": "9000"},
    "qlever": {"timeout": "9s"},
    "fuseki": {"timeout": "9"},
    "oxigraph": {},
    "comunica": {},
    "sparql": {},
    "neptune": {},
    "blazegraph": {},
}


def test_every_engine_is_tested() -> None:
    assert set(DEADLINES) == {engine.name for engine in ENGINES}


@pytest.mark.parametrize(("name", "parameters"), DEADLINES.items())
def test_an_engine_is_told_the_deadline_in_its_way(name: str, parameters: dict[str, str]) -> None:
    with naughty(answer(NO), answer(ROWS)) as server:
        store = RemoteStore.at(server.address, {}, name, deadline=10)
        store.select("SELECT ?s { ?s ?p ?o FILTER NOT EXISTS { ?o ?p ?s } }")
        store.select_trusted("SELECT ?s { ?s ?p ?o }")
        store.close()
    for request in server.received[1:]:
        sent = {key: values[0] for key, values in request.parameters.items()}
        query = sent.pop("query")
        assert sent == parameters
        assert ("QueryHints#queryTimeout> 9000 ." in query) is (name == "neptune")
        millis = request.fields.get("x-bigdata-max-query-millis")
        assert millis == ("9000" if name == "blazegraph" else None)
        # Virtuoso has its own words before a query.
        pyoxigraph.Store().query(re.sub(r"^(?:define \S+ <[^>]*> )+", "", query))


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ("Server: Oxigraph/0.5.13", "oxigraph"),
        ("Server: Virtuoso/07.20.3240 (Linux) x86_64-pc-linux-gnu", "virtuoso"),
        ("Vary: Accept\nServer: Apache Jena Fuseki (5.0.0)", "fuseki"),
        ("Server: GraphDB/10.7.0 RDF4J/4.3.9", "graphdb"),
        ("Server: nginx", "sparql"),
        ("", "sparql"),
    ],
)
def test_an_engine_is_recognised_by_what_it_says_of_itself(head: str, name: str) -> None:
    assert recognise(head).name == name


def test_an_engine_behind_a_proxy_is_recognised_by_its_description() -> None:
    description = answer(b"<> a <urn:x> ; <urn:by> 'Blazegraph' .", "text/turtle", Server="nginx")
    with naughty(answer(NO, Server="nginx"), description) as server:
        store = RemoteStore.at(server.address, {})
        assert store.engine.name == "blazegraph"
        store.close()


@pytest.mark.parametrize(
    ("name", "query", "update", "store"),
    [
        ("oxigraph", "http://x/query", "http://x/update", "http://x/store"),
        ("fuseki", "http://x/ds/sparql", "http://x/ds/update", "http://x/ds/data"),
        (
            "graphdb",
            "http://x/repositories/r",
            "http://x/repositories/r/statements",
            "http://x/repositories/r/rdf-graphs/service",
        ),
        ("stardog", "http://x/db/query", "http://x/db/update", "http://x/db"),
        ("neptune", "https://x:8182/sparql", "https://x:8182/sparql", "https://x:8182/sparql/gsp/"),
        ("sparql", "http://x/sparql", "http://x/sparql", "http://x/sparql"),
    ],
)
def test_where_graphs_are_written(name: str, query: str, update: str, store: str) -> None:
    engine = engine_named(name)
    assert engine.update_address(query) == update
    assert engine.graph_store_address(query) == store


WORDS = [("Grey", 'Leuch"t'), ("x'; DROP", "*"), ()]


@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize("engine", [each for each in ENGINES if each.full_text is not None])
def test_words_cannot_leave_their_place(engine: object, words: tuple[str, ...]) -> None:
    query = engine.full_text(words, ["en", "de"], 20)  # type: ignore[attr-defined]
    assert "DROP" not in query or "xDROP" in query
    assert query.count('"') % 2 == 0
    assert query.endswith("LIMIT 20")
    if engine.name != "virtuoso":  # type: ignore[attr-defined] # its syntax is its own
        # Virtuoso has its own words before a query.
        pyoxigraph.Store().query(re.sub(r"^(?:define \S+ <[^>]*> )+", "", query))


def test_an_answer_that_the_engine_says_is_a_part_is_none() -> None:
    part = answer(ROWS, X_SQL_State="S1TAT")
    with naughty(answer(NO), part) as server:
        store = RemoteStore.at(server.address, {}, "virtuoso")
        with pytest.raises(Exception, match="took longer"):
            store.select("SELECT ?s { ?s ?p ?o }")
        store.close()
