"""The embedded store: its answers, the queries that it refuses, and its error messages."""

from __future__ import annotations

import io
import json
import math
from typing import IO, TYPE_CHECKING, Any, cast

import pyoxigraph
import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, serialize

from graphsvc.errors import (
    ForbiddenOperation,
    NotAcceptable,
    QueryError,
    QuerySyntaxError,
    StoreError,
)
from graphsvc.formats import ANSWER_FORMATS, Content, Format, carrying, named
from graphsvc.store import union
from graphsvc.store.base import GraphSelection, Store, content_of
from graphsvc.store.oxigraph import OxigraphStore
from graphsvc.store.syntax import MOST_NESTED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

EX = "http://example.org/"
ROWS = 30_000


def node(name: str) -> NamedNode:
    return NamedNode(EX + name)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> OxigraphStore:
    folder = tmp_path_factory.mktemp("store")
    writable = pyoxigraph.Store(str(folder))
    quads = [
        Quad(node("a"), node("p"), node("b"), node("g1")),
        Quad(node("a"), node("name"), Literal("A", language="en"), node("g1")),
        Quad(node("a"), node("name"), Literal("A", language="en"), node("g2")),
        Quad(node("b"), node("p"), node("c"), node("g2")),
    ]
    rows = (
        Quad(node(f"row/{number}"), node("number"), Literal(number), node("rows"))
        for number in range(ROWS)
    )
    content = serialize([*quads, *rows], format=RdfFormat.N_QUADS)
    assert content is not None
    union.fill(writable, content)
    writable.flush()
    del writable
    return OxigraphStore.open(folder, {"ex": EX})


def offers(*names: str) -> Mapping[Content, Sequence[Format]]:
    formats = [fmt for name in names if (fmt := named(name))]
    return {content: [fmt for fmt in formats if content in fmt.carries] for content in Content}


def answered(store: Store, query: str, name: str, **others: object) -> str:
    answer = store.answer(query, offers(name), **others)  # type: ignore[arg-type]
    assert answer.format.name == name
    return (content_of(answer) or b"").decode()


def test_it_is_a_store_whose_quads_can_be_had(store: OxigraphStore) -> None:
    _: Store = store
    assert len(list(store.quads(f"{EX}g1"))) == 2
    assert len(list(store.quads())) == ROWS + 4


def test_the_default_graph_is_the_union(store: OxigraphStore) -> None:
    table = store.select("SELECT ?s { ?s ex:p ?o } ORDER BY ?s")
    assert table.variables == ("s",)
    assert [row["s"] for row in table] == [node("a"), node("b")]


@pytest.mark.parametrize(
    ("graphs", "clause"),
    [
        (GraphSelection(), ""),
        (GraphSelection(), f"FROM <{EX}g1> FROM <{EX}g2>"),
        (GraphSelection(), f"BASE <{EX}> {{}}FROM <g1> FROM ex:g2"),
        (GraphSelection((f"{EX}g1", f"{EX}g2")), ""),
        (GraphSelection((f"{EX}g1", f"{EX}g2")), f"FROM <{EX}rows>"),
    ],
)
def test_what_two_graphs_hold_is_there_once(
    store: OxigraphStore, graphs: GraphSelection, clause: str
) -> None:
    base, _, dataset = clause.rpartition("{}")
    query = f"{base} SELECT (COUNT(*) AS ?n) {dataset} WHERE {{ ?s ex:name ?name }}"
    answer = json.loads(answered(store, query, "json", graphs=graphs))
    assert answer["results"]["bindings"][0]["n"]["value"] == "1"


def test_a_merge_of_graphs_has_the_named_graphs_that_are_asked_for(store: OxigraphStore) -> None:
    query = """SELECT ?g ?s FROM ex:g1 FROM ex:g2 FROM NAMED ex:g2
    WHERE { ?a ex:name "A"@en GRAPH ?g { ?s ex:p ?o } }"""
    assert store.select(query).rows == ((node("g2"), node("b")),)


@pytest.mark.parametrize(
    ("graphs", "clauses"),
    [
        (GraphSelection((), (f"{EX}g2", f"{EX}g2")), ""),
        (GraphSelection(), "FROM NAMED ex:g2 FROM NAMED ex:g2"),
    ],
)
def test_a_graph_that_is_named_twice_is_there_once(
    store: OxigraphStore, graphs: GraphSelection, clauses: str
) -> None:
    query = f"SELECT ?s {clauses} {{ GRAPH ?g {{ ?s ex:p ?o }} }}"
    assert answered(store, query, "csv", graphs=graphs) == f"s\r\n{EX}b\r\n"


@pytest.mark.parametrize("iri", ["", "no IRI", "relative", "http://[x/"])
def test_a_graph_without_an_iri_is_refused(store: OxigraphStore, iri: str) -> None:
    for graphs in (
        GraphSelection((iri,)),
        GraphSelection((iri, f"{EX}g1")),
        GraphSelection((), (iri,)),
    ):
        with pytest.raises(QueryError, match="is not an IRI"):
            store.answer("ASK {}", offers("json"), graphs)


@pytest.mark.parametrize(
    ("query", "value"),
    [
        ("SELECT ?o { <a> <p> ?o }", f"{EX}b"),
        ("SELECT (IRI('x/../y') AS ?o) {}", f"{EX}y"),
        ("SELECT ?o FROM <g1> { ?s ex:p ?o }", f"{EX}b"),
        ("SELECT (STR(?s) AS ?o) FROM <g1> FROM <g2> { ?s <p> <c> }", f"{EX}b"),
        ("BASE <row/> SELECT (<1> AS ?o) {}", f"{EX}row/1"),
    ],
)
def test_relative_iris_are_relative_to_the_base_of_the_request(
    store: OxigraphStore, query: str, value: str
) -> None:
    answer = answered(store.relative_to(f"{EX}sparql?query=x"), query, "csv")
    assert answer == f"o\r\n{value}\r\n"
    with pytest.raises(QuerySyntaxError):
        store.answer(query.replace("IRI('x/../y')", "<x/../y>"), offers("csv"))


def test_a_blank_node_is_the_same_in_the_merge() -> None:
    store = OxigraphStore.load(b'_:b <http://e/p> "x" <http://e/g> .\n', {})
    assert store.ask("ASK { GRAPH ?g { ?b ?p ?o } ?b ?p ?o }")


def test_unbound_variables_are_left_out_of_the_mapping(store: OxigraphStore) -> None:
    table = store.select("SELECT ?s ?name { ?s ex:p ?o OPTIONAL { ?s ex:name ?name } } ORDER BY ?s")
    assert [row.get("name") for row in table] == [Literal("A", language="en"), None]


def test_values_are_bound_as_terms(store: OxigraphStore) -> None:
    query = "SELECT ?s ?o { ?s ex:p ?o }"
    assert store.select(query, {"s": node("b")}).rows == ((node("b"), node("c")),)
    assert store.ask("ASK { ?s ex:p ?o }", {"s": node("b")})
    assert not store.ask("ASK { ?s ex:p ?o }", {"s": node("c")})


def test_a_value_for_a_variable_that_is_not_projected(store: OxigraphStore) -> None:
    with pytest.raises(QueryError, match="does not project") as caught:
        store.select("SELECT ?o { ?s ex:p ?o }", {"s": node("b")})
    assert "SELECT" in caught.value.remedy


def test_select_and_ask_want_their_own_form(store: OxigraphStore) -> None:
    with pytest.raises(QueryError, match="not a SELECT"):
        store.select("ASK { ?s ?p ?o }")
    with pytest.raises(QueryError, match="not an ASK"):
        store.ask("SELECT * { ?s ?p ?o }")


@pytest.mark.parametrize(
    ("graphs", "clause", "names"),
    [
        (GraphSelection(), "", {"a", "b"}),
        (GraphSelection((f"{EX}g1",)), "", {"a"}),
        (GraphSelection((f"{EX}g1", f"{EX}g2")), "", {"a", "b"}),
        (GraphSelection((), (f"{EX}g1",)), "", set()),
        (GraphSelection((f"{EX}g2",)), f"FROM <{EX}g1>", {"b"}),
        (GraphSelection(), f"FROM <{EX}g1>", {"a"}),
        (GraphSelection(), f"FROM NAMED <{EX}g1>", set()),
    ],
)
def test_the_dataset_of_a_query(
    store: OxigraphStore, graphs: GraphSelection, clause: str, names: set[str]
) -> None:
    text = answered(store, f"SELECT ?s {clause} {{ ?s ex:p ?o }}", "json", graphs=graphs)
    values = {row["s"]["value"] for row in json.loads(text)["results"]["bindings"]}
    assert values == {EX + name for name in names}


@pytest.mark.parametrize(
    ("graphs", "names"),
    [
        (GraphSelection(), {"g1", "g2"}),
        (GraphSelection((f"{EX}g1",)), set()),
        (GraphSelection((), (f"{EX}g2",)), {"g2"}),
    ],
)
def test_the_named_graphs_of_a_query(
    store: OxigraphStore, graphs: GraphSelection, names: set[str]
) -> None:
    text = answered(store, "SELECT ?g { GRAPH ?g { ?s ex:p ?o } }", "json", graphs=graphs)
    values = {row["g"]["value"] for row in json.loads(text)["results"]["bindings"]}
    assert values == {EX + name for name in names}


def test_a_graph_that_is_no_iri(store: OxigraphStore) -> None:
    with pytest.raises(QueryError, match="not an IRI"):
        store.answer("ASK {}", offers("json"), GraphSelection(("not an iri",)))


@pytest.mark.parametrize("fmt", ANSWER_FORMATS, ids=lambda fmt: fmt.name)
def test_every_format_is_written(store: OxigraphStore, fmt: Format) -> None:
    queries = {
        Content.SOLUTIONS: f"SELECT ?s {{ ?s ex:p <{EX}b> }}",
        Content.TRIPLES: f"CONSTRUCT {{ ?s ex:p <{EX}b> }} WHERE {{ ?s ex:p <{EX}b> }}",
    }
    kind = Content.SOLUTIONS if Content.SOLUTIONS in fmt.carries else Content.TRIPLES
    text = answered(store, queries[kind], fmt.name)
    assert f"{EX}a" in text or "ex:a" in text


def test_graphs_are_written_with_the_prefixes(store: OxigraphStore) -> None:
    text = answered(store, "DESCRIBE ex:b", "ttl")
    assert f"@prefix ex: <{EX}> ." in text
    assert "ex:b ex:p ex:c ." in text


def test_the_first_format_that_carries_the_answer_is_taken(store: OxigraphStore) -> None:
    both = offers("html", "ttl", "csv", "json")
    assert store.answer("SELECT * { ?s ex:p ?o }", both).format.name == "csv"
    assert store.answer("DESCRIBE ex:a", both).format.name == "ttl"
    assert store.answer("ASK {}", both).format.name == "csv"


def test_no_format_that_carries_the_answer(store: OxigraphStore) -> None:
    with pytest.raises(NotAcceptable) as caught:
        store.answer("SELECT * { ?s ex:p ?o }", offers("ttl"))
    assert caught.value.formats == carrying(Content.SOLUTIONS)


# --- answers as they are written ---


class Full(Exception):  # noqa: N818
    """The reader has gone away."""


class Gauge(io.RawIOBase):
    """A file that counts the bytes written into it, and accepts only so many."""

    def __init__(self, most: float) -> None:
        super().__init__()
        self.sizes: list[int] = []
        self._most = most

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        if sum(self.sizes) > self._most:
            raise Full
        self.sizes.append(len(data))
        return len(data)


def test_a_long_answer_is_written_in_pieces(store: OxigraphStore) -> None:
    out = Gauge(math.inf)
    store.answer("SELECT ?s { ?s ex:number ?n }", offers("csv")).write(cast("IO[bytes]", out))
    assert len(out.sizes) > 10
    assert max(out.sizes) <= 65_536


def test_an_answer_that_nobody_reads_to_the_end_is_given_up(store: OxigraphStore) -> None:
    # The whole answer has millions of rows.
    answer = store.answer("SELECT * { ?s ex:number ?n . ?t ex:number ?m }", offers("csv"))
    with pytest.raises(Full):
        answer.write(cast("IO[bytes]", Gauge(10_000)))
    again = store.answer("SELECT * { ?s ex:number ?n . ?t ex:number ?m }", offers("csv"))
    assert content_of(again, 10_000) is None


def test_a_short_answer_is_read_as_a_whole(store: OxigraphStore) -> None:
    answer = store.answer("SELECT ?n { <http://example.org/row/1> ex:number ?n }", offers("csv"))
    assert content_of(answer, 10_000) == b"n\r\n1\r\n"


# --- prefixes that are left out ---


def test_well_known_prefixes_may_be_left_out(store: OxigraphStore) -> None:
    query = "SELECT (foaf:name AS ?a) (dct:title AS ?b) (ex:p AS ?c) { }"
    (row,) = store.select(query).rows
    assert row == (
        NamedNode("http://xmlns.com/foaf/0.1/name"),
        NamedNode("http://purl.org/dc/terms/title"),
        NamedNode(f"{EX}p"),
    )


def test_what_a_query_declares_goes_before_what_is_well_known(store: OxigraphStore) -> None:
    declared = "PREFIX foaf: <http://example.org/other/> SELECT (foaf:name AS ?a) (skos:x AS ?b) {}"
    (row,) = store.select(declared).rows
    assert row[0] == NamedNode("http://example.org/other/name")


def test_an_ambiguous_prefix_must_be_declared(store: OxigraphStore) -> None:
    with pytest.raises(QuerySyntaxError, match="geo: is not declared"):
        store.select("SELECT * { ?s geo:lat ?o }")


def test_a_left_out_prefix_moves_no_place_of_an_error(store: OxigraphStore) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        store.select("SELECT * {\n ?s foaf:name ?o ;\n xe:p ?x }")
    assert caught.value.position is not None
    assert (caught.value.position.line, caught.value.position.column) == (3, 2)


# --- refused queries, and their messages ---


@pytest.mark.parametrize("method", ["select", "ask", "answer"])
def test_service_is_refused_before_the_engine_sees_it(store: OxigraphStore, method: str) -> None:
    query = "SELECT * {\n  SERVICE <http://127.0.0.1:9/> { ?s ?p ?o }\n}"
    arguments = [offers("json")] if method == "answer" else []
    with pytest.raises(ForbiddenOperation) as caught:
        getattr(store, method)(query, *arguments)
    position = caught.value.position
    assert position is not None
    assert (position.line, position.column) == (2, 3)


def test_updates_are_refused(store: OxigraphStore) -> None:
    with pytest.raises(ForbiddenOperation, match="DELETE"):
        store.answer("DELETE WHERE { ?s ?p ?o }", offers("json"))


@pytest.mark.parametrize(
    ("query", "message", "remedy", "place"),
    [
        (
            "SELECT * {\n ?s xe:p ?o }",
            "The prefix xe: is not declared",
            "Did you mean ex:?",
            (2, 5),
        ),
        ("SELECT * {\n ?s ex:p 'o }", "This string is not closed", "quotes", (2, 10)),
        ("SELECT * {\n ?s ex:p ( ?o }", "This } has no partner", "Close", (2, 15)),
        ("SELECT * { ?s ex:p ?o", "This { has no partner", "Close", (1, 10)),
        ("SELEKT * { ?s ex:p ?o }", "is not a keyword", "SELECT", (1, 1)),
        ("", "There is no query", "SELECT", (1, 1)),
        ("SELECT * { ?s ?p ?o } GROUP BY ?s", "SELECT * cannot be grouped", "Name", (1, 8)),
        ("SELECT * { ?s ex:p ?o }\nLIMIT x", "LIMIT wants a whole number", "10", (2, 7)),
        ("SELECT * { ?s ex:p ?o } ORDER", "BY is missing", "ORDER BY", (1, 30)),
    ],
)
def test_a_syntax_error_says_what_where_and_what_to_do(
    store: OxigraphStore, query: str, message: str, remedy: str, place: tuple[int, int]
) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        store.answer(query, offers("json"))
    assert message in caught.value.message
    assert remedy in caught.value.remedy
    assert "\\u" not in caught.value.remedy
    assert "SERVICE" not in caught.value.remedy
    position = caught.value.position
    assert position is not None
    assert (position.line, position.column) == place


def test_brackets_too_deep_for_the_engine(store: OxigraphStore) -> None:
    deep = "{" * MOST_NESTED + "}" * MOST_NESTED
    store.answer(f"SELECT * {deep}", offers("json"))
    with pytest.raises(QuerySyntaxError, match="nested"):
        store.answer(f"SELECT * {{{deep}}}", offers("json"))


def test_a_folder_without_a_store(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be opened"):
        OxigraphStore.open(tmp_path / "nowhere", {})


def test_a_graph_that_stands_apart_is_asked_by_its_name(tmp_path: Path) -> None:
    """Derivation records would be half of the facts that have a thing as value."""
    nquads = (
        b"<http://e/r> <http://e/p> <http://e/x> <http://e/apart> .\n"
        b"<http://e/s> <http://e/p> <http://e/x> <http://e/g> .\n"
    )
    apart = NamedNode("http://e/apart")
    on_disk = pyoxigraph.Store(str(tmp_path / "store"))
    union.fill(on_disk, nquads, apart)
    quads = list(pyoxigraph.parse(nquads, format=pyoxigraph.RdfFormat.N_QUADS))
    for store in (
        OxigraphStore.load(nquads, {}, apart),
        OxigraphStore(on_disk, {}),
        OxigraphStore(union.store_of(quads, apart), {}),
    ):
        by_default = "SELECT ?s { ?s <http://e/p> <http://e/x> }"
        assert [str(row["s"]) for row in store.select(by_default)] == ["<http://e/s>"]
        assert store.ask("ASK { GRAPH <http://e/apart> { <http://e/r> ?p ?o } }")
        chosen = "ASK FROM <http://e/apart> { <http://e/r> ?p ?o }"
        assert store.ask(chosen)
