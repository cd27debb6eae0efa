"""A point lookup gets the same answer as a longer query with the same meaning, only sooner."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from pyoxigraph import RdfFormat, parse

from .transports import ask, post_query

if TYPE_CHECKING:
    from .transports import Answer, Client

LOOKUPS = (
    "SELECT ?kind ?label { light:north-rock a ?kind ; rdfs:label ?label }",
    "ASK { light:north-rock lights:litIn ?year }",
    "DESCRIBE light:north-rock",
)
#: The same questions in words that no lookup has.
LONGER = (
    "SELECT ?kind ?label { light:north-rock a ?kind ; rdfs:label ?label FILTER(true) }",
    "ASK { light:north-rock lights:litIn ?year FILTER(true) }",
    "DESCRIBE ?thing { VALUES ?thing { light:north-rock } }",
)


def fields(answer: Answer) -> dict[str, str]:
    """Return the fields that depend neither on the query's text nor on the transport."""
    not_compared = ("etag", "content-length", "transfer-encoding", "date", "server", "vary")
    return {name: value for name, value in answer.headers.items() if name not in not_compared}


def statements(answer: Answer) -> list[str]:
    """Return the rows of an answer, sorted."""
    if answer.kind.startswith("text/turtle"):
        return sorted(str(quad) for quad in parse(answer.content, format=RdfFormat.TURTLE))
    results = json.loads(answer.content)
    return sorted(json.dumps(row) for row in results.get("results", {}).get("bindings", [results]))


@pytest.mark.parametrize(("lookup", "longer"), list(zip(LOOKUPS, LONGER, strict=True)))
def test_a_lookup_is_answered_as_any_query_is(client: Client, lookup: str, longer: str) -> None:
    short, long = ask(client, lookup), ask(client, longer)
    assert short.status == long.status == 200
    assert statements(short) == statements(long)
    assert fields(short) == fields(long)


@pytest.mark.parametrize("lookup", LOOKUPS)
def test_every_way_of_asking_gives_the_same(client: Client, lookup: str) -> None:
    plain = ask(client, lookup)
    same = [ask(client, lookup), ask(client, lookup), post_query(client, lookup)]
    assert {answer.content for answer in same} == {plain.content}
    assert {answer.headers["etag"] for answer in same[:2]} == {plain.headers["etag"]}
    assert {answer.headers["content-type"] for answer in same} == {plain.headers["content-type"]}


@pytest.mark.parametrize("lookup", LOOKUPS)
def test_a_lookup_whose_answer_is_held_is_not_sent_again(client: Client, lookup: str) -> None:
    target = "/sparql?query=" + quote(lookup)
    tag = client.send("GET", target).headers["etag"]
    for condition in (tag, "*"):
        again = client.send("GET", target, [("If-None-Match", condition)])
        assert (again.status, again.content, again.headers["etag"]) == (304, b"", tag)
    head = client.send("HEAD", target)
    assert (head.status, head.content, head.headers["etag"]) == (200, b"", tag)


def test_a_lookup_is_compressed_where_that_is_worth_while(client: Client) -> None:
    target = "/sparql?query=" + quote("SELECT * { ?light a lights:Lighthouse }")
    answer = client.send("GET", target, [("Accept", "application/sparql-results+json")])
    assert json.loads(answer.content)["head"] == {"vars": ["light"]}
    assert "accept" in answer.headers["vary"].lower()


@pytest.mark.parametrize("graph", ["default-graph-uri", "named-graph-uri"])
def test_a_lookup_in_named_graphs_is_kept_to_them(client: Client, graph: str) -> None:
    nowhere = [(graph, client.base + "graph/nothing")]
    assert json.loads(ask(client, LOOKUPS[1], others=nowhere).content) == {
        "head": {},
        "boolean": False,
    }


def test_a_lookup_that_is_wrong_is_told_what_is_wrong(client: Client) -> None:
    problem = ask(client, "SELECT ?x { nowhere:north-rock a ?x }").problem
    assert "nowhere" in problem["detail"]
    assert ask(client, "SELECT ?x { light:north-rock a ?x", None).problem["status"] == 400
    assert ask(client, LOOKUPS[0], "image/png").problem["status"] == 406
