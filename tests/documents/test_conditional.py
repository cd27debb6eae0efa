"""HEAD and conditional requests, at every kind of address: the fields are those of GET.

https://www.rfc-editor.org/rfc/rfc9110#section-9.3.2,
https://www.rfc-editor.org/rfc/rfc9110#section-15.4.5
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from graphsvc.release import Release

THING = "id/light/north-rock"
IRI = f"https://example.org/lights/{THING}"
ASK = "query=ASK%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D"

#: Some addresses of each route that has an answer for everybody, by the name of the route. "{id}"
#: stands for the release that is served.
ADDRESSES: dict[str, tuple[str, ...]] = {
    "annotations.of_text": (
        "/annotations?iri=https://example.org/lights/source/ile-merrow",
        "/annotations.ttl?iri=https://example.org/lights/source/ile-merrow",
    ),
    "api.as_json": ("/openapi.json",),
    "api.as_yaml": ("/openapi.yaml",),
    "api.page": ("/api",),
    "browse.browse_page": ("/browse", "/browse?class=lights:Light", "/browse.csv"),
    "browse.compare_page": ("/compare?class=lights:Light",),
    "browse.things": ("/things?value=lights:Light",),
    "cite.citation": (f"/cite?iri={IRI}", f"/cite.bib?iri={IRI}"),
    "crawlers.robots": ("/robots.txt",),
    "crawlers.sitemap": ("/sitemap.xml",),
    "documents.about": (
        f"/doc/{THING}",
        f"/doc/{THING}.html",
        f"/doc/{THING}.jsonld",
        f"/doc/{THING}.12.ttl",
        f"/doc/{THING}.linkset",
        "/doc/passage/2.nq",
        "/doc/source/ile-merrow",
        "/doc/dataset",
        "/doc/dataset.ttl",
        "/doc/graph/derivations.ttl",
        "/doc/graph/derivations.ttl?page=2",
        "/doc/graph/derivations.nq?page=3",
        "/doc/graph/derivations.html",
    ),
    "documents.context": ("/context.jsonld",),
    "documents.describe": (
        f"/describe?iri={IRI}",
        "/describe.ttl?iri=lights:Light",
        "/describe?iri=owl:Class",
        "/describe.nq?iri=owl:Class",
    ),
    "documents.ontology": ("/ontology", "/ontology.ttl", "/ontology.ttl?page=2", "/ontology.html"),
    "documents.thing": (f"/{THING}", "/passage/2"),
    "dumps.dump": ("/dump.nq.gz", "/dump.rdf.gz"),
    "pages.data": ("/data",),
    "pages.home": ("/",),
    "documentation.page": ("/docs", "/docs/settings"),
    "pages.problems": ("/problems",),
    "pages.healthz": ("/healthz",),
    "pages.readyz": ("/readyz",),
    "pictures.map_page": ("/map",),
    "pictures.neighbourhood": (f"/neighbourhood?iri={IRI}",),
    "pictures.timeline": ("/timeline",),
    "queries.gallery": ("/queries",),
    "queries.query": ("/queries/keepers", "/queries/keepers.csv", "/queries/keepers.json"),
    "reconciliation.flyout": (f"/reconcile/flyout?id={IRI}",),
    "reconciliation.preview": (f"/reconcile/preview?id={IRI}",),
    "reconciliation.properties": ("/reconcile/properties",),
    "reconciliation.service": ("/reconcile", "/reconcile?callback=f", "/reconcile?query=a"),
    "reconciliation.suggest": ("/reconcile/suggest/entity?prefix=n",),
    "reconciliation.view": (f"/reconcile/view?id={IRI}",),
    "releases.compare": ("/releases/compare?from={id}&to={id}",),
    "releases.index": ("/releases", "/releases.ttl", "/releases.json"),
    "releases.release": ("/releases/{id}", "/releases/{id}.ttl", "/releases/{id}...{id}.trig"),
    "search.answer": ("/search?q=rock", "/search.json?q=rock"),
    "search.suggest": ("/search/suggest?prefix=n",),
    "sparql.answer": ("/sparql", f"/sparql?{ASK}", f"/sparql?{ASK}&release={{id}}"),
    "static": ("/static/style.css",),
    "dumps.dump_of_release": ("/releases/{id}/dump.ttl.gz",),
    "versions.version": ("/ontology/1.0.0", "/ontology/1.0.0.ttl"),
    "well_known.sparql_examples": ("/.well-known/sparql-examples",),
    "well_known.void": ("/.well-known/void",),
    "workbench.answer": (f"/sparql/answer.json?{ASK}",),
    "workbench.as_notebook": (f"/sparql/notebook?{ASK}",),
    "workbench.code": (f"/sparql/snippets.json?{ASK}",),
    "workbench.one_example": ("/sparql/example.json?name=keepers",),
    "workbench.vocabulary": ("/sparql/vocabulary.json",),
}

#: Routes without an address that can be asked for by GET, or that answers here.
WITHOUT = {
    "workbench.check": "it is asked by POST",
    "crawlers.part": "the site map of so small a graph has no parts",
}

#: What describes a content that is not sent with a 304: RFC 9110, section 15.4.5.
CONTENT_ONLY = {
    "Accept-Ranges",
    "Content-Disposition",
    "Content-Encoding",
    "Content-Language",
    "Content-Length",
    "Content-Type",
    # Beside a tag the date would tell a cache nothing.
    "Last-Modified",
    "Repr-Digest",
}


@pytest.fixture
def client(app: Flask, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """Return a client of a service whose documents have many pages."""
    monkeypatch.setattr("graphsvc.views.page_sizes.FACTS", 7)
    return app.test_client()


@pytest.fixture(params=[each for row in ADDRESSES.values() for each in row])
def address(request: pytest.FixtureRequest, lights_release: Release) -> str:
    return str(request.param).replace("{id}", lights_release.id)


def fields(answer: TestResponse) -> list[tuple[str, str]]:
    """Return the fields of an answer, without those that change from moment to moment."""
    return sorted(pair for pair in answer.headers if pair[0] not in ("Date", "Server-Timing"))


def test_no_kind_of_address_is_forgotten(app: Flask) -> None:
    routes = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert routes == ADDRESSES.keys() | WITHOUT.keys()


def test_head_has_the_fields_of_get(client: FlaskClient, address: str) -> None:
    got, head = (client.open(address, method=each, buffered=True) for each in ("GET", "HEAD"))
    assert got.status_code in (200, 301, 302, 303), got.text
    assert (head.status_code, head.data) == (got.status_code, b"")
    if b'"seconds"' in got.data:
        # It tells how long it took, in more digits or fewer.
        del got.headers["Content-Length"], head.headers["Content-Length"]
    assert fields(head) == fields(got)


def test_what_is_had_already_has_the_fields_of_get(client: FlaskClient, address: str) -> None:
    got = client.get(address, buffered=True)
    tag = got.headers.get("ETag")
    if tag is None:
        # What has no tag is a redirect, or says that it is not to be kept.
        assert got.status_code in (301, 302, 303) or got.headers["Cache-Control"] == "no-store"
        return
    again = client.get(address, headers={"If-None-Match": tag}, buffered=True)
    assert (again.status_code, again.data) == (304, b"")
    expected = [pair for pair in fields(got) if pair[0] not in CONTENT_ONLY]
    assert [pair for pair in fields(again) if pair[0] not in CONTENT_ONLY] == expected
    assert "Content-Type" not in again.headers
    assert "Content-Length" not in again.headers


@pytest.mark.parametrize(
    "condition",
    ["{tag}", "W/{tag}", '"other", {tag}', '"a,b",{tag} , "c"', "*", " * ", '"é", {tag}'],
)
def test_a_list_of_tags_is_read_whole(client: FlaskClient, condition: str) -> None:
    address = f"/doc/{THING}.ttl"
    opaque = client.get(address).headers["ETag"].removeprefix("W/")
    field = condition.replace("{tag}", opaque)
    assert client.get(address, headers={"If-None-Match": field}).status_code == 304


@pytest.mark.parametrize("condition", ['"other"', "", "none", "W/", '"*"', "w/{tag}x", "{bare}"])
def test_another_tag_does_not_do(client: FlaskClient, condition: str) -> None:
    address = f"/doc/{THING}.ttl"
    first = client.get(address)
    bare = first.headers["ETag"].removeprefix("W/").strip('"')
    # The tags decide: the date beside them is passed over (RFC 9110, section 13.1.3).
    headers = {
        "If-None-Match": condition.replace("{bare}", bare).replace("{tag}", bare),
        "If-Modified-Since": first.headers["Last-Modified"],
    }
    assert client.get(address, headers=headers).status_code == 200


def test_the_date_of_a_copy_will_do(client: FlaskClient) -> None:
    address = f"/doc/{THING}.ttl"
    modified = client.get(address).headers["Last-Modified"]
    for date, status in ((modified, 304), ("Thu, 01 Jan 1970 00:00:00 GMT", 200), ("never", 200)):
        answer = client.get(address, headers={"If-Modified-Since": date})
        assert answer.status_code == status, date


def test_a_page_of_a_document_leads_on_however_it_is_asked(client: FlaskClient) -> None:
    address = "/doc/graph/derivations.ttl?page=2"
    got = client.get(address)
    again = client.get(address, headers={"If-None-Match": got.headers["ETag"]})
    for answer in (got, client.head(address), again):
        links = answer.headers.getlist("Link")
        for relation in ("first", "prev", "next", "last"):
            assert any(link.endswith(f'; rel="{relation}"') for link in links), relation
