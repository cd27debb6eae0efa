"""What the SPARQL 1.2 Protocol adds: announced versions, and answers that hold RDF 1.2.

https://www.w3.org/TR/sparql12-protocol/ is a draft; what it adds takes nothing from 1.1.
"""

from __future__ import annotations

import json
from http.client import HTTPException

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from graphsvc.formats import Content, Format, carrying

from .transports import QUERY_TYPE, Client, OverHttp, Pairs, ask, post_form, post_query

ASK = "ASK {}"
BOOLEAN = {"head": {}, "boolean": True}
STATED = "<<( light:north-rock lights:litIn 1871 )>>"
TERM = f"SELECT ?t {{ BIND({STATED} AS ?t) }}"
NOTE = f'CONSTRUCT {{ light:north-rock rdfs:comment {STATED}, "x"@ar--rtl }} {{}}'


# 2.1 Version announcement, 2.2 Query operation


@pytest.mark.parametrize("version", ["1.1", "1.2-basic", "1.2"])
def test_a_version_may_be_announced(client: Client, version: str) -> None:
    pairs: Pairs = [("query", ASK), ("version", version)]
    answers = [
        ask(client, ASK, others=[("version", version)]),
        post_form(client, pairs),
        post_query(client, ASK, content_type=f"{QUERY_TYPE}; version={version}"),
        post_query(client, ASK, content_type=f'{QUERY_TYPE};charset=utf-8;Version="{version}"'),
        ask(client, f'VERSION "{version}" {ASK}'),
        ask(client, f'VERSION "1.2" {ASK}', others=[("version", version)]),
    ]
    assert [json.loads(answer.content) for answer in answers] == [BOOLEAN] * 6


@pytest.mark.parametrize("version", ["1", "2.0", "1.2 ", "1.2-full"])
def test_a_version_that_is_not_known_is_refused(client: Client, version: str) -> None:
    problem = ask(client, ASK, others=[("version", version)]).problem
    assert problem["status"] == 400
    assert "1.1, 1.2-basic, 1.2" in problem["remedy"]


def test_a_version_is_announced_at_most_once(client: Client) -> None:
    twice = [("version", "1.2"), ("version", "1.2")]
    assert ask(client, ASK, others=twice).problem["status"] == 400
    beside = post_query(client, ASK, twice[:1], f"{QUERY_TYPE}; version=1.2")
    assert beside.problem["status"] == 400


# RDF 1.2: triple terms, and directions of text


def test_json_carries_a_triple_term(client: Client) -> None:
    (row,) = json.loads(ask(client, TERM).content)["results"]["bindings"]
    assert row["t"]["type"] == "triple"
    assert row["t"]["value"]["subject"]["value"] == client.base + "id/light/north-rock"


@pytest.mark.parametrize(
    ("name", "words"), [("xml", "<triple><subject>"), ("tsv", "<<( <"), ("csv", "litIn 1871")]
)
def test_the_other_results_carry_a_triple_term(client: Client, name: str, words: str) -> None:
    assert words in ask(client, TERM, others=[("format", name)]).text


@pytest.mark.parametrize(
    "fmt",
    [fmt for fmt in carrying(Content.TRIPLES) if fmt.name not in ("jsonld", "n3")],
    ids=lambda fmt: fmt.name,
)
def test_a_graph_carries_triple_terms_and_directions(client: Client, fmt: Format) -> None:
    answer = ask(client, NOTE, fmt.media_type)
    assert answer.status == 200
    assert isinstance(fmt.engine, RdfFormat)
    objects = {statement.object for statement in parse(answer.content, format=fmt.engine)}
    term = next(each for each in objects if isinstance(each, Triple))
    assert term.predicate == NamedNode(client.base + "ontology#litIn")
    text = next(each for each in objects if isinstance(each, Literal))
    assert (text.value, text.language, str(text.direction)) == ("x", "ar", "rtl")


def test_json_ld_says_that_it_cannot_carry_them(server: str) -> None:
    problem = ask(OverHttp(server), NOTE, "application/ld+json").problem
    assert problem["status"] == 406
    variants = {each["format"] for each in problem["variants"]}
    assert {"ttl", "nt"} <= variants
    assert "jsonld" not in variants


def test_what_a_format_cannot_carry_late_in_an_answer_breaks_it_off(server: str) -> None:
    many = " ".join(str(number) for number in range(1000))
    pairs = f"VALUES ?a {{ {many} }} VALUES ?b {{ {' '.join(map(str, range(100)))} }}"
    late = f"BIND(IF(?a = 999, {STATED}, ?b) AS ?value)"
    query = f"CONSTRUCT {{ light:north-rock rdfs:comment ?value, ?a }} {{ {pairs} {late} }}"
    with pytest.raises((HTTPException, ConnectionError)):
        ask(OverHttp(server), query, "application/ld+json")
