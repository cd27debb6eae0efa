"""The query operation of the SPARQL 1.1 Protocol, sentence by sentence, each with its section.

https://www.w3.org/TR/sparql11-protocol/ ; what HTTP itself asks for is in test_http.
"""

from __future__ import annotations

from urllib.parse import quote

import pytest
from pyoxigraph import QueryResultsFormat, RdfFormat, parse, parse_query_results

from graphsvc.formats import Content, Format, carrying
from graphsvc.web.protocol import LARGEST_BODY, LONGEST_ADDRESS

from .transports import FORM_TYPE, QUERY_TYPE, Client, Pairs, ask, post_form, post_query

SELECT = "SELECT ?name WHERE { light:north-rock lights:statedName ?name }"
ASK = "ASK { light:north-rock a lights:Light }"
CONSTRUCT = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o . FILTER(?s = light:north-rock) }"
DESCRIBE = "DESCRIBE light:north-rock"
EVERY_NAME = "SELECT DISTINCT ?name WHERE { ?thing lights:statedName ?name }"
NAMED = "SELECT DISTINCT ?name WHERE { GRAPH ?graph { ?thing lights:statedName ?name } }"

NORTH_ROCK = ["North Rock Light"]


# 2.1 Query operation


def test_2_1_a_query_comes_by_get_or_by_post(client: Client) -> None:
    assert ask(client, SELECT).column() == NORTH_ROCK
    assert post_form(client, [("query", SELECT)]).column() == NORTH_ROCK
    assert post_query(client, SELECT).column() == NORTH_ROCK


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "PROPFIND"])
def test_2_1_a_query_comes_by_no_other_method(client: Client, method: str) -> None:
    answer = client.send(method, "/sparql?query=" + quote(SELECT))
    assert answer.problem["status"] == 405
    assert answer.elements("allow") == {"GET", "HEAD", "OPTIONS", "POST"}


@pytest.mark.parametrize("pairs", [[("query", SELECT)] * 2, [("query", SELECT), ("query", "")]])
def test_2_1_a_request_holds_exactly_one_query(client: Client, pairs: Pairs) -> None:
    both = ask(client, SELECT, others=[("query", SELECT)])
    split = client.send(
        "POST", "/sparql?query=x", [("Content-Type", FORM_TYPE)], b"query=" + quote(SELECT).encode()
    )
    beside = post_query(client, SELECT, [("query", SELECT)])
    for answer in (both, split, beside, post_form(client, pairs)):
        assert answer.status == 400
        assert "2 queries" in answer.problem["detail"]


def test_2_1_a_request_without_a_query_is_no_query(client: Client) -> None:
    for answer in (post_form(client, []), post_form(client, [("question", SELECT)])):
        assert (answer.status, answer.problem["type"]) == (400, "/problems#bad-request")
    assert ask(client, "").status == 400
    assert post_query(client, "").status == 400


def test_2_1_graphs_may_be_named_any_number_of_times(client: Client) -> None:
    second, third = client.base + "passage/2", client.base + "passage/3"
    default = [("default-graph-uri", second), ("default-graph-uri", third)]
    assert len(ask(client, EVERY_NAME, others=default[:1]).column()) == 2
    assert len(ask(client, EVERY_NAME, others=default).column()) == 3
    named = [("named-graph-uri", second), ("named-graph-uri", third)]
    assert len(ask(client, NAMED, others=named[1:]).column()) == 1
    assert len(ask(client, NAMED, others=named).column()) == 3


# 2.1.1 query via GET


def test_2_1_1_parameters_come_in_any_order(client: Client) -> None:
    graph = "default-graph-uri=" + quote(client.base + "passage/2", safe="")
    query = "query=" + quote(EVERY_NAME, safe="")
    first, second = (
        client.send("GET", f"/sparql?{one}&{other}")
        for one, other in ((graph, query), (query, graph))
    )
    assert first.column() == second.column() == ["Harbour Board", "North Rock Light"]


def test_2_1_1_what_is_percent_encoded_is_decoded_once(client: Client) -> None:
    spelled = 'SELECT ?x WHERE { BIND("100%25 + 1 & é 食" AS ?x) }'
    assert ask(client, spelled).column() == ["100%25 + 1 & é 食"]
    by_plus = client.send("GET", "/sparql?query=SELECT+?x+{VALUES+?x+{%22a%2Bb%22}}")
    assert by_plus.column() == ["a+b"]


def test_2_1_1_parameters_are_parted_by_ampersands_alone(client: Client) -> None:
    answer = client.send("GET", "/sparql?query=" + quote("ASK {}") + ";query=x")
    assert answer.status == 400, "a semicolon is part of the query, which is wrong then"


def test_2_1_1_unknown_parameters_do_no_harm(client: Client) -> None:
    answer = ask(client, SELECT, others=[("timeout", "0"), ("default_graph_uri", "x"), ("", "")])
    assert answer.column() == NORTH_ROCK


# 2.1.2 query via POST with URL-encoded parameters


@pytest.mark.parametrize("content_type", [FORM_TYPE.upper(), f"{FORM_TYPE}; charset=UTF-8"])
def test_2_1_2_a_form_is_known_by_its_media_type(client: Client, content_type: str) -> None:
    body = b"format=csv&query=" + quote(SELECT).encode()
    answer = client.send("POST", "/sparql", [("Content-Type", content_type)], body)
    assert answer.text == "name\r\nNorth Rock Light\r\n"


def test_2_1_2_a_form_carries_the_dataset_too(client: Client) -> None:
    graphs = [("default-graph-uri", client.base + f"passage/{number}") for number in (2, 3)]
    assert len(post_form(client, [*graphs, ("query", EVERY_NAME)]).column()) == 3


def test_2_1_2_a_form_carries_a_query_that_no_address_can(client: Client) -> None:
    long = SELECT + " #" + "x" * LONGEST_ADDRESS
    assert ask(client, long).problem["status"] == 414
    assert post_form(client, [("query", long)]).column() == NORTH_ROCK


# 2.1.3 query via POST directly


@pytest.mark.parametrize(
    "content_type",
    [
        QUERY_TYPE,
        QUERY_TYPE.upper(),
        f"{QUERY_TYPE};charset=utf-8",
        f'{QUERY_TYPE}; charset="UTF-8"',
    ],
)
def test_2_1_3_the_body_is_the_query(client: Client, content_type: str) -> None:
    text = 'SELECT ?x { VALUES ?x { "a+b%25 & é 食" } }'
    assert post_query(client, text, content_type=content_type).column() == ["a+b%25 & é 食"]


def test_2_1_3_a_dataset_is_named_in_the_address(client: Client) -> None:
    graph = [("default-graph-uri", client.base + "passage/2")]
    assert len(post_query(client, EVERY_NAME, graph).column()) == 2


@pytest.mark.parametrize("body", [b"\xff", SELECT.encode("utf-16"), b"SELECT * {} # \xe9"])
def test_2_1_3_a_query_is_utf_8(client: Client, body: bytes) -> None:
    problem = post_query(client, body).problem
    assert problem["status"] == 400
    assert "UTF-8" in problem["detail"]


def test_2_1_3_utf_8_is_the_only_charset(client: Client) -> None:
    answer = post_query(client, SELECT, content_type=f"{QUERY_TYPE}; charset=iso-8859-1")
    assert answer.problem["status"] == 415


@pytest.mark.parametrize(
    "kind", ["application/json", "text/plain", "multipart/form-data; boundary=x", "nonsense", None]
)
def test_2_1_3_another_body_is_no_query(client: Client, kind: str | None) -> None:
    answer = post_query(client, SELECT, content_type=kind)
    assert answer.problem["status"] == 415
    assert answer.elements("accept-post") == {QUERY_TYPE, FORM_TYPE}


def test_2_1_3_a_body_that_is_too_large_is_refused(client: Client) -> None:
    large = SELECT + " #" + "x" * LARGEST_BODY
    assert post_query(client, large).problem["status"] == 413
    assert post_form(client, [("query", large)]).problem["status"] == 413


# 2.1.4 Specifying an RDF dataset


def test_2_1_4_the_query_may_name_the_dataset(client: Client) -> None:
    second, third = client.base + "passage/2", client.base + "passage/3"
    default = EVERY_NAME.replace("WHERE", f"FROM <{second}> FROM <{third}> WHERE")
    assert len(ask(client, default).column()) == 3
    named = NAMED.replace("WHERE", f"FROM NAMED <{third}> WHERE")
    assert ask(client, named).column() == ["Ada Quill"]


def test_2_1_4_the_protocol_overrules_the_query(client: Client) -> None:
    second, third = client.base + "passage/2", client.base + "passage/3"
    query = EVERY_NAME.replace("WHERE", f"FROM <{second}> WHERE")
    assert ask(client, query, others=[("default-graph-uri", third)]).column() == ["Ada Quill"]
    assert ask(client, query, others=[("named-graph-uri", third)]).column() == []
    named = NAMED.replace("WHERE", f"FROM NAMED <{second}> WHERE")
    assert ask(client, named, others=[("named-graph-uri", third)]).column() == ["Ada Quill"]


def test_2_1_4_a_default_graph_alone_leaves_no_named_ones(client: Client) -> None:
    one = [("default-graph-uri", client.base + "passage/2")]
    assert ask(client, NAMED, others=one).column() == []
    both = [*one, ("named-graph-uri", client.base + "passage/3")]
    assert ask(client, NAMED, others=both).column() == ["Ada Quill"]


def test_2_1_4_without_a_dataset_the_default_graph_is_the_union(client: Client) -> None:
    assert len(ask(client, EVERY_NAME).column()) == 7
    every = "SELECT (COUNT(*) AS ?n) WHERE { ?thing lights:statedName 'Harbour Board'@en }"
    assert ask(client, every).column() == ["1"]


def test_2_1_4_a_graph_that_is_not_there_is_empty(client: Client) -> None:
    nowhere = [("default-graph-uri", "http://example.com/nowhere")]
    assert ask(client, EVERY_NAME, others=nowhere).column() == []


@pytest.mark.parametrize("name", ["default-graph-uri", "named-graph-uri"])
@pytest.mark.parametrize("iri", ["no iri", "relative", "http://a b/", "<http://a.b/>"])
def test_2_1_4_a_graph_has_an_iri(client: Client, name: str, iri: str) -> None:
    assert ask(client, SELECT, others=[(name, iri)]).problem["status"] == 400


@pytest.mark.parametrize("name", ["default-graph-uri", "named-graph-uri", "format", "release"])
def test_2_1_4_an_empty_parameter_counts_as_none(client: Client, name: str) -> None:
    """Forms send each of their fields, and clients of Virtuoso an empty default-graph-uri."""
    assert ask(client, SELECT, others=[(name, "")]).column() == NORTH_ROCK
    assert post_form(client, [(name, ""), ("query", SELECT)]).column() == NORTH_ROCK


# 2.1.5 Accepted response formats


@pytest.mark.parametrize("fmt", carrying(Content.SOLUTIONS), ids=lambda fmt: fmt.name)
@pytest.mark.parametrize("query", [SELECT, ASK], ids=["select", "ask"])
def test_2_1_5_results_come_in_the_format_asked_for(
    client: Client, query: str, fmt: Format
) -> None:
    answer = ask(client, query, fmt.media_type)
    assert (answer.status, answer.kind) == (200, fmt.content_type)
    named = ask(client, query, "image/png", [("format", fmt.name)])
    assert (named.kind, named.content) == (answer.kind, answer.content)


@pytest.mark.parametrize("fmt", carrying(Content.TRIPLES), ids=lambda fmt: fmt.name)
@pytest.mark.parametrize("query", [CONSTRUCT, DESCRIBE], ids=["construct", "describe"])
def test_2_1_5_graphs_come_in_the_format_asked_for(client: Client, query: str, fmt: Format) -> None:
    answer = ask(client, query, fmt.media_type)
    assert (answer.status, answer.kind) == (200, fmt.content_type)
    assert isinstance(fmt.engine, RdfFormat)
    subjects = {statement.subject for statement in parse(answer.content, format=fmt.engine)}
    assert [str(subject) for subject in subjects] == [f"<{client.base}id/light/north-rock>"]


@pytest.mark.parametrize(("query", "accept"), [(SELECT, "text/turtle"), (CONSTRUCT, "text/csv")])
def test_2_1_5_a_format_that_cannot_carry_the_answer_is_not_given(
    client: Client, query: str, accept: str
) -> None:
    problem = ask(client, query, accept).problem
    assert problem["status"] == 406
    offered = [variant["media_type"] for variant in problem["variants"]]
    content = Content.SOLUTIONS if query == SELECT else Content.TRIPLES
    assert offered[:-1] == [fmt.media_type for fmt in carrying(content)]


# 2.1.6 Success responses


def test_2_1_6_a_success_is_2xx(client: Client) -> None:
    for query in (SELECT, ASK, CONSTRUCT, DESCRIBE):
        assert ask(client, query).status == 200


def test_2_1_6_select_and_ask_answer_with_results(client: Client) -> None:
    rows = parse_query_results(ask(client, SELECT).content, format=QueryResultsFormat.JSON)
    assert [row[0].value for row in rows] == NORTH_ROCK  # type: ignore[union-attr]
    yes = parse_query_results(ask(client, ASK).content, format=QueryResultsFormat.JSON)
    assert bool(yes)


def test_2_1_6_construct_and_describe_answer_with_a_graph(client: Client) -> None:
    for query in (CONSTRUCT, DESCRIBE):
        answer = ask(client, query)
        assert answer.kind == "text/turtle; charset=utf-8"
        assert len(list(parse(answer.content, format=RdfFormat.TURTLE))) > 3


# 2.1.7 Failure responses


def test_2_1_7_what_is_not_in_the_language_is_400_and_told(client: Client) -> None:
    wrong = "SELECT ?name\nWHERE { ?x lights:statedName ?name\nORDER BY ?name }"
    for answer in (ask(client, wrong), post_form(client, [("query", wrong)])):
        problem = answer.problem
        assert (problem["status"], problem["type"]) == (400, "/problems#query-syntax")
        assert problem["line"] == 3
        assert problem["excerpt"].startswith("ORDER BY ?name }\n")


def test_2_1_7_a_failure_is_told_in_the_form_that_its_reader_takes(client: Client) -> None:
    kinds = {accept: ask(client, "SELEC", accept).kind for accept in ("text/html", "text/plain")}
    assert kinds == {accept: f"{accept}; charset=utf-8" for accept in kinds}


# 2.2 The update operation, which is not here


def test_2_2_an_update_is_refused_however_it_comes(client: Client) -> None:
    text = "INSERT DATA { light:x a lights:Light }"
    answers = [
        post_form(client, [("update", text)]),
        post_query(client, text, content_type="application/sparql-update"),
        client.send("GET", "/sparql?update=" + quote(text)),
        ask(client, text),
        post_query(client, text),
    ]
    assert [answer.problem["status"] for answer in answers] == [403] * 5
    assert ask(client, "ASK { light:x ?p ?o }", "text/csv").text.strip() == "false"


# 2.3 Determining the base IRI


def test_2_3_base_resolves_what_is_relative(client: Client) -> None:
    query = f"BASE <{client.base}> SELECT ?name {{ <id/light/north-rock> lights:statedName ?name }}"
    assert ask(client, query).column() == NORTH_ROCK


# 4 Policy considerations


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * WHERE { SERVICE <http://127.0.0.1:9/sparql> { ?s ?p ?o } }",
        "SELECT * WHERE { SERVICE SILENT <http://127.0.0.1:9/sparql> { ?s ?p ?o } }",
        "LOAD <http://127.0.0.1:9/>",
    ],
)
def test_4_1_the_service_asks_no_other_on_behalf_of_a_client(client: Client, query: str) -> None:
    assert ask(client, query).problem["type"] == "/problems#forbidden-operation"


def test_4_1_a_graph_that_is_named_is_not_fetched(client: Client) -> None:
    query = EVERY_NAME.replace("WHERE", "FROM <http://127.0.0.1:9/data.ttl> WHERE")
    assert ask(client, query).column() == []


def test_4_1_what_is_too_deep_for_the_parser_is_refused(client: Client) -> None:
    deep = "SELECT * WHERE " + "{" * 10_000 + "}" * 10_000
    assert post_query(client, deep).problem["status"] == 400
    assert ask(client, SELECT).column() == NORTH_ROCK
