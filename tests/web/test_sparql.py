"""The SPARQL endpoint: the protocol by the Flask client, then real clients on a real server."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from pyoxigraph import QueryResultsFormat, QuerySolutions, RdfFormat, parse, parse_query_results

from graphsvc.formats import FORMATS, Content, Format, carrying
from graphsvc.web.protocol import LARGEST_BODY, LONGEST_ADDRESS

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse


BASE = "https://example.org/lights/"
SELECT = "SELECT ?name WHERE { light:north-rock lights:statedName ?name }"
ASK = "ASK { light:north-rock a lights:Light }"
CONSTRUCT = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o . FILTER(?s = light:north-rock) }"
DESCRIBE = "DESCRIBE light:north-rock"
QUERY_TYPE = "application/sparql-query"

SOLUTIONS = carrying(Content.SOLUTIONS)
GRAPHS = carrying(Content.TRIPLES)


def ask(client: FlaskClient, query: str, accept: str = "*/*", **others: Any) -> TestResponse:
    parameters = {"query": query, **others}
    return client.get("/sparql", query_string=parameters, headers={"Accept": accept})


def names(answer: TestResponse) -> list[str]:
    rows = json.loads(answer.data)["results"]["bindings"]
    return sorted(row["name"]["value"] for row in rows)


def test_the_three_ways_to_ask_get_one_answer(client: FlaskClient) -> None:
    by_get = ask(client, SELECT)
    by_form = client.post("/sparql", data={"query": SELECT})
    direct = client.post("/sparql", data=SELECT, content_type=f"{QUERY_TYPE}; charset=utf-8")
    assert names(by_get) == ["North Rock Light"]
    for answer in (by_get, by_form, direct):
        assert answer.status_code == 200
        assert answer.mimetype == "application/sparql-results+json"
        assert answer.data == by_get.data


@pytest.mark.parametrize("fmt", SOLUTIONS, ids=lambda fmt: fmt.name)
@pytest.mark.parametrize("query", [SELECT, ASK], ids=["select", "ask"])
def test_a_result_is_there_in_every_format(client: FlaskClient, query: str, fmt: Format) -> None:
    negotiated = ask(client, query, fmt.media_type)
    courteous = ask(client, query, "image/png", format=fmt.name)
    assert negotiated.status_code == courteous.status_code == 200
    assert negotiated.content_type == courteous.content_type == fmt.content_type
    assert negotiated.data == courteous.data
    assert isinstance(fmt.engine, QueryResultsFormat)
    if fmt.name == "csv":  # it cannot be read back: CSV tells no kinds of terms apart
        assert negotiated.text.strip().endswith("North Rock Light" if query == SELECT else "true")
        return
    result = parse_query_results(negotiated.data, format=fmt.engine)
    if isinstance(result, QuerySolutions):
        assert [row[0].value for row in result] == ["North Rock Light"]
    else:
        assert bool(result)


@pytest.mark.parametrize("fmt", GRAPHS, ids=lambda fmt: fmt.name)
@pytest.mark.parametrize("query", [CONSTRUCT, DESCRIBE], ids=["construct", "describe"])
def test_a_graph_is_there_in_every_format(client: FlaskClient, query: str, fmt: Format) -> None:
    answer = ask(client, query, fmt.media_type)
    assert answer.status_code == 200
    assert answer.content_type == fmt.content_type
    assert isinstance(fmt.engine, RdfFormat)
    subjects = {statement.subject for statement in parse(answer.data, format=fmt.engine)}
    assert [str(subject) for subject in subjects] == [f"<{BASE}id/light/north-rock>"]
    assert ask(client, query, "image/png", format=fmt.media_type).content_type == fmt.content_type


@pytest.mark.parametrize("fmt", SOLUTIONS, ids=lambda fmt: fmt.name)
def test_an_empty_answer_tells_where_its_reason_is(client: FlaskClient, fmt: Format) -> None:
    empty = "SELECT ?name WHERE { light:north-rock lights:statedNames ?name }"
    answer = ask(client, empty, fmt.media_type)
    (link,) = answer.headers.getlist("Link")
    address, relation = link.removeprefix("<").split(">; ")
    assert relation == 'rel="help"'
    reason = client.get(address, headers={"Accept": "application/json"}).get_json()
    assert reason["empty"]
    assert "lights:statedNames does not occur" in reason["summary"]
    assert client.head("/sparql", query_string={"query": empty}).headers["Link"]
    assert "Link" not in ask(client, SELECT, fmt.media_type).headers


@pytest.mark.parametrize("fmt", ["nt", "ttl", "jsonld"])
def test_an_empty_graph_tells_it_too(client: FlaskClient, fmt: str) -> None:
    def links(query: str) -> list[str]:
        return ask(client, query, format=fmt).headers.getlist("Link")

    assert 'rel="help"' in links("CONSTRUCT WHERE { ?s lights:statedNames ?o }")[0]
    assert links(CONSTRUCT) == []


def test_no_is_an_answer(client: FlaskClient) -> None:
    for fmt in SOLUTIONS:
        answer = ask(client, "ASK { light:north-rock a lights:Boat }", fmt.media_type)
        assert "Link" not in answer.headers


@pytest.mark.parametrize(
    ("query", "name", "expected"),
    [
        (DESCRIBE, "turtle", "ttl"),
        (DESCRIBE, "rdf+xml", "rdf"),
        (DESCRIBE, "JSON-LD", "jsonld"),
        (DESCRIBE, "json", "jsonld"),
        (DESCRIBE, "xml", "rdf"),
        (DESCRIBE, "n-triples", "nt"),
        (SELECT, "json", "json"),
        (SELECT, "xml", "xml"),
        (SELECT, "tab-separated-values", "tsv"),
        (SELECT, "html", "html"),
    ],
)
def test_a_format_goes_by_the_names_that_clients_use(
    client: FlaskClient, query: str, name: str, expected: str
) -> None:
    fmt = next(one for one in FORMATS if one.name == expected)
    assert ask(client, query, format=name).content_type == fmt.content_type


def test_the_dataset_can_be_chosen(client: FlaskClient) -> None:
    everywhere = "SELECT DISTINCT ?name WHERE { ?thing lights:statedName ?name }"
    named = "SELECT DISTINCT ?name WHERE { GRAPH ?graph { ?thing lights:statedName ?name } }"
    second, third = BASE + "passage/2", BASE + "passage/3"
    assert len(names(ask(client, everywhere))) == 7
    one = {"default-graph-uri": second}
    two: dict[str, Any] = {"default-graph-uri": [second, third]}
    assert names(ask(client, everywhere, **one)) == ["Harbour Board", "North Rock Light"]
    assert len(names(ask(client, everywhere, **two))) == 3
    assert names(ask(client, named, **one)) == []
    assert names(ask(client, named, **{"named-graph-uri": third})) == ["Ada Quill"]
    form = client.post("/sparql", data={"query": everywhere, **two})
    assert len(names(form)) == 3
    direct = client.post("/sparql", query_string=one, data=everywhere, content_type=QUERY_TYPE)
    assert len(names(direct)) == 2
    answer = ask(client, everywhere, **{"default-graph-uri": "no iri"})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("method", "options"),
    [
        ("GET", {"query_string": [("query", SELECT), ("query", SELECT)]}),
        ("GET", {"query_string": {"query": " "}}),
        ("POST", {"data": {}}),
        ("POST", {"data": {"question": SELECT}}),
        ("POST", {"data": {"query": SELECT}, "query_string": {"query": SELECT}}),
        ("POST", {"data": "", "content_type": QUERY_TYPE}),
        ("POST", {"data": b"\xff", "content_type": QUERY_TYPE}),
        ("POST", {"data": SELECT, "content_type": QUERY_TYPE, "query_string": {"query": SELECT}}),
    ],
)
def test_there_is_exactly_one_query(
    client: FlaskClient, method: str, options: dict[str, object]
) -> None:
    if method == "POST" and options.get("data") == {}:
        options = {"data": b"", "content_type": "application/x-www-form-urlencoded"}
    answer = client.open("/sparql", method=method, **options)  # type: ignore[arg-type]
    assert answer.status_code == 400
    assert answer.get_json()["type"] == "/problems#bad-request"


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data", None])
def test_other_bodies_are_refused(client: FlaskClient, kind: str | None) -> None:
    answer = client.post("/sparql", data=SELECT, content_type=kind)
    assert answer.status_code == 415
    assert QUERY_TYPE in answer.headers["Accept-Post"]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * WHERE { SERVICE <http://127.0.0.1:9/sparql> { ?s ?p ?o } }",
        "INSERT DATA { light:x a lights:Light }",
        "LOAD <http://127.0.0.1:9/>",
        "DROP ALL",
    ],
)
def test_what_reaches_out_or_writes_is_forbidden(client: FlaskClient, query: str) -> None:
    answer = ask(client, query)
    assert answer.status_code == 403
    assert answer.get_json()["type"] == "/problems#forbidden-operation"
    assert answer.get_json()["line"] == 1


def test_an_update_is_forbidden_however_it_is_sent(client: FlaskClient) -> None:
    text = "CLEAR ALL"
    answers = [
        client.post("/sparql", data={"update": text}),
        client.post("/sparql", data=text, content_type="application/sparql-update"),
        client.get("/sparql", query_string={"update": text}),
    ]
    assert [answer.status_code for answer in answers] == [403, 403, 403]


def test_a_syntax_error_tells_where_and_what_to_do(client: FlaskClient) -> None:
    query = "SELECT ?name WHERE {\n  ?thing nope:name ?name\n}"
    problem = ask(client, query).get_json()
    assert (problem["status"], problem["line"], problem["column"]) == (400, 2, 10)
    assert problem["excerpt"] == "  ?thing nope:name ?name\n         ^"
    assert "nope" in problem["detail"] + problem["remedy"]
    assert problem["remedy"]
    text = ask(client, query, "text/plain").text
    assert "Line 2, column 10:\n  ?thing nope:name ?name\n         ^" in text
    page = ask(client, query, "text/html")
    assert page.mimetype == "text/html"
    assert "Line 2, column 10" in page.text


def test_a_long_line_is_cut_around_the_error(client: FlaskClient) -> None:
    padding = " ?s ?p ?o ." * 200
    problem = ask(client, "SELECT * WHERE {" + padding + " ?s nope:p ?o" + padding + "}").get_json()
    words, caret = problem["excerpt"].split("\n")
    assert len(words) < 200
    assert words[caret.index("^") :].startswith("nope:p")


def test_a_wrong_query_is_told_even_where_no_answer_would_be_acceptable(
    client: FlaskClient,
) -> None:
    assert ask(client, "SELECT", "image/png").status_code == 400
    assert ask(client, SELECT, "image/png").status_code == 406


@pytest.mark.parametrize(
    ("query", "accept", "others", "variants"),
    [
        (SELECT, "text/turtle", {}, (*SOLUTIONS, *carrying(Content.PAGE))),
        (CONSTRUCT, "text/csv", {}, (*GRAPHS, *carrying(Content.PAGE))),
        (SELECT, "*/*", {"format": "ttl"}, (*SOLUTIONS, *carrying(Content.PAGE))),
        (SELECT, "*/*", {"format": "nonsense"}, (*SOLUTIONS, *carrying(Content.PAGE))),
    ],
)
def test_an_unacceptable_answer_lists_what_would_be_accepted(
    client: FlaskClient,
    query: str,
    accept: str,
    others: dict[str, str],
    variants: tuple[Format, ...],
) -> None:
    answer = ask(client, query, accept, **others)
    assert answer.status_code == 406
    variants_listed = answer.get_json()["variants"]
    assert [one["media_type"] for one in variants_listed] == [fmt.media_type for fmt in variants]


def test_what_is_too_long_is_refused(client: FlaskClient) -> None:
    long = SELECT + " #" + "x" * LONGEST_ADDRESS
    assert ask(client, long).status_code == 414
    assert client.post("/sparql", data=long, content_type=QUERY_TYPE).status_code == 200
    larger = SELECT + " #" + "x" * LARGEST_BODY
    assert client.post("/sparql", data=larger, content_type=QUERY_TYPE).status_code == 413
    assert client.post("/sparql", data={"query": larger}).status_code == 413


def test_an_answer_is_kept_by_release_query_and_format(client: FlaskClient) -> None:
    first = ask(client, SELECT)
    assert "Accept" in first.vary
    tag = first.headers["ETag"]
    fields = {"If-None-Match": tag}
    again = client.get("/sparql", query_string={"query": SELECT}, headers=fields)
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    others = [
        ask(client, SELECT + " "),
        ask(client, SELECT, "text/csv"),
        ask(client, SELECT, **{"default-graph-uri": BASE + "passage/2"}),
        ask(client, SELECT, **{"named-graph-uri": BASE + "passage/2"}),
    ]
    assert len({tag, *(answer.headers["ETag"] for answer in others)}) == 5


def test_what_changes_each_time_is_not_kept(client: FlaskClient) -> None:
    answer = ask(client, "SELECT (NOW() AS ?name) WHERE {}")
    assert answer.status_code == 200
    assert "ETag" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
    named = ask(client, 'SELECT ("NOW" AS ?name) WHERE {} # RAND')
    assert "ETag" in named.headers


def test_head_and_options(client: FlaskClient) -> None:
    head = client.head("/sparql", query_string={"query": SELECT})
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["ETag"] == ask(client, SELECT).headers["ETag"]
    options = client.options("/sparql")
    assert set(options.allow) == {"GET", "HEAD", "OPTIONS", "POST"}
    assert "Content-Type" in options.headers["Access-Control-Allow-Headers"]
    for method in ("PUT", "DELETE", "PATCH"):
        answer = client.open("/sparql", method=method)
        assert answer.status_code == 405
        assert "POST" in answer.headers["Allow"]


def test_head_of_an_answer_without_end_ends(client: FlaskClient) -> None:
    endless = "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    head = client.head("/sparql", query_string={"query": endless})
    assert (head.status_code, head.data) == (200, b"")
    assert "Content-Length" not in head.headers


def test_a_browser_gets_the_form_and_its_answer_as_a_page(client: FlaskClient) -> None:
    form = client.get("/sparql", headers={"Accept": "text/html"})
    assert "<textarea" in form.text
    answer = ask(client, SELECT, "text/html,application/xml;q=0.9,*/*;q=0.8")
    assert answer.mimetype == "text/html"
    assert "North Rock Light" in answer.text
    assert "Yes" in ask(client, ASK, "text/html").text
    assert "north-rock" in ask(client, DESCRIBE, "text/html").text


def test_a_page_says_that_it_shows_only_the_beginning(client: FlaskClient) -> None:
    page = ask(client, "SELECT * WHERE { ?s ?p ?o }", "text/html")
    assert "the first 500 shown" in page.text
    assert "The download has the whole answer." in page.text


@pytest.mark.parametrize("fmt", GRAPHS, ids=lambda fmt: fmt.name)
def test_the_service_describes_itself_truly(client: FlaskClient, fmt: Format) -> None:
    answer = client.get("/sparql", headers={"Accept": fmt.media_type})
    assert answer.content_type == fmt.content_type
    assert isinstance(fmt.engine, RdfFormat)
    sd = "http://www.w3.org/ns/sparql-service-description#"
    objects: dict[str, set[str]] = {}
    for statement in parse(answer.data, format=fmt.engine):
        key = statement.predicate.value.removeprefix(sd)
        objects.setdefault(key, set()).add(getattr(statement.object, "value", ""))
    assert objects["endpoint"] == {"http://localhost/sparql"}
    assert objects["supportedLanguage"] == {sd + "SPARQL11Query"}
    # The records of derivations are not in the union.
    assert "feature" not in objects
    assert objects["resultFormat"] == {one.iri for one in FORMATS if one.engine is not None}
