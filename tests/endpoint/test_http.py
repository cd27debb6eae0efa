"""What HTTP asks of the endpoint: RFC 9110, on which the SPARQL Protocol is built (its section 2).

Each test cites its section: https://www.rfc-editor.org/rfc/rfc9110
"""

from __future__ import annotations

from datetime import datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import pytest

from graphsvc.formats import Content, carrying
from graphsvc.web.protocol import LARGEST_BODY, LONGEST_ADDRESS

from .transports import Answer, Client, OverHttp, Pairs, ask, post_form, post_query

if TYPE_CHECKING:
    from collections.abc import Mapping

SELECT = "SELECT ?name WHERE { light:north-rock lights:statedName ?name }"
CONSTRUCT = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o . FILTER(?s = light:north-rock) }"
CHANGING = "SELECT (NOW() AS ?name) WHERE {}"
TARGET = "/sparql?query=" + quote(SELECT)
KINDS = [fmt.media_type for fmt in carrying(Content.SOLUTIONS)]

#: What belongs to a connection or a moment, and not to a representation.
_PASSING = {"date", "connection", "transfer-encoding", "content-length", "server"}

WRONG = {
    400: "/sparql?query=SELECT",
    403: "/sparql?query=LOAD%20%3Chttp://x.y/%3E",
    406: TARGET + "&format=png",
    414: "/sparql?query=" + "x" * LONGEST_ADDRESS,
}


def get(client: Client, headers: Mapping[str, str], target: str = TARGET) -> Answer:
    return client.send("GET", target, list(headers.items()))


def lasting(answer: Answer) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name not in _PASSING}


@pytest.mark.parametrize(
    "target", [TARGET, TARGET + "&format=csv", "/sparql", "/sparql?format=ttl", *WRONG.values()]
)
def test_9_3_2_head_has_the_fields_of_get_and_no_content(client: Client, target: str) -> None:
    by_get, by_head = client.send("GET", target), client.send("HEAD", target)
    assert by_head.status == by_get.status
    assert by_head.content == b""
    assert lasting(by_head) == lasting(by_get)


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
def test_9_3_2_head_of_a_short_answer_names_what_get_gives(server: str, coding: str) -> None:
    client = OverHttp(server)
    target = "/sparql?" + urlencode({"query": "ASK {}"})
    got, head = (
        client.send(each, target, [("Accept-Encoding", coding)]) for each in ("GET", "HEAD")
    )
    assert head.content == b""
    for name in ("etag", "content-encoding", "content-length", "content-type", "vary"):
        assert head.headers.get(name) == got.headers.get(name), name


def test_9_3_7_options_tells_what_can_be_done(client: Client) -> None:
    answer = client.send("OPTIONS", "/sparql")
    assert answer.status in (200, 204)
    assert answer.content == b""
    assert answer.elements("allow") == {"GET", "HEAD", "OPTIONS", "POST"}


def test_a_page_of_another_site_may_ask(client: Client) -> None:
    """https://fetch.spec.whatwg.org/#cors-protocol."""
    origin = {"Origin": "https://elsewhere.example"}
    wish = {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type, accept",
    }
    preflight = client.send("OPTIONS", "/sparql", list((origin | wish).items()))
    assert preflight.status in (200, 204)
    assert preflight.headers["access-control-allow-origin"] == "*"
    assert "POST" in preflight.elements("access-control-allow-methods")
    allowed = {name.lower() for name in preflight.elements("access-control-allow-headers")}
    assert allowed >= {"content-type", "accept", "if-none-match"}
    first = get(client, origin)
    again = get(client, origin | {"If-None-Match": first.headers["etag"]})
    for answer in (first, again, *(get(client, origin, target) for target in WRONG.values())):
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "ETag" in answer.elements("access-control-expose-headers")


@pytest.mark.parametrize(("status", "target"), WRONG.items())
def test_15_5_a_refusal_says_what_and_why_and_is_not_kept(
    client: Client, status: int, target: str
) -> None:
    answer = get(client, {}, target)
    assert answer.problem["status"] == status
    assert answer.problem["remedy"]
    assert answer.headers["cache-control"] == "no-store"
    assert "Accept" in answer.elements("vary")
    assert "etag" not in answer.headers


def test_15_5_7_a_wrong_query_is_told_before_a_wrong_format(client: Client) -> None:
    assert ask(client, "SELECT", "image/png").problem["status"] == 400
    assert ask(client, SELECT, "image/png").problem["status"] == 406


def test_15_5_15_an_address_is_read_up_to_its_limit(client: Client) -> None:
    room = LONGEST_ADDRESS - len(TARGET) - len("%20%23") - 1
    assert get(client, {}, TARGET + "%20%23" + "x" * room).column() == ["North Rock Light"]


def test_15_5_14_a_body_is_read_up_to_its_limit(client: Client) -> None:
    room = LARGEST_BODY - len(SELECT) - len(" #")
    assert post_query(client, SELECT + " #" + "x" * room).column() == ["North Rock Light"]
    assert post_query(client, SELECT + " #" + "x" * (room + 1)).problem["status"] == 413


def test_5_3_a_field_may_come_in_several_lines(client: Client) -> None:
    lines: Pairs = [("Accept", "image/png"), ("Accept", "text/csv"), ("Accept", "text/*;q=0.1")]
    for headers in (lines, lines[::-1]):
        assert client.send("GET", TARGET, headers).kind == "text/csv; charset=utf-8"


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (None, "application/sparql-results+json"),
        ("*/*", "application/sparql-results+json"),
        ("application/json", "application/sparql-results+json"),
        ("application/xml", "application/sparql-results+xml"),
        ("text/csv;q=0.5, text/tab-separated-values;q=0.6", "text/tab-separated-values"),
        ("TEXT/CSV", "text/csv"),
        ("application/*", "application/sparql-results+json"),
        ("text/html, application/sparql-results+xml", "application/sparql-results+xml"),
        ("nonsense", "application/sparql-results+json"),
    ],
)
def test_12_5_1_the_best_format_is_chosen(client: Client, accept: str | None, kind: str) -> None:
    answer = ask(client, SELECT, accept)
    if accept == "nonsense":
        assert answer.status in (200, 406)
        return
    assert answer.kind.partition(";")[0] == kind


def test_12_5_5_what_chose_the_answer_is_said(client: Client) -> None:
    for answer in (get(client, {}), get(client, {}, "/sparql"), ask(client, CHANGING)):
        assert "Accept" in answer.elements("vary")


def test_8_8_3_each_representation_has_its_own_tag(client: Client) -> None:
    graph = client.base + "passage/2"
    answers = [
        *(ask(client, SELECT, kind) for kind in KINDS),
        ask(client, SELECT + " "),
        ask(client, SELECT, others=[("default-graph-uri", graph)]),
        ask(client, SELECT, others=[("named-graph-uri", graph)]),
        ask(client, CONSTRUCT, "text/turtle"),
        ask(client, CONSTRUCT, "application/n-triples"),
    ]
    tags = [answer.headers["etag"] for answer in answers]
    assert len(set(tags)) == len(tags)
    assert ask(client, SELECT, KINDS[0]).headers["etag"] == tags[0]


def test_13_1_2_who_holds_the_answer_is_not_sent_it_again(client: Client) -> None:
    first = get(client, {})
    tag = first.headers["etag"]
    strong = tag.removeprefix("W/")
    for condition in (tag, strong, f'"a,b", {tag}', f'W/"x"  ,{strong}', "*"):
        for method in ("GET", "HEAD"):
            again = client.send(method, TARGET, [("If-None-Match", condition)])
            assert (again.status, again.content) == (304, b"")
            # 15.4.5: what a cache needs to bring its copy up to date.
            for name in ("etag", "vary", "cache-control"):
                assert again.headers[name] == first.headers[name]
            assert "content-type" not in again.headers


@pytest.mark.parametrize("condition", ['"x"', "W/", '"', "x", "", '"a" "b"'])
def test_13_1_2_who_holds_something_else_gets_the_answer(client: Client, condition: str) -> None:
    assert get(client, {"If-None-Match": condition}).column() == ["North Rock Light"]


def test_13_1_2_the_tags_may_come_in_several_lines(client: Client) -> None:
    tag = get(client, {}).headers["etag"]
    lines: Pairs = [("If-None-Match", tag), ("If-None-Match", '"x"')]
    assert client.send("GET", TARGET, lines).status == 304


def test_13_1_3_the_date_of_the_release_will_do_in_place_of_a_tag(client: Client) -> None:
    date = get(client, {}).headers["last-modified"]
    again = get(client, {"If-Modified-Since": date})
    assert (again.status, again.content) == (304, b"")
    moment: datetime = parsedate_to_datetime(date)
    # Another date is that of another release, even a later one: the service may have gone back.
    for days in (-1, 1):
        other = format_datetime(moment + timedelta(days=days), usegmt=True)
        assert get(client, {"If-Modified-Since": other}).status == 200
    assert get(client, {"If-Modified-Since": "no date"}).status == 200
    assert get(client, {"If-Modified-Since": date, "If-None-Match": '"x"'}).status == 200


def test_13_1_2_a_post_is_answered_whatever_its_client_holds(client: Client) -> None:
    """Only GET and HEAD have a 304; what a POST brings is no copy of what the address shows."""
    tag = get(client, {}).headers["etag"]
    answer = post_form(client, [("query", SELECT)], [("If-None-Match", tag)])
    assert answer.column() == ["North Rock Light"]


def test_13_2_1_a_refusal_comes_before_a_condition(client: Client) -> None:
    for status, target in WRONG.items():
        assert get(client, {"If-None-Match": "*"}, target).status == status


def test_14_2_a_range_is_answered_by_the_whole(client: Client) -> None:
    answer = get(client, {"Range": "bytes=0-3"})
    assert answer.column() == ["North Rock Light"]


def test_15_1_what_differs_each_time_is_not_kept(client: Client) -> None:
    answer = ask(client, CHANGING)
    assert answer.headers["cache-control"] == "no-store"
    assert "etag" not in answer.headers
    assert client.send("GET", "/sparql?query=" + quote(CHANGING), [("If-None-Match", "*")]).content


def test_9_3_1_a_body_of_a_get_means_nothing(client: Client) -> None:
    answer = client.send("GET", TARGET, [], b"query=ASK{}")
    assert answer.column() == ["North Rock Light"]


def test_8_3_the_kind_of_an_answer_is_not_to_be_guessed(client: Client) -> None:
    for answer in (get(client, {}), get(client, {}, WRONG[400])):
        assert answer.headers["x-content-type-options"] == "nosniff"
