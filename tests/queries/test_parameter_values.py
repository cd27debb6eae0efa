"""What fits a parameter of a query, against the whole answer of the query itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pyoxigraph import Literal

from graphsvc.queries import load_queries
from graphsvc.queries.parameter_values import values_query
from graphsvc.store.oxigraph import OxigraphStore

if TYPE_CHECKING:
    from graphsvc.release import Release

EX = "https://example.org/"
LINES = [
    f"<{EX}{name}> <{EX}{verb}> {value} <{EX}{graph}> ."
    for name, verb, value, graph in (
        ("anna", "age", "3", "one"),
        ("anna", "likes", f"<{EX}ben>", "one"),
        ("ben", "age", "5", "two"),
        ("ben", "likes", f"<{EX}cleo>", "two"),
        ("cleo", "age", "4", "two"),
    )
]
INTEGER = "http://www.w3.org/2001/XMLSchema#integer"
NQUADS = "\n".join(
    line.replace(f" {age} ", f' "{age}"^^<{INTEGER}> ')
    for line, age in zip(LINES, ("3", "-", "5", "-", "4"), strict=True)
)


@pytest.fixture(scope="module")
def store() -> OxigraphStore:
    return OxigraphStore.load(f"{NQUADS}\n".encode(), {"ex": EX})


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?who ?age { ?who ex:age ?age } ORDER BY DESC(?age)",
        "SELECT ?who ?age { ?who ex:age ?age } ORDER BY DESC(?age) LIMIT 2 # the oldest",
        "SELECT ?who ?age { ?who ex:age ?age } ORDER BY ?age OFFSET 2",
        f"PREFIX : <{EX}>\nBASE <{EX}>\nSELECT ?who {{ ?who :likes <cleo> }} # who likes her",
        "SELECT ?who FROM ex:two WHERE { ?who ex:age ?age }",
        "SELECT ?who FROM NAMED ex:two WHERE { GRAPH ?g { ?who ex:likes ?whom } }",
        "SELECT ?who (COUNT(*) AS ?n) { ?who ?verb ?what } GROUP BY ?who HAVING (COUNT(*) > 1)",
        "SELECT * { ?who ex:age ?age FILTER(?age > 3) } ORDER BY ?age",
        "SELECT ?who { ?who ex:age ?age } VALUES ?age { 3 4 }",
    ],
)
def test_what_fits_is_what_the_query_finds(store: OxigraphStore, query: str) -> None:
    whole = store.select(query)
    expected = {row[whole.variables.index("who")] for row in whole.rows}
    sparql = values_query(query, "who", (), 10)
    assert sparql is not None
    table = store.select(sparql)
    assert table.variables == ("who",)
    assert set(map(tuple, table.rows)) == {(value,) for value in expected}
    assert 0 < len(table.rows) == len(expected)


def test_a_value_that_is_given_goes_on_deciding(store: OxigraphStore) -> None:
    sparql = values_query("SELECT ?who ?age { ?who ex:age ?age } ORDER BY ?who", "who", ["age"], 10)
    assert sparql is not None
    table = store.select(sparql, {"age": Literal("4", datatype=Literal(4).datatype)})
    assert [str(row[0]) for row in table.rows] == [f"<{EX}cleo>"]


def test_no_more_is_sought_than_can_be_listed(store: OxigraphStore) -> None:
    sparql = values_query("SELECT ?who { ?who ?verb ?what } ORDER BY ?who", "who", (), 2)
    assert sparql is not None
    assert len(store.select(sparql).rows) == 2


@pytest.mark.parametrize("query", ["ASK { ?who ?verb ?what }", "SELECT ?who {", ""])
def test_what_is_no_select_has_nothing_to_choose_from(query: str) -> None:
    assert values_query(query, "who", (), 10) is None


def test_an_order_of_all_rows_is_not_waited_for() -> None:
    sparql = values_query("SELECT ?who { ?who ?verb ?what } ORDER BY ?who", "who", (), 2)
    assert sparql is not None
    assert "ORDER" not in sparql


@pytest.mark.slow
def test_the_shipped_queries_offer_what_they_find(mechanisms_release: Release) -> None:
    store, query_count = mechanisms_release.store, 0
    for query in load_queries(mechanisms_release.queries):
        is_open = [name for name, param in query.params.items() if param.type == "iri"]
        bindings = {name: term for name, term in query.bindings({}).items() if name not in is_open}
        for name in is_open:
            text = values_query(query.text, name, bindings, 100_000)
            assert text is not None, query.name
            whole = store.select(query.text, bindings)
            expected = {row[whole.variables.index(name)] for row in whole.rows}
            assert {row[0] for row in store.select(text, bindings).rows} == expected, query.name
            query_count += 1
    assert query_count > 10
