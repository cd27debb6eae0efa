"""The store over HTTP on a real engine: it answers as the embedded store does."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pyoxigraph
import pytest
from engines.servers import oxigraph
from pyoxigraph import Literal, NamedNode, RdfFormat

from graphsvc.errors import (
    ForbiddenOperation,
    GraphsvcError,
    NotAcceptable,
    QueryError,
    QuerySyntaxError,
    SettingsError,
)
from graphsvc.formats import ANSWER_FORMATS, Content, named
from graphsvc.remote.store import RemoteStore
from graphsvc.store.base import GraphSelection, Solutions, Store, content_of

from .naughty import answer, naughty

if TYPE_CHECKING:
    from pathlib import Path

    from graphsvc.formats import Format
    from graphsvc.sources import Project
    from graphsvc.store.oxigraph import OxigraphStore

TABLES = (
    "SELECT ?s ?p ?o { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 300",
    "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }",
    "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g",
    "SELECT ?s ?l { ?s rdfs:label|skos:prefLabel ?l FILTER(LANG(?l) = 'EN') } ORDER BY ?s ?l",
    "SELECT ?s { ?s a ?c FILTER(REGEX(STR(?c), 'l[a-z]+t', 'i')) } ORDER BY ?s",
    "SELECT ?a ?b { VALUES (?a ?b) { (UNDEF 'x\"\\n') (<http://x/é> 1.50) } }",
    "SELECT (TRUE AS ?yes) {}",
    "SELECT * { ?nothing <http://x/of> 'this' }",
)
GRAPHS = (
    "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }",
    "CONSTRUCT { ?s a ?c } { ?s a ?c } ORDER BY ?s ?c LIMIT 5",
    "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o FILTER(false) }",
)
REFUSED = (
    "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
    "LOAD <http://127.0.0.1:1/>",
    "INSERT DATA { <http://x/a> <http://x/b> <http://x/c> }",
    "SELECT * { ?s ?p }",
    "SELECT * { ?s nowhere:p ?o }",
    "nonsense",
    f"SELECT * {{ {'{' * 200}{'}' * 200} }}",
)


def fmt(name: str) -> Format:
    row = named(name)
    assert row is not None
    return row


def bytes_of(store: Store, query: str, name: str) -> bytes:
    offer = {content: [fmt(name)] for content in fmt(name).carries}
    return content_of(store.answer(query, offer)) or b""


def names_of(content: Content) -> list[str]:
    return [each.name for each in ANSWER_FORMATS if content in each.carries]


def test_it_is_a_store(remote: RemoteStore) -> None:
    _: Store = remote
    assert remote.engine.name == "oxigraph"
    assert remote.is_merged
    remote.check()


@pytest.mark.parametrize("name", names_of(Content.SOLUTIONS))
@pytest.mark.parametrize("query", TABLES)
def test_tables_are_the_same_in_every_format(
    remote: RemoteStore, embedded: OxigraphStore, query: str, name: str
) -> None:
    theirs, ours = bytes_of(remote, query, name), bytes_of(embedded, query, name)
    if "*" in query and "COUNT" not in query:
        assert len(theirs) == len(ours)  # the engine has its own order of variables
    else:
        assert theirs == ours


@pytest.mark.parametrize("name", names_of(Content.TRIPLES))
@pytest.mark.parametrize("query", GRAPHS)
def test_graphs_are_the_same_in_every_format(
    remote: RemoteStore, embedded: OxigraphStore, query: str, name: str
) -> None:
    engine = fmt(name).engine
    assert isinstance(engine, RdfFormat)
    theirs, ours = (
        {quad.triple for quad in pyoxigraph.parse(bytes_of(store, query, name), engine)}
        for store in (remote, embedded)
    )
    assert theirs == ours


def test_a_small_graph_has_only_the_prefixes_that_it_uses(
    remote: RemoteStore, embedded: OxigraphStore
) -> None:
    query = "CONSTRUCT { ?s a ?c } { ?s a ?c } ORDER BY ?s ?c LIMIT 1"
    assert bytes_of(remote, query, "ttl") == bytes_of(embedded, query, "ttl")


@pytest.mark.parametrize("name", names_of(Content.BOOLEAN))
@pytest.mark.parametrize("query", ["ASK { ?s ?p ?o }", "ask where { ?s ?p ?s . ?s ?s ?s }"])
def test_yes_and_no_are_the_same_in_every_format(
    remote: RemoteStore, embedded: OxigraphStore, query: str, name: str
) -> None:
    assert bytes_of(remote, query, name) == bytes_of(embedded, query, name)


@pytest.mark.parametrize("query", REFUSED)
def test_what_is_wrong_is_told_in_the_same_words_and_nothing_is_sent(
    embedded: OxigraphStore, lights: Project, query: str
) -> None:
    with naughty(answer(b"")) as server:
        store = RemoteStore.at(server.address, lights.prefixes)
        for ask in ("select", "ask", "read"):
            with pytest.raises(QueryError) as theirs:
                getattr(store, ask)(query)
            with pytest.raises(QueryError) as ours:
                getattr(embedded, ask)(query)
            assert _details(theirs.value) == _details(ours.value)
        assert not server.received


def _details(error: GraphsvcError) -> tuple[object, ...]:
    return type(error), error.message, error.remedy, getattr(error, "position", None)


def test_the_kinds_of_errors(remote: RemoteStore) -> None:
    with pytest.raises(ForbiddenOperation):
        remote.select(REFUSED[0])
    with pytest.raises(QuerySyntaxError):
        remote.select("SELECT * {")
    with pytest.raises(QueryError, match="not a SELECT"):
        remote.select("ASK { }")
    with pytest.raises(QueryError, match="not an ASK"):
        remote.ask("SELECT * { }")
    with pytest.raises(NotAcceptable):
        bytes_of(remote, "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }", "csv")


def test_an_ask_is_not_answered_by_the_parser() -> None:
    # Its answer would take the parser a thousand million rows.
    many = " ".join(map(str, range(1000)))
    values = " ".join(f"VALUES ?{name} {{ {many} }}" for name in "abc")
    with naughty(answer(b'{"head":{},"boolean":true}')) as server:
        store = RemoteStore.at(server.address, {}, "sparql")
        assert store.ask(f"ASK {{ {values} FILTER(?a + ?b + ?c > 5000) }}")
        store.close()


def test_what_a_format_cannot_hold_is_not_sent(remote: RemoteStore) -> None:
    query = 'SELECT ?x { VALUES ?x { "\\u0001" } }'
    with pytest.raises(NotAcceptable, match="cannot hold"):
        bytes_of(remote, query, "xml")
    assert b"\\u0001" in bytes_of(remote, query, "json")


def test_terms_are_read(remote: RemoteStore, embedded: OxigraphStore) -> None:
    query = TABLES[0]
    theirs, ours = remote.read(query), embedded.read(query)
    assert isinstance(theirs, Solutions)
    assert isinstance(ours, Solutions)
    assert theirs.variables == ours.variables
    assert list(theirs.rows) == list(ours.rows)
    assert remote.read("ASK { }") is True
    triples = remote.read(GRAPHS[0])
    assert not isinstance(triples, Solutions | bool)
    assert len(set(triples)) > 100


def test_trusted_queries_are_sent_as_they_are(remote: RemoteStore, embedded: OxigraphStore) -> None:
    query = "SELECT ?s { ?s a ?c } ORDER BY ?s LIMIT 9"
    assert remote.select_trusted(query) == embedded.select_trusted(query)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?c (COUNT(?s) AS ?n) { ?s a ?c } GROUP BY ?c",
        "SELECT ?c ?s { { SELECT ?s ?c WHERE { ?s a ?c } } } ORDER BY ?s",
        "SELECT ?c ?s WHERE { ?s a ?c OPTIONAL { ?s ?p ?c } } ORDER BY ?s ?p",
    ],
)
def test_parameters_are_values(remote: RemoteStore, embedded: OxigraphStore, query: str) -> None:
    (one, *_), *_ = embedded.select("SELECT ?c { ?s a ?c } ORDER BY ?c LIMIT 1").rows
    assert one is not None
    bindings = {"c": one}
    assert remote.select(query, bindings).rows == embedded.select(query, bindings).rows


def test_literals_cannot_leave_their_place(remote: RemoteStore) -> None:
    text = Literal('"} SERVICE <http://x/> { ?s ?p "\\')
    table = remote.select("SELECT ?x { }", {"x": text})
    assert table.rows == ((text,),)


def test_relative_iris_are_relative_to_our_endpoint(
    remote: RemoteStore, embedded: OxigraphStore
) -> None:
    query = "BASE <more/> PREFIX here: <#> SELECT (<a> AS ?a) (here:b AS ?b) (<http://x/> AS ?c) {}"
    base = "http://example.org/path/sparql"
    (row,) = remote.relative_to(base).select(query).rows
    assert row == embedded.relative_to(base).select(query).rows[0]
    assert row[0] == NamedNode("http://example.org/path/more/a")


def test_a_dataset_of_the_request_is_that_of_the_query(
    remote: RemoteStore, embedded: OxigraphStore
) -> None:
    graphs = [row[0] for row in embedded.select(TABLES[3]).rows if isinstance(row[0], NamedNode)]
    first, second = graphs[0].value, graphs[1].value
    for selection in (GraphSelection((first,)), GraphSelection((), (first, second))):
        for query in TABLES[:4]:
            theirs, ours = remote.read(query, selection), embedded.read(query, selection)
            assert isinstance(theirs, Solutions)
            assert isinstance(ours, Solutions)
            assert list(theirs.rows) == list(ours.rows)
    own = f"SELECT (COUNT(*) AS ?n) FROM <{first}> {{ ?s ?p ?o }}"  # noqa: S608
    assert remote.select(own) == embedded.select(own)


def test_an_engine_that_has_only_named_graphs_is_asked_for_their_union(
    nquads: bytes, lights: Project, tmp_path: Path
) -> None:
    data = tmp_path / "named.nq"
    data.write_bytes(nquads)
    with oxigraph(tmp_path, data) as engine:
        store = RemoteStore.at(engine.query, lights.prefixes)
        assert store.is_merged
        assert store.select("SELECT ?s { ?s ?p ?o } LIMIT 1").rows
        one = store.select_trusted("SELECT ?g { GRAPH ?g { ?s ?p ?o } } LIMIT 1").rows[0][0]
        assert isinstance(one, NamedNode)
        # Who names a graph means that one.
        count = "SELECT (COUNT(*) AS ?n) {} {{ ?s ?p ?o }}"
        assert store.select(count.format(f"FROM {one}")) != store.select(count.format(""))
        store.close()


def test_connections_stay_open() -> None:
    with naughty(answer(b'{"head":{},"boolean":true}')) as server:
        store = RemoteStore.at(server.address, {}, "sparql")
        for _ in range(9):
            assert store.ask("ASK { }")
        store.close()
        assert server.connections == 1


def test_an_answer_that_is_not_read_ends_its_connection(remote: RemoteStore) -> None:
    table = remote.read("SELECT * { ?a ?b ?c . ?d ?e ?f }")
    assert isinstance(table, Solutions)
    assert next(table.rows)
    del table
    assert remote.ask("ASK { ?s ?p ?o }")


def test_a_long_answer_goes_through_a_buffer(remote: RemoteStore) -> None:
    sizes: list[int] = []

    class Out(io.RawIOBase):
        def write(self, data: object) -> int:
            sizes.append(len(memoryview(data)))  # type: ignore[arg-type]
            return sizes[-1]

    query = "SELECT ?s ?t { ?s ?p ?o . ?t ?q ?r } LIMIT 20000"
    for name in ("json", "csv"):
        sizes.clear()
        offer = {Content.SOLUTIONS: [fmt(name)]}
        remote.answer(query, offer).write(Out())  # type: ignore[arg-type]
        assert sum(sizes) > 1_000_000
        assert max(sizes) <= 131_072


@pytest.mark.parametrize(
    "address", ["ftp://x/sparql", "sparql", "http:///sparql", "https://x/sparql#part", ""]
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(SettingsError, match="no address"):
        RemoteStore.at(address, {})


def test_an_engine_by_name() -> None:
    assert RemoteStore.at("http://x/sparql", {}, "Virtuoso").engine.label == "OpenLink Virtuoso"
    with pytest.raises(SettingsError, match="'mysql' is not the name"):
        RemoteStore.at("http://x/sparql", {}, "mysql")
