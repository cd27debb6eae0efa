"""Addresses as others write them: with a slash at the end, parameters of their own, empty ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from graphsvc.web.parameters import without_appended

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from graphsvc.release import Release

ROCK = "https://example.org/lights/id/light/north-rock"

#: An address of each route without a variable part, or with one that holds no slash.
PLACES = [
    *("/browse", "/compare?class=lights:Light", "/things?value=lights:Light", "/search?q=rock"),
    *("/search/suggest?prefix=n", "/timeline", "/map", f"/neighbourhood?iri={ROCK}", "/ontology"),
    *("/ontology.ttl", "/ontology/1.0.0", "/releases", "/releases.json", "/queries", "/problems"),
    *("/queries/keepers", "/queries/keepers.csv", f"/cite?iri={ROCK}", "/api", "/openapi.json"),
    *("/context.jsonld", "/dump.nq.gz", "/sitemap.xml", "/robots.txt", "/healthz", "/readyz"),
    *("/releases/{id}", "/releases/{id}.ttl", "/releases/{id}/dump.ttl.gz"),
    *("/.well-known/void", "/.well-known/sparql-examples", "/sparql", "/sparql?query=ASK%7B%7D"),
    *("/sparql/vocabulary.json", "/sparql/snippets.json?query=ASK%7B%7D", "/reconcile"),
    *(f"/reconcile/view?id={ROCK}", "/reconcile/suggest/entity?prefix=n"),
]


@pytest.mark.parametrize("place", PLACES)
def test_a_slash_at_the_end_changes_nothing(
    client: FlaskClient, lights_release: Release, place: str
) -> None:
    place = place.replace("{id}", lights_release.id)
    path, mark, query = place.partition("?")
    # The page of an answer tells how long it took.
    for accept in ("*/*", "text/turtle", *(() if "query=" in query else ("text/html",))):
        with_slash = client.get(f"{path}/{mark}{query}", headers={"Accept": accept}, buffered=True)
        without = client.get(place, headers={"Accept": accept}, buffered=True)
        assert with_slash.status_code == without.status_code
        assert with_slash.data == without.data
        assert with_slash.headers.get("Location") == without.headers.get("Location")


def test_a_post_with_a_slash_is_answered(client: FlaskClient) -> None:
    for path in ("/sparql", "/sparql/"):
        answer = client.post(path, data={"query": "ASK {}"}, headers={"Accept": "*/*"})
        assert (answer.status_code, answer.get_json(force=True)["boolean"]) == (200, True)
    answer = client.post("/reconcile/", data={"queries": "{}"})
    assert (answer.status_code, answer.get_json()) == (200, {})
    assert client.post("/sparql/check.json/", data={"query": "ASK {}"}).status_code == 200


MISSING = [
    *("/nonexist", "/nonexist/", "/id/light/none", "/doc/id/light/none", "/static/none.css"),
    *("/releases/none", "/queries/none", "/ontology/9.9.9", "/dump.none.gz"),
    *("/sitemap-7.xml", f"/cite.none?iri={ROCK}"),
]


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("path", MISSING)
def test_nothing_is_there_whatever_the_method(client: FlaskClient, path: str, method: str) -> None:
    answer = client.open(path, method=method, data=b"x=1" if method == "POST" else b"")
    assert answer.status_code == 404
    assert "Allow" not in answer.headers
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    "path",
    ["/id/light/north-rock", "/doc/id/light/north-rock", "/queries/keepers", "/static/icon.svg"],
)
def test_something_is_there_that_takes_no_post(client: FlaskClient, path: str) -> None:
    answer = client.post(path)
    assert answer.status_code == 405
    assert set(answer.allow) == {"GET", "HEAD", "OPTIONS"}
    options = client.options(path)
    assert (options.status_code, set(options.allow)) == (200, {"GET", "HEAD", "OPTIONS"})


def test_a_preflight_is_answered_so_that_a_page_sees_the_404(client: FlaskClient) -> None:
    wish = {"Origin": "https://a.example", "Access-Control-Request-Method": "GET"}
    answer = client.options("/nonexist", headers=wish)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


APPENDED = [
    *("utm_source=news", "utm_medium=e-mail&utm_campaign=a+b", "fbclid=IwAR0x", "gclid=x"),
    *("mc_eid=1&mc_cid=2", "_=1700000000", "msclkid=a", "UTM_Source=x", "_ga=1.2", "fbclid"),
]
PAGES = [
    *(
        "/",
        "/browse",
        "/browse?class=lights:Light",
        "/compare?class=lights:Light",
        "/search?q=rock",
    ),
    *("/queries", "/queries/keepers", "/queries/keepers.csv", "/doc/id/light/north-rock"),
    *("/ontology", "/timeline", f"/cite?iri={ROCK}", "/releases", "/sparql?query=ASK%7B%7D"),
    *(
        "/reconcile",
        "/sparql/snippets.json?query=ASK%7B%7D",
        "/dump.nq.gz",
        "/things?value=lights:Light",
    ),
]


@pytest.mark.parametrize("page", PAGES)
def test_what_others_append_to_a_link_changes_nothing(client: FlaskClient, page: str) -> None:
    expected = client.get(page, buffered=True)
    assert expected.status_code in (200, 301)
    path, mark, query = page.partition("?")
    for appended in APPENDED:
        for address in (f"{page}{'&' if mark else '?'}{appended}", f"{path}?{appended}&{query}"):
            answer = client.get(address, buffered=True)
            assert answer.status_code == expected.status_code, address
            assert answer.headers.get("ETag") == expected.headers.get("ETag"), address
            assert answer.headers.get("Location") == expected.headers.get("Location")


@pytest.mark.parametrize(
    "query", ["clas=lights:Light", "utm=1", "my_utm_source=1", "fbclids=1", "__=1", "x=1&fbclid=2"]
)
def test_what_is_nearly_a_parameter_is_refused(client: FlaskClient, query: str) -> None:
    for page in ("/browse", "/queries/keepers"):
        assert client.get(f"{page}?{query}").status_code == 400


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (b"query=%26utm_source%3D1", b"query=%26utm_source%3D1"),
        (b"a=1&_=2&b=3", b"a=1&b=3"),
        (b"_", b""),
        (b"a=1&", b"a=1"),
        (b"a=_&b=fbclid", b"a=_&b=fbclid"),
    ],
)
def test_only_names_of_parameters_count(query: bytes, expected: bytes) -> None:
    assert without_appended(query) == expected


@pytest.mark.parametrize(
    ("page", "same"),
    [
        ("/browse?class=&page=&format=&sort=", "/browse"),
        ("/compare?class=lights:Light&iri=&highlight=", "/compare?class=lights:Light"),
        ("/doc/id/light/north-rock?page=", "/doc/id/light/north-rock"),
        ("/search?q=rock&kind=&class=&page=", "/search?q=rock"),
        ("/timeline?class=", "/timeline"),
    ],
)
def test_what_a_form_leaves_empty_is_not_given(client: FlaskClient, page: str, same: str) -> None:
    answer = client.get(page)
    assert answer.status_code == 200
    assert answer.headers["ETag"] == client.get(same).headers["ETag"]


ASK = "/sparql?query=ASK%7B%7D"


@pytest.mark.parametrize(
    ("parameters", "content_type"),
    [
        ("default-graph-uri=", "application/sparql-results+json"),
        ("default-graph-uri=&named-graph-uri=", "application/sparql-results+json"),
        ("format=&output=&release=&version=&explain=&update=", "application/sparql-results+json"),
        ("format=application/sparql-results+json", "application/sparql-results+json"),
        ("format=application/sparql-results%2Bxml", "application/sparql-results+xml"),
        (
            "format=application/sparql-results+xml&timeout=0&debug=on",
            "application/sparql-results+xml",
        ),
        ("output=xml", "application/sparql-results+xml"),
        ("format=json&output=xml&results=xml", "application/sparql-results+json"),
    ],
)
def test_a_query_comes_as_clients_of_virtuoso_and_fuseki_send_it(
    client: FlaskClient, parameters: str, content_type: str
) -> None:
    answer = client.get(f"{ASK}&{parameters}", headers={"Accept": "*/*"})
    assert (answer.status_code, answer.content_type) == (200, content_type)
    posted = client.post(
        "/sparql",
        data=f"query=ASK%7B%7D&{parameters}",
        content_type="application/x-www-form-urlencoded",
    )
    assert (posted.status_code, posted.content_type) == (200, content_type)


def test_an_empty_graph_beside_another_is_left_out(client: FlaskClient) -> None:
    query = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    graph = "https://example.org/lights/passage/2"
    answers = [
        client.get("/sparql", query_string=[("query", query), ("default-graph-uri", graph), *more])
        for more in ([], [("default-graph-uri", ""), ("named-graph-uri", "")])
    ]
    assert answers[0].data == answers[1].data
    assert client.get(f"{ASK}&default-graph-uri=none").status_code == 400


def test_a_program_that_names_no_type_gets_a_description_in_rdf(client: FlaskClient) -> None:
    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    for headers in ({}, {"Accept": "*/*"}, {"Accept": "application/json, */*"}):
        for path in ("/sparql", "/.well-known/void"):
            answer = client.get(path, headers=headers, follow_redirects=True)
            assert answer.status_code == 200
            assert answer.mimetype in ("text/turtle", "application/ld+json"), headers
    for path in ("/sparql", "/.well-known/void"):
        answer = client.get(path, headers={"Accept": browser}, follow_redirects=True)
        assert answer.mimetype == "text/html"
        answer = client.get(path, headers={"Accept": "application/trig"}, follow_redirects=True)
        assert answer.mimetype == "application/trig"
        assert client.get(path, headers={"Accept": "image/png"}).status_code == 406
    assert "Accept" in client.get("/.well-known/void").vary
