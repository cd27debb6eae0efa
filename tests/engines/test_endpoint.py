"""The endpoint is the same in front of each store: formats, errors, datasets, and SPARQL."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from pyoxigraph import Literal, QueryResultsFormat, RdfFormat

from .asking import RESULTS, TRIPLES, ask, cell, get, table, triples
from .conftest import QUICK

if TYPE_CHECKING:
    from server.processes import Service

    from .conftest import Served

_BFIC = "<https://w3id.org/iwm/id/mechanism/bfic>"
_GRAPH = "https://w3id.org/iwm/passage/31"
_OTHER_GRAPH = "https://w3id.org/iwm/graph/editorial"
_ROWS = f"SELECT ?p ?o {{ {_BFIC} ?p ?o }} ORDER BY ?p ?o"
_TRIPLES = f"CONSTRUCT {{ {_BFIC} ?p ?o }} WHERE {{ {_BFIC} ?p ?o }}"
_COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
_COUNT_NAMED = "SELECT (COUNT(DISTINCT ?g) AS ?graphs) { GRAPH ?g { ?s ?p ?o } }"

#: What SPARQL 1.1 says of a few things that engines get wrong, by their sections.
QUERIES = {
    "numbers are compared by value": "SELECT ?x { VALUES ?x { 10 9 1.5 } } ORDER BY ?x",
    "unbound goes first": "SELECT ?x ?y { VALUES (?x ?y) { (1 UNDEF) (2 1) } } ORDER BY ?y",
    "IRIs are ordered": f"SELECT DISTINCT ?p {{ {_BFIC} ?p ?o }} ORDER BY ?p",
    "groups have their aggregates": (
        "SELECT ?p (COUNT(DISTINCT ?o) AS ?n) { "
        f"{_BFIC} ?p ?o }} GROUP BY ?p HAVING (COUNT(DISTINCT ?o) > 1) ORDER BY ?p"
    ),
    "a sum of nothing": "SELECT (SUM(?x) AS ?s) (COUNT(?x) AS ?n) { VALUES ?x { } }",
    "values are concatenated": (
        'SELECT (GROUP_CONCAT(?x; SEPARATOR="|") AS ?all) { { SELECT ?x { VALUES ?x { "a" "b" } } '
        "ORDER BY ?x } }"
    ),
    "an optional filter sees both sides": (
        "SELECT ?x ?y { VALUES ?x { 1 2 } OPTIONAL { VALUES ?y { 1 2 } FILTER(?x = ?y) } } "
        "ORDER BY ?x"
    ),
    "what is minus what": (
        "SELECT ?x { VALUES ?x { 1 2 3 } MINUS { VALUES ?x { 2 } } } ORDER BY ?x"
    ),
    "what does not exist": (
        "SELECT (COUNT(DISTINCT ?m) AS ?n) "
        "{ ?m a iwm:Mechanism FILTER NOT EXISTS { ?m a iwm:Nothing } }"
    ),
    "a path of some steps": (
        "SELECT (COUNT(DISTINCT ?c) AS ?n) { iwm:Secretariat rdfs:subClassOf+ ?c }"
    ),
    "a path of no step": "SELECT DISTINCT ?c { iwm:Secretariat rdfs:subClassOf* ?c } ORDER BY ?c",
    "a path backwards": (
        "SELECT (COUNT(DISTINCT ?x) AS ?n) { ?x ^rdfs:subClassOf|rdfs:subClassOf iwm:Secretariat }"
    ),
    "languages match": (
        "SELECT (COUNT(DISTINCT ?l) AS ?n) "
        f"{{ {_BFIC} rdfs:label ?l FILTER(LANGMATCHES(LANG(?l), 'en')) }}"
    ),
    "texts are taken apart": (
        'SELECT (STRBEFORE("a-b", "-") AS ?x) (STRAFTER("a-b", "-") AS ?y) (SUBSTR("abc", 2) AS ?z)'
        ' (UCASE("é") AS ?u) (STRLEN("北京") AS ?n) (CONTAINS("北京", "京") AS ?c) {}'
    ),
    "patterns match": (
        'SELECT (REGEX("Beijing", "^bei", "i") AS ?x) (REPLACE("abab", "b", "-") AS ?y) {}'
    ),
    "texts are cast": 'SELECT (xsd:integer("12") AS ?x) (STRDT("1", xsd:integer) + 1 AS ?y) {}',
    "years are kept": 'SELECT ?x { VALUES ?x { "2014"^^xsd:gYear } }',
    "dates are compared": (
        'SELECT ?x { VALUES ?x { "2014-05-01"^^xsd:date "2013-01-01"^^xsd:date } '
        'FILTER(?x > "2013-12-31"^^xsd:date) }'
    ),
    "errors make no value": "SELECT (1/0 AS ?x) (COALESCE(1/0, 2) AS ?y) {}",
    "a filter that fails is false": "SELECT ?x { VALUES ?x { 1 } FILTER(?nothing = 1) }",
    "distinct rows": "SELECT DISTINCT ?x { VALUES ?x { 1 1 2 } } ORDER BY ?x",
    "a part of the rows": "SELECT ?x { VALUES ?x { 1 2 3 4 } } ORDER BY ?x LIMIT 2 OFFSET 1",
    "quotes and lines": r"""SELECT ?x { VALUES ?x { "say \"it\"\nin two lines\\" } }""",
}

#: Which of these an engine answers in another way: docs/engines.md says how.
DIFFERENT = {
    "comunica": {"a filter that fails is false"},
    "virtuoso": {
        "a sum of nothing",
        "an optional filter sees both sides",
        "errors make no value",
        "patterns match",
        "texts are taken apart",
    },
}


def test_what_sparql_is(served: Served, embedded: Service) -> None:
    different = set()
    for name, query in QUERIES.items():
        answer = ask(served.service, query)
        if answer.status != 200 or table(answer.content) != table(ask(embedded, query).content):
            different.add(name)
    assert different == DIFFERENT.get(served.store, set())


@pytest.mark.parametrize(
    ("accept", "syntax"),
    [
        (RESULTS, QueryResultsFormat.JSON),
        ("application/sparql-results+xml", QueryResultsFormat.XML),
        ("text/tab-separated-values", QueryResultsFormat.TSV),
    ],
)
def test_rows_come_in_every_format(
    served: Served, embedded: Service, accept: str, syntax: QueryResultsFormat
) -> None:
    answer = ask(served.service, _ROWS, accept)
    assert answer.status == 200
    assert answer.fields["content-type"].startswith(accept)
    rows = table(answer.content, syntax)
    assert [*rows[:1], *sorted({tuple(row) for row in rows[1:]})] == [
        *rows[:1],
        *sorted(map(tuple, table(ask(embedded, _ROWS).content)[1:])),
    ]


def test_rows_come_as_csv(served: Served) -> None:
    answer = ask(served.service, 'SELECT ?x ?y { VALUES (?x ?y) { (1 "a,b") } }', "text/csv")
    assert answer.content == b'x,y\r\n1,"a,b"\r\n'


@pytest.mark.parametrize(
    "syntax", [RdfFormat.N_TRIPLES, RdfFormat.TURTLE, RdfFormat.RDF_XML, RdfFormat.JSON_LD]
)
def test_graphs_come_in_every_format(served: Served, embedded: Service, syntax: RdfFormat) -> None:
    answer = ask(served.service, _TRIPLES, syntax.media_type)
    assert answer.status == 200
    assert answer.fields["content-type"].startswith(syntax.media_type)
    assert triples(answer.content, syntax) == triples(ask(embedded, _TRIPLES, TRIPLES).content)


def test_yes_and_no(served: Served) -> None:
    assert table(ask(served.service, f"ASK {{ {_BFIC} ?p ?o }}").content) == [["true"]]
    assert table(ask(served.service, "ASK { <urn:x:nothing> ?p ?o }").content) == [["false"]]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?x { ?x ?y",
        "SELECT ?x { ?x unknown:y ?z }",
        "SELECT ?x { SERVICE <http://127.0.0.1:9/> { ?x ?y ?z } }",
        "LOAD <http://127.0.0.1:9/>",
        "INSERT DATA { <urn:x> <urn:y> <urn:z> }",
    ],
)
def test_errors_are_the_same(served: Served, embedded: Service, query: str) -> None:
    answer, expected = ask(served.service, query), ask(embedded, query)
    assert answer.status == expected.status >= 400
    assert answer.problem == expected.problem
    assert answer.content == expected.content


def test_the_default_graph_is_the_merge(served: Served) -> None:
    """A fact of two graphs appears without their names; engines may return it twice."""
    query = f"SELECT (COUNT(*) AS ?graphs) {{ GRAPH ?g {{ {_BFIC} iwm:abbreviation ?x }} }}"
    assert table(ask(served.service, query).content)[1] != ['"1"']
    merge = f"SELECT DISTINCT ?x {{ {_BFIC} iwm:abbreviation ?x }}"
    assert len(table(ask(served.service, merge).content)[1:]) == 1


#: Comunica, whose default graph is a union, passes over a dataset that a request names.
NAMING = QUICK
#: In Virtuoso the default graph is all graphs still where only named graphs are named.
EMPTYING = [store for store in QUICK if store != "virtuoso"]


@pytest.mark.parametrize(
    "query",
    [
        _COUNT.replace("{", f"FROM <{_GRAPH}> {{", 1),
        _COUNT_NAMED.replace("{", f"FROM NAMED <{_GRAPH}> {{", 1),
    ],
)
def test_a_dataset_is_named_by_the_query(served: Served, embedded: Service, query: str) -> None:
    answer, expected = ask(served.service, query), ask(embedded, query)
    assert table(answer.content) == table(expected.content)


@pytest.mark.parametrize("served", NAMING, indirect=True)
@pytest.mark.parametrize(
    ("query", "parameters"),
    [
        (_COUNT, {"default-graph-uri": _GRAPH}),
        (_COUNT, {"default-graph-uri": [_GRAPH, _OTHER_GRAPH]}),
        (_COUNT_NAMED, {"named-graph-uri": _GRAPH}),
    ],
)
def test_a_dataset_is_named_by_the_request(
    served: Served, embedded: Service, query: str, parameters: dict[str, str | list[str]]
) -> None:
    target = "/sparql?" + urlencode({"query": query, **parameters}, doseq=True)
    answer, expected = (get(service, target, RESULTS) for service in (served.service, embedded))
    assert table(answer.content) == table(expected.content)


@pytest.mark.parametrize("served", EMPTYING, indirect=True)
def test_where_named_graphs_alone_are_named_the_default_graph_is_empty(served: Served) -> None:
    target = "/sparql?" + urlencode({"query": _COUNT, "named-graph-uri": _GRAPH})
    assert table(get(served.service, target, RESULTS).content)[1:] == [[cell(Literal(0))]]
