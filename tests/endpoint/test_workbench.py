"""The workbench without a browser: what its scripts ask for, examples, code, notebook."""

from __future__ import annotations

import ast
import json
import re
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from urllib.request import urlopen

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbclient import NotebookClient

from graphsvc import settings
from graphsvc.web.app import create_app
from graphsvc.web.rows import MOST_ROWS
from graphsvc.web.snippets import python_string, r_string, snippets

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from graphsvc.release import Release

SELECT = "SELECT ?light ?name WHERE { ?light a lights:Light ; lights:statedName ?name }"
DESCRIBE = "DESCRIBE light:north-rock"
MANY = "SELECT ?a ?b { ?a ?p ?o . ?b ?q ?r } LIMIT "


@pytest.fixture(scope="module")
def client(lights_release: Release) -> FlaskClient:
    return create_app(lights_release, settings.load({}, {})).test_client()


@pytest.fixture(scope="module")
def shipped(mechanisms_release: Release) -> FlaskClient:
    return create_app(mechanisms_release, settings.load({}, {})).test_client()


def page(client: FlaskClient, **parameters: str) -> TestResponse:
    return client.get("/sparql", query_string=parameters, headers={"Accept": "text/html"})


def post_query(client: FlaskClient, name: str, query: str) -> dict[str, Any]:
    answer = client.post(f"/sparql/{name}.json", data={"query": query})
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "application/json"
    members: dict[str, Any] = json.loads(answer.data)
    return members


def test_rows_have_labels_links_and_datatypes(client: FlaskClient) -> None:
    answer = post_query(client, "answer", SELECT)
    assert answer["columns"] == ["light", "name"]
    assert answer["complete"]
    rock, name = (answer["terms"][number] for number in answer["rows"][0])
    assert rock["short"].startswith("light:")
    assert rock["href"].startswith("/doc/id/light/")
    assert rock["label"]
    assert name["kind"] == "literal"
    assert answer["views"] == {"graph": False, "chart": False}
    assert {each["name"] for each in answer["formats"]} == {"json", "xml", "csv", "tsv"}


def test_a_column_of_numbers_makes_a_chart_and_two_of_things_a_graph(client: FlaskClient) -> None:
    chart = post_query(client, "answer", "SELECT ?s (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?s")
    assert chart["views"] == {"graph": False, "chart": True}
    graph = post_query(client, "answer", "SELECT ?s ?o { ?s a ?o }")
    assert graph["views"] == {"graph": True, "chart": False}


def test_what_lies_somewhere_makes_a_map(shipped: FlaskClient) -> None:
    for query, is_placed in (
        ("SELECT ?s { ?s a iwm:Country }", True),
        ("SELECT ?s { ?s a iwm:City }", True),
        ("SELECT ?s { ?s a iwm:Person }", False),
        ("SELECT ?s { ?s a iwm:Mechanism }", False),
    ):
        assert post_query(shipped, "answer", query)["map"] == ("/map" if is_placed else None), query


def test_a_graph_has_its_triples_as_rows_and_as_turtle(client: FlaskClient) -> None:
    answer = post_query(client, "answer", DESCRIBE)
    assert answer["columns"] == ["subject", "property", "value"]
    assert answer["views"]["graph"]
    assert "light:north-rock" in answer["turtle"]
    assert "ttl" in {each["name"] for each in answer["formats"]}


def test_the_number_of_rows_is_never_less_than_it_seems(client: FlaskClient) -> None:
    whole, cut = (post_query(client, "answer", f"{MANY}{MOST_ROWS + more}") for more in (0, 1))
    assert (len(whole["rows"]), whole["complete"]) == (MOST_ROWS, True)
    assert (len(cut["rows"]), cut["complete"]) == (MOST_ROWS, False)
    assert f"more than {MOST_ROWS:,} rows" in page(client, query=f"{MANY}{MOST_ROWS + 1}").text
    text = page(client, query=f"{MANY}600").text
    assert "600 rows" in text
    assert "the first 500 shown" in text


def test_the_page_shows_labels_and_names_marks_and_downloads(client: FlaskClient) -> None:
    text = page(client, query="SELECT ?s ?o { VALUES ?s { light:north-rock } ?s ?p ?o }").text
    assert re.search(r'<a href="/doc/id/light/north-rock"[^>]*>North Rock', text)
    assert '<code class="address">light:north-rock</code>' in text
    assert 'class="tag"' in text
    assert "format=csv" in text
    assert " ms · release <code>" in text


def test_an_empty_answer_offers_its_explanation(client: FlaskClient) -> None:
    assert "explain=empty" in page(client, query="SELECT * { ?s lights:nme ?o }").text
    assert "explain=empty" not in page(client, query=SELECT).text


def test_the_page_of_a_fault_has_the_query_again(client: FlaskClient) -> None:
    answer = page(client, query="SELECT * { ?s lights:statedName")
    assert answer.status_code == 400
    assert "lights:statedName</textarea>" in answer.text


def test_faults_are_placed_and_near_names_offered(client: FlaskClient) -> None:
    (fault,) = post_query(client, "check", "SELECT * {\n ?s lights:statedNme ?o }")["faults"]
    assert (fault["severity"], fault["line"], fault["column"]) == ("warning", 2, 5)
    assert fault["near"] == ["lights:statedName"]
    (fault,) = post_query(client, "check", "SELECT * { ?s ")["faults"]
    assert (fault["severity"], fault["line"]) == ("error", 1)
    assert post_query(client, "check", SELECT)["faults"] == []


@pytest.mark.parametrize(
    ("query", "message", "column"),
    [
        ("ASK { FILTER(<http://x/f>(1)) }", "This service has no function <http://x/f>.", 14),
        (r'ASK { FILTER(REGEX("aa", "(a)\\1")) }', "it has the back-reference", 26),
        ('SELECT (REPLACE("a", "a", "$") AS ?x) {}', "is no replacement", 27),
        ("SELECT (SUM(?n) AS ?x) { OPTIONAL { ?s ?p ?n } }", "Where ?n is not bound, SUM", 9),
    ],
)
def test_what_the_engine_cannot_do_is_a_fault_with_its_place(
    client: FlaskClient, query: str, message: str, column: int
) -> None:
    (fault,) = post_query(client, "check", query)["faults"]
    assert message in fault["message"]
    assert fault["remedy"]
    assert (fault["line"], fault["column"]) == (1, column)


def test_names_are_looked_up_as_the_engine_reads_them(client: FlaskClient) -> None:
    head = (
        "PREFIX l: <http://nowhere.org/> BASE <https://example.org/lights/> PREFIX l: <ontology#>"
    )
    assert post_query(client, "check", f"{head} ASK {{ ?s l:statedName ?o }}")["faults"] == []
    (fault,) = post_query(client, "check", f"{head} ASK {{ <id/light/north-rok> l:litIn ?o }}")[
        "faults"
    ]
    assert "<id/light/north-rok> does not occur" in fault["message"]


def test_the_vocabulary_has_what_the_graph_uses(client: FlaskClient) -> None:
    members = json.loads(client.get("/sparql/vocabulary.json").data)
    terms = {term["name"]: term for term in members["terms"]}
    assert terms["lights:Light"]["kind"] == "class"
    assert terms["lights:Light"]["count"] > 0
    assert terms["lights:statedName"]["kind"] == "property"
    assert members["prefixes"]["lights"].endswith("ontology#")


def test_the_editor_suggests_things_as_the_search_does(client: FlaskClient) -> None:
    address = re.search(r'data-things="([^"]*kind=thing)"', page(client).text)
    assert address is not None
    suggestions = json.loads(client.get(f"{address[1]}&prefix=nOrTh+r").data)["suggestions"]
    assert (suggestions[0]["name"], suggestions[0]["label"]) == (
        "light:north-rock",
        "North Rock Light",
    )
    searched = json.loads(client.get("/search.json?kind=thing&q=nOrTh+r").data)["hits"]
    assert [each["iri"] for each in suggestions] == [each["iri"] for each in searched][
        : len(suggestions)
    ]
    assert {each["kind"] for each in suggestions} == {"thing"}
    assert client.get("/sparql/things.json?words=north").status_code == 404


def test_the_page_tells_its_scripts_the_answer_that_it_shows(client: FlaskClient) -> None:
    text = page(client, query=SELECT).text
    members = re.search(r'<script type="application/json" id="told">(.*?)</script>', text)
    assert members is not None
    in_page, answer = json.loads(members[1]), post_query(client, "answer", SELECT)
    del in_page["seconds"], answer["seconds"]
    assert in_page == answer
    # Not all of it stands there, or nothing: then the scripts have something to ask.
    for query in (f"{MANY}600", "SELECT * { ?s lights:nme ?o }"):
        assert 'id="told"' not in page(client, query=query).text


def test_a_query_comes_by_post_to_a_real_server_too(server: str) -> None:
    for name, member in (("answer.json", "rows"), ("check.json", "faults")):
        with urlopen(f"{server}sparql/{name}", urlencode({"query": SELECT}).encode()) as answer:  # noqa: S310
            assert member in json.load(answer)


@pytest.mark.parametrize("name", ["answer.json", "check.json", "snippets.json", "notebook"])
def test_bad_requests_are_told_in_the_one_shape(client: FlaskClient, name: str) -> None:
    for sent in (
        {"data": {"other": "x"}},
        {"data": b"\xff", "content_type": "application/sparql-query"},
    ):
        answer = client.post(f"/sparql/{name}", **sent)
        assert answer.status_code == 400
        assert json.loads(answer.data)["type"] == "/problems#bad-request"


def test_what_is_asked_again_has_not_changed(client: FlaskClient) -> None:
    first = client.get("/sparql/answer.json", query_string={"query": SELECT})
    again = client.get(
        "/sparql/answer.json",
        query_string={"query": SELECT},
        headers={"If-None-Match": first.headers["ETag"]},
    )
    assert again.status_code == 304
    changing = client.get("/sparql/answer.json", query_string={"query": "SELECT (NOW() AS ?n) {}"})
    assert changing.headers["Cache-Control"] == "no-store"


def test_every_example_fills_the_editor_and_has_an_answer(shipped: FlaskClient) -> None:
    names = re.findall(r'data-example="([^"]+)"', page(shipped).text)
    assert len(names) == len(set(names)) > 50
    for name in names:
        chosen = shipped.get("/sparql/example.json", query_string={"name": name})
        text = json.loads(chosen.data)["text"]
        assert not text.startswith("#+")
        answer = post_query(shipped, "answer", text)
        assert answer["rows"] or answer["boolean"] is not None, name
    assert "?secretariat a iwm:Secretariat" in page(shipped, example="secretariats").text
    assert page(shipped, example="none-such").status_code == 404


def test_the_parameters_of_an_example_are_those_of_its_header(shipped: FlaskClient) -> None:
    chosen = shipped.get("/sparql/example.json?name=mechanisms-of-a-country")
    text = json.loads(chosen.data)["text"]
    countries = "VALUES ?country { <https://w3id.org/iwm/id/country/united-states> }"
    assert countries in text
    bound = post_query(shipped, "answer", text)
    assert {row[0] for row in bound["rows"]} == {bound["rows"][0][0]}


def test_the_page_is_light_before_its_scripts(shipped: FlaskClient) -> None:
    assert len(page(shipped).data) < 100_000


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_text_survives_as_a_literal_of_python(text: str) -> None:
    # Source has one kind of line break: what else would be one is escaped.
    assert ast.literal_eval(python_string(text)) == text


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_a_text_survives_as_a_literal_of_r(text: str) -> None:
    def sign(match: re.Match[str]) -> str:
        return chr(int(match[1], 16)) if match[1] else match[2]

    literal = r_string(text)
    assert not re.search(r'(?<!\\)(?:\\\\)*"', literal[1:-1])
    read = re.sub(r"\\U([0-9a-f]{8})|\\(.)", sign, literal[1:-1], flags=re.DOTALL)
    assert read == text


@pytest.mark.parametrize(
    "query", [SELECT, "ASK { ?s ?p ?o }", DESCRIBE, 'ASK { FILTER("it\'s" = "it\'s") }']
)
def test_the_code_runs(server: str, query: str) -> None:
    code = {each.name: each.code for each in snippets(query, server + "sparql")}
    words = {"D": "north-rock", "S": "North Rock Light", "A": "rue"}[query[0]]
    assert words in subprocess.check_output(
        ["sh", "-c", code["curl"]], text=True, stderr=subprocess.DEVNULL
    )
    for name in ("python", "sparqlwrapper"):
        assert words in subprocess.check_output([sys.executable, "-c", code[name]], text=True)
    assert shlex.split(code["curl"].replace("\\\n", ""))[-1] == f"query={query}"
    assert code["r"].count("library(httr)") == 1


@pytest.mark.parametrize(
    ("query", "words"), [(SELECT, "North Rock Light"), (DESCRIBE, "north-rock")]
)
def test_the_notebook_runs(server: str, query: str, words: str) -> None:
    with urlopen(f"{server}sparql/notebook?{urlencode({'query': query})}") as answer:  # noqa: S310
        assert answer.headers["Content-Type"] == "application/x-ipynb+json"
        assert "query.ipynb" in answer.headers["Content-Disposition"]
        notebook = nbformat.reads(answer.read().decode("utf-8"), as_version=4)  # type: ignore[no-untyped-call]
    nbformat.validate(notebook)
    NotebookClient(notebook, timeout=120).execute()
    outputs = [json.dumps(cell.get("outputs", [])) for cell in notebook.cells]
    assert any(words in each for each in outputs)
