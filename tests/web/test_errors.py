"""One shape for every error of every route: RFC 9457, and its readable forms."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from pyoxigraph import RdfFormat, parse

from graphsvc import settings
from graphsvc.errors import GraphsvcError, ReleaseError, StoreError
from graphsvc.web.app import create_app
from graphsvc.web.problem_kinds import KINDS
from graphsvc.web.protocol import LARGEST_BODY, LONGEST_ADDRESS

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from graphsvc.release import Release


@dataclass(frozen=True)
class Wrong:
    """A request that must fail, and how."""

    route: str
    path: str
    status: int
    method: str = "GET"
    accept: str | None = None
    options: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.method} {self.path[:40]} {self.status}"


def query(text: str) -> dict[str, Any]:
    return {"query_string": {"query": text}}


WRONG = [
    Wrong("sparql.answer", "/sparql", 400, options=query("SELECT * WHERE { ?s ?p")),
    Wrong("sparql.answer", "/sparql", 400, options=query("")),
    Wrong("sparql.answer", "/sparql", 403, options=query("SELECT * { SERVICE <http://x.y/> {} }")),
    Wrong("sparql.answer", "/sparql", 403, "POST", options={"data": {"update": "DROP ALL"}}),
    Wrong("sparql.answer", "/sparql", 405, "DELETE"),
    Wrong("sparql.answer", "/sparql?format=none", 406),
    Wrong("sparql.answer", "/sparql?format=csv", 406, options={}),
    Wrong(
        "sparql.answer",
        "/sparql",
        413,
        "POST",
        options={"data": b" " * (LARGEST_BODY + 1), "content_type": "application/sparql-query"},
    ),
    Wrong("sparql.answer", "/sparql", 414, options=query("#" * LONGEST_ADDRESS)),
    Wrong("sparql.answer", "/sparql", 415, "POST", options={"json": {}}),
    Wrong("workbench.answer", "/sparql/answer.json", 400, options=query("SELECT")),
    Wrong("workbench.check", "/sparql/check.json", 415, "POST", options={"json": {}}),
    Wrong("workbench.code", "/sparql/snippets.json", 400),
    Wrong("workbench.as_notebook", "/sparql/notebook", 400, options=query("")),
    Wrong("workbench.one_example", "/sparql/example.json?name=none", 404),
    Wrong("workbench.vocabulary", "/sparql/vocabulary.json", 405, "POST"),
    Wrong("documents.describe", "/describe", 400),
    Wrong("documents.describe", "/describe?iri=no%20iri", 400),
    Wrong("documents.describe", "/describe?iri=https://elsewhere.example/none", 404),
    Wrong("documents.describe", "/describe.png?iri=owl:Class", 404),
    Wrong("documents.thing", "/id/light/none", 404),
    Wrong("documents.thing", "/no such thing", 404),
    Wrong("documents.thing", "/id/<script>", 404),
    Wrong("documents.thing", "/id/light/north-rock", 405, "PUT"),
    Wrong("documents.about", "/doc/id/light/none", 404),
    Wrong("documents.about", "/doc/id/light/north-rock?page=0", 400),
    Wrong("sparql.answer", "/sparql?query=ASK%7B%7D&release=none", 404),
    Wrong("releases.index", "/releases.none", 404),
    Wrong("releases.release", "/releases/none", 404),
    Wrong("releases.release", "/releases/none...none", 404),
    Wrong("releases.compare", "/releases/compare", 404),
    Wrong("versions.version", "/ontology/9.9.9", 404),
    Wrong("documents.context", "/context.jsonld", 405, "POST"),
    Wrong("documents.ontology", "/ontology?page=none", 400),
    Wrong("browse.things", "/things", 400),
    Wrong("browse.things", "/things?value=no iri", 400),
    Wrong("browse.browse_page", "/browse?class=lights:None", 404),
    Wrong("browse.browse_page", "/browse?class=lights:Light&page=0", 400),
    Wrong("browse.browse_page", "/browse?colour=red", 400),
    Wrong("browse.browse_page", "/browse.docx", 400),
    Wrong("browse.browse_page", "/browse?from=1", 400),
    Wrong("browse.compare_page", "/compare", 400),
    Wrong("browse.compare_page", "/compare?iri=light:none", 404),
    Wrong("browse.compare_page", "/compare?class=lights:Light&highlight=all", 400),
    Wrong("browse.compare_page", "/compare?class=lights:Light&things=heaps", 400),
    Wrong("pages.data", "/data", 405, "POST"),
    Wrong("pages.home", "/", 405, "POST"),
    Wrong("cite.citation", "/cite", 400),
    Wrong("annotations.of_text", "/annotations", 400),
    Wrong("annotations.of_text", "/annotations?iri=https://example.org/lights/none", 404),
    Wrong(
        "annotations.of_text",
        "/annotations.none?iri=https://example.org/lights/source/ile-merrow",
        404,
    ),
    Wrong("pictures.timeline", "/timeline?class=none", 400),
    Wrong("pictures.map_page", "/map", 405, "POST"),
    Wrong("pictures.neighbourhood", "/neighbourhood", 400),
    Wrong("pictures.neighbourhood", "/neighbourhood?iri=https://example.org/lights/no", 404),
    Wrong("cite.citation", "/cite?iri=https://example.org/lights/none", 404),
    Wrong("cite.citation", "/cite.none?iri=https://example.org/lights/", 404),
    Wrong("pages.problems", "/problems", 405, "POST"),
    Wrong("documentation.page", "/docs/none", 404),
    Wrong("pages.healthz", "/healthz", 405, "POST"),
    Wrong("pages.readyz", "/readyz", 405, "POST"),
    Wrong("dumps.dump", "/dump.exe.gz", 404),
    Wrong("dumps.dump_of_release", "/releases/none/dump.nq.gz", 404),
    Wrong("well_known.void", "/.well-known/void", 405, "POST"),
    Wrong("well_known.sparql_examples", "/.well-known/sparql-examples", 405, "POST"),
    Wrong("crawlers.robots", "/robots.txt", 405, "POST"),
    Wrong("crawlers.sitemap", "/sitemap.xml", 405, "POST"),
    Wrong("crawlers.part", "/sitemap-2.xml", 404),
    Wrong("search.answer", "/search?kind=none", 400),
    Wrong("search.answer", "/search.none", 404),
    Wrong("search.suggest", "/search/suggest", 405, "POST"),
    Wrong("search.suggest", "/search/suggest?prefix=a&kind=none", 400),
    Wrong("reconciliation.service", "/reconcile?queries=none", 400),
    Wrong("reconciliation.service", "/reconcile", 400, "POST"),
    Wrong("reconciliation.suggest", "/reconcile/suggest/none", 404),
    Wrong("reconciliation.suggest", "/reconcile/suggest/entity?cursor=none", 400),
    Wrong("reconciliation.properties", "/reconcile/properties?callback=1", 400),
    Wrong("reconciliation.flyout", "/reconcile/flyout?id=none", 404),
    Wrong("reconciliation.preview", "/reconcile/preview", 404),
    Wrong("reconciliation.view", "/reconcile/view?id=none", 404),
    Wrong("queries.gallery", "/queries?q=a&q=b", 400),
    Wrong("queries.gallery", "/queries", 405, "POST"),
    Wrong("queries.query", "/queries/keeper", 404),
    Wrong("queries.query", "/queries/keepers?light=dark", 400),
    Wrong("queries.query", "/queries/keepers.ttl", 404),
    Wrong("api.page", "/api", 405, "POST"),
    Wrong("api.as_json", "/openapi.json", 405, "POST"),
    Wrong("api.as_yaml", "/openapi.yaml", 405, "DELETE"),
    Wrong("static", "/static/none.css", 404),
]


def send(client: FlaskClient, wrong: Wrong, accept: str) -> TestResponse:
    return client.open(wrong.path, method=wrong.method, headers={"Accept": accept}, **wrong.options)


def test_every_route_is_made_to_fail(app: Flask) -> None:
    routes = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert routes == {wrong.route for wrong in WRONG}


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_programs_get_problem_details(client: FlaskClient, wrong: Wrong) -> None:
    answer = send(client, wrong, "application/json")
    assert answer.status_code == wrong.status
    assert answer.content_type == "application/problem+json"
    problem = answer.get_json()
    assert problem["status"] == wrong.status
    assert problem["type"] in {f"/problems#{kind.name}" for kind in KINDS}
    assert problem["title"]
    assert problem["detail"]
    assert problem["remedy"]
    assert set(problem) <= {
        *("type", "title", "status", "detail", "remedy"),
        *("line", "column", "excerpt", "variants"),
    }
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Accept" in answer.vary
    assert ("Allow" in answer.headers) == (wrong.status == 405)


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_terminals_get_text(client: FlaskClient, wrong: Wrong) -> None:
    problem = send(client, wrong, "application/json").get_json()
    answer = send(client, wrong, "text/plain")
    assert answer.status_code == wrong.status
    assert answer.content_type == "text/plain; charset=utf-8"
    assert answer.text.startswith(
        f"{problem['status']} {problem['title']}\n\n{problem['detail']}\n"
    )
    assert problem["remedy"] in answer.text


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_people_get_a_page(client: FlaskClient, wrong: Wrong) -> None:
    problem = send(client, wrong, "application/json").get_json()
    answer = send(client, wrong, "text/html")
    assert answer.status_code == wrong.status
    assert answer.content_type == "text/html; charset=utf-8"
    assert "<script>" not in answer.text
    words = unescape(answer.text)
    assert f"<h1>{problem['title']}</h1>" in words
    assert problem["detail"] in words
    assert problem["remedy"] in words


@pytest.mark.parametrize("accept", ["image/png", "", "nonsense", "*/*;q=0"])
def test_an_error_never_fails_for_want_of_a_format(client: FlaskClient, accept: str) -> None:
    answer = client.get("/id/light/none", headers={"Accept": accept})
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


def test_an_error_about_a_thing_can_be_rdf(client: FlaskClient) -> None:
    answer = client.get("/doc/id/light/none", headers={"Accept": "text/turtle"})
    properties = {
        quad.predicate.value: quad.object for quad in parse(answer.data, RdfFormat.TURTLE)
    }
    status = properties["http://www.w3.org/2011/http#statusCodeValue"]
    assert getattr(status, "value", "") == "404"


def test_the_endpoint_never_answers_an_error_in_a_format_of_data(client: FlaskClient) -> None:
    answer = client.get("/sparql?query=SELECT", headers={"Accept": "text/turtle"})
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")


def test_what_is_not_found_can_be_searched_for(client: FlaskClient) -> None:
    page = client.get("/doc/id/light/no-such_light", headers={"Accept": "text/html"}).text
    assert '<a href="/search?q=no+such+light">' in page
    page = client.get("/cite", headers={"Accept": "text/html"}).text
    assert "/search?q=" not in page


def test_the_type_of_a_problem_is_an_address_that_explains_it(client: FlaskClient) -> None:
    page = client.get("/problems").text
    for kind in KINDS:
        assert f'id="{kind.name}"' in page
        assert kind.title in unescape(page)


@pytest.mark.parametrize(
    ("error", "status", "name"),
    [
        (StoreError("The store failed."), 503, "unavailable"),
        (ReleaseError("There is no release."), 503, "unavailable"),
        (GraphsvcError("Something failed."), 500, "internal"),
        (ValueError("a secret"), 500, "internal"),
    ],
)
def test_what_nobody_expects_is_told_in_the_same_shape(
    lights_release: Release, error: Exception, status: int, name: str
) -> None:
    app = create_app(lights_release, settings.load({}, {}))

    @app.get("/broken")
    def broken() -> str:
        raise error

    answer = app.test_client().get("/broken")
    problem = answer.get_json()
    assert (answer.status_code, problem["type"]) == (status, f"/problems#{name}")
    assert "secret" not in answer.text


@pytest.mark.parametrize("host", ['evil"><x', "a b", "<x>", "[::1", "x{y}", "\xff"])
@pytest.mark.parametrize("path", ["/", "/doc/dataset.ttl", "/sparql", "/nothing", "/sitemap.xml"])
def test_a_host_that_is_none_is_refused(client: FlaskClient, path: str, host: str) -> None:
    answer = client.get(path, headers={"Host": host, "Accept": "*/*"})
    assert answer.status_code == 400
    assert answer.get_json()["detail"] == "The field Host names no host."
