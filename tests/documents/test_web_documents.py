"""Things and documents over HTTP: redirects, negotiation, caching, pages, every IRI an address."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urldefrag, urljoin, urlsplit

import pytest
from projects import unchecked
from pyoxigraph import NamedNode, RdfFormat, parse

from graphsvc import settings, sources
from graphsvc.build import build
from graphsvc.description import describe
from graphsvc.formats import FORMATS, Content, carrying
from graphsvc.web.app import create_app
from graphsvc.web.documents import DOCUMENT_FORMATS, split_suffix

from .reading import Page

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from graphsvc.release import Release

RDF_FORMATS = carrying(Content.TRIPLES)
THING, DOCUMENT = "/id/light/north-rock", "/doc/id/light/north-rock"


#: How many addresses are opened that differ in the values of their parameters alone.
MOST_ALIKE = 3


def crawl(client: FlaskClient, start: str) -> dict[str, TestResponse]:
    """Follow the links of this host; return each answer, but few of addresses that are alike."""
    answers: dict[str, TestResponse] = {}
    alike: Counter[tuple[str, ...]] = Counter()
    waiting = [start]
    while waiting:
        address = waiting.pop()
        parts = urlsplit(address)
        kind = (parts.path, *(name for name, _ in parse_qsl(parts.query)))
        if address in answers or (parts.query and alike[kind] == MOST_ALIKE):
            continue
        alike[kind] += 1
        answers[address] = answer = client.get(address)
        answer.get_data()
        answer.close()
        if answer.mimetype == "text/html":
            followed = (urldefrag(urljoin(address, link))[0] for link in Page(answer.text).followed)
            waiting += [link for link in followed if not urlsplit(link).netloc]
    return answers


def iris(release: Release) -> list[str]:
    terms = {
        term.value
        for quad in release.store.quads()
        for term in (quad.subject, quad.object, quad.graph_name)
        if isinstance(term, NamedNode) and term.value.startswith(release.base)
    }
    return sorted(terms)


@pytest.mark.parametrize("accept", ["text/html", "text/turtle", "*/*"])
def test_a_thing_sends_to_the_one_document(client: FlaskClient, accept: str) -> None:
    answer = client.get(THING, headers={"Accept": accept})
    assert (answer.status_code, answer.location) == (303, DOCUMENT)
    assert "Vary" not in answer.headers


def test_every_iri_of_the_graph_is_an_address(client: FlaskClient, lights_release: Release) -> None:
    all_iris = iris(lights_release)
    assert len(all_iris) > 50
    for iri in all_iris:
        if "#" in iri and "ontology#" not in iri:
            continue
        path = "/" + urldefrag(iri.removeprefix(lights_release.base))[0]
        answer = client.get(path, headers={"Accept": "application/n-quads"}, follow_redirects=True)
        assert answer.status_code == 200, iri
        assert iri.encode() in answer.data, iri


@pytest.mark.parametrize("fmt", RDF_FORMATS, ids=lambda fmt: fmt.name)
@pytest.mark.parametrize("path", [DOCUMENT, "/doc/passage/2", "/doc/graph/inferred", "/ontology"])
def test_a_document_is_there_in_every_format(client: FlaskClient, fmt, path: str) -> None:  # type: ignore[no-untyped-def]
    negotiated = client.get(path, headers={"Accept": fmt.media_type})
    suffixed = client.get(f"{path}.{fmt.name}", headers={"Accept": "text/html"})
    assert negotiated.status_code == suffixed.status_code == 200
    assert negotiated.content_type == fmt.content_type
    assert negotiated.data == suffixed.data
    assert isinstance(fmt.engine, RdfFormat)
    assert len(list(parse(negotiated.data, format=fmt.engine))) > 5
    assert negotiated.headers["Content-Location"] == f"{path}.{fmt.name}"


def test_negotiated_answers_say_on_what_they_depend(client: FlaskClient) -> None:
    page = client.get(DOCUMENT)
    assert page.mimetype == "text/html"
    assert "Accept" in page.vary
    assert page.headers["Content-Location"] == f"{DOCUMENT}.html"
    links = page.headers.getlist("Link")
    for fmt in RDF_FORMATS:
        assert f'<{DOCUMENT}.{fmt.name}>; rel="alternate"; type="{fmt.media_type}"' in links, (
            fmt.name
        )
    assert '<https://example.org/lights/id/light/north-rock>; rel="cite-as"' in links
    assert any('rel="license"' in link for link in links)


def test_the_tag_is_that_of_the_representation(client: FlaskClient) -> None:
    paths = [DOCUMENT, "/doc/id/light/south-spit"]
    tags = {
        client.get(path, headers={"Accept": accept}).headers["ETag"]
        for path in paths
        for accept in ("text/html", "text/turtle", "application/trig")
    }
    assert len(tags) == 6


def test_what_the_client_has_is_not_sent_again(client: FlaskClient) -> None:
    first = client.get(DOCUMENT, headers={"Accept": "text/turtle"})
    again = {"Accept": "text/turtle", "If-None-Match": first.headers["ETag"]}
    answer = client.get(DOCUMENT, headers=again)
    assert (answer.status_code, answer.data) == (304, b"")
    assert answer.headers["ETag"] == first.headers["ETag"]
    assert answer.headers["Content-Location"] == f"{DOCUMENT}.ttl"
    assert "Accept" in answer.vary
    other = client.get(DOCUMENT, headers={**again, "Accept": "text/html"})
    assert other.status_code == 200
    assert client.get(DOCUMENT, headers={"If-None-Match": "*"}).status_code == 304


@pytest.mark.parametrize("path", ["/", THING, DOCUMENT, f"{DOCUMENT}.ttl", "/ontology", "/sparql"])
def test_head_and_options_work_everywhere(client: FlaskClient, path: str) -> None:
    got, head = client.get(path), client.head(path)
    assert (head.status_code, head.data) == (got.status_code, b"")
    assert head.headers.get("ETag") == got.headers.get("ETag")
    options = client.options(path)
    assert options.status_code == 200
    assert {"GET", "HEAD", "OPTIONS"} <= set(options.allow)
    for answer in (got, head, options):
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "If-None-Match" in options.headers["Access-Control-Allow-Headers"]
    assert "ETag" in got.headers["Access-Control-Expose-Headers"]


@pytest.mark.parametrize("path", ["/id/light/none", "/doc/id/light/none", "/nothing"])
@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("text/html", "text/html"),
        ("text/turtle", "text/turtle"),
        ("application/ld+json", "application/ld+json"),
        ("application/json", "application/problem+json"),
        ("text/plain", "text/plain"),
        ("*/*", "application/problem+json"),
    ],
)
def test_an_unknown_thing_is_not_found_in_the_asked_format(
    client: FlaskClient, path: str, accept: str, expected: str
) -> None:
    answer = client.get(path, headers={"Accept": accept})
    assert (answer.status_code, answer.mimetype) == (404, expected)


def test_a_slash_too_many_is_told(client: FlaskClient) -> None:
    for path in (f"{THING}/", f"{DOCUMENT}/"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert answer.get_json()["remedy"] == (
            "Did you mean <https://example.org/lights/id/light/north-rock>?"
        )
    assert client.get("/id/light/none/").get_json()["remedy"] == "Check its spelling."


def test_a_suffix_decides_the_format_of_the_error(client: FlaskClient) -> None:
    for fmt in (*RDF_FORMATS, *carrying(Content.PAGE)):
        answer = client.get(f"/doc/id/light/none.{fmt.name}", headers={"Accept": "image/png"})
        assert (answer.status_code, answer.mimetype) == (404, fmt.media_type)


@pytest.mark.parametrize("suffix", ["csv", "json", "pdf", "problem"])
def test_other_suffixes_are_not_found(client: FlaskClient, suffix: str) -> None:
    assert client.get(f"{DOCUMENT}.{suffix}").status_code == 404


def test_a_dot_belongs_to_the_name_unless_it_names_a_format() -> None:
    assert split_suffix("id/thing/a.b") == ("id/thing/a.b", None)
    path, fmt = split_suffix("id/thing/a.b.ttl")
    assert path == "id/thing/a.b"
    assert fmt is not None
    assert split_suffix("id/x.ttl/y") == ("id/x.ttl/y", None)


def test_an_unacceptable_document_lists_what_would_be_accepted(client: FlaskClient) -> None:
    answer = client.get(DOCUMENT, headers={"Accept": "image/png"})
    assert answer.status_code == 406
    listed = [variant["media_type"] for variant in answer.get_json()["variants"]]
    assert listed == [fmt.full_type for fmt in DOCUMENT_FORMATS]
    assert len(set(listed)) == len(listed)


def test_the_page_of_a_thing_shows_facts_with_their_sentences(client: FlaskClient) -> None:
    page = Page(client.get(DOCUMENT).text)
    words = page.text
    assert "North Rock Light was lit in 1871 on the order of the Harbour Board." in words
    assert words.index("Names") < words.index("History") < words.index("More")
    assert "/doc/source/ile-merrow#p-2" in page.followed
    assert "/doc/id/body/harbour-board" in page.followed
    assert "inferred" in words


def test_the_page_of_a_passage_leads_to_its_neighbours(client: FlaskClient) -> None:
    page = Page(client.get("/doc/passage/2").text)
    assert "North Rock Light was lit in 1871 on the order of the Harbour Board." in page.text
    assert {"/doc/passage/1", "/doc/passage/3", "/doc/source/ile-merrow"} <= set(page.followed)
    assert len([one for one in page.all("a") if one.get("rel") in ("prev", "next")]) == 2


def test_the_vocabulary_page_has_an_anchor_for_every_term(
    client: FlaskClient, lights_release: Release
) -> None:
    page = Page(client.get("/ontology", headers={"Accept": "text/html"}).text)
    anchors = {one.get("id") for _, one in page.tags}
    prefix = lights_release.base + "ontology#"
    fragments = {iri.removeprefix(prefix) for iri in iris(lights_release) if iri.startswith(prefix)}
    fragments.remove("")
    assert "Light" in fragments
    assert fragments <= anchors
    assert "A structure that carries a light for ships." in page.text


def test_the_version_of_the_ontology_is_an_address(client: FlaskClient) -> None:
    assert client.get("/ontology/1.0.0").status_code == 200
    assert client.get("/ontology/0.9.9").status_code == 404


@pytest.fixture(scope="module")
def crawled(client: FlaskClient) -> dict[str, TestResponse]:
    return crawl(client, "/")


def test_no_link_of_a_page_is_dead(crawled: dict[str, TestResponse]) -> None:
    assert len(crawled) > 100
    dead = {
        path: answer.status_code
        for path, answer in crawled.items()
        if answer.status_code not in (200, 303)
    }
    assert dead == {}


def test_every_page_is_well_made(crawled: dict[str, TestResponse]) -> None:
    pages = {path: answer for path, answer in crawled.items() if answer.mimetype == "text/html"}
    for path, answer in pages.items():
        page = Page(answer.text)
        assert len(page.all("h1")) == 1, path
        assert page.all("html")[0].get("lang") == "en", path
        for landmark in ("header", "nav", "main", "footer"):
            assert page.all(landmark), (path, landmark)
        assert page.all("a")[0] == {"class": "skip", "href": "#main"}, path
        # The tables of a document about the program stand under a heading, as Markdown has them.
        if not path.startswith("/docs/"):
            assert len(page.all("caption")) == len(page.all("table")), path
        assert all(one.get("scope") for one in page.all("th")), path
        named = [one["id"] for _, one in page.tags if "id" in one]
        assert len(named) == len(set(named)), (path, "an id stands twice")
        for script in page.all("script"):
            # A block of data is no script: nothing runs it.
            if script["type"] != "application/ld+json":
                assert script["type"] == "module", path
                assert (script["src"] or "").startswith("/static/"), path
        assert not [one for _, one in page.tags if "style" in one or "onclick" in one], path
        sources = [one.get("src") or "" for _, one in page.tags if "src" in one]
        assert not [source for source in sources if urlsplit(source).netloc], path


def test_every_answer_is_guarded(client: FlaskClient) -> None:
    for path in ("/", DOCUMENT, "/nothing", "/static/style.css", THING):
        with client.get(path) as answer:
            headers = answer.headers
        policy = headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'")
        assert "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"


def test_a_page_number_must_be_one(client: FlaskClient) -> None:
    for page in ("0", "-1", "x", "9" * 30, "²"):
        assert client.get(DOCUMENT, query_string={"page": page}).status_code == 400, page


@pytest.mark.parametrize("suffix", ["", ".html", ".ttl", ".nq", ".12.ttl", ".linkset"])
@pytest.mark.parametrize("path", [DOCUMENT, "/doc/dataset", "/ontology", "/doc/source/ile-merrow"])
def test_a_page_after_the_last_is_not_there(client: FlaskClient, path: str, suffix: str) -> None:
    answer = client.get(f"{path}{suffix}?page=9")
    assert answer.status_code == 404
    assert b"?page=9" in answer.data


def test_it_lives_and_is_ready(client: FlaskClient) -> None:
    for path in ("/healthz", "/readyz"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"


def test_links_stay_here_when_the_graph_has_the_base_of_this_service(
    lights_folder: Path, tmp_path: Path
) -> None:
    options = {"project": lights_folder, "releases": tmp_path, "base_iri": "http://127.0.0.1:8080/"}
    values = settings.load(options, {})
    release = build(sources.load(lights_folder), values, unchecked, describe)
    client = create_app(release, values).test_client()
    page = Page(client.get(DOCUMENT).text)
    assert "/doc/source/ile-merrow#p-2" in page.followed
    turtle = client.get(f"{DOCUMENT}.nt").text
    assert "<http://127.0.0.1:8080/id/light/north-rock>" in turtle
    assert "example.org" not in turtle


def test_links_keep_the_folder_in_which_the_service_is_mounted(client: FlaskClient) -> None:
    answer = client.get(DOCUMENT, base_url="http://localhost/graph/")
    page = Page(answer.text)
    assert "/graph/doc/source/ile-merrow#p-2" in page.followed
    assert answer.headers["Content-Location"] == f"/graph{DOCUMENT}.html"
    assert not [link for link in page.followed if link.startswith("/") and "/graph/" not in link]
    assert answer.headers["ETag"] != client.get(DOCUMENT).headers["ETag"]


def test_the_table_of_formats_has_no_name_or_media_type_twice() -> None:
    assert len({fmt.name for fmt in FORMATS}) == len(FORMATS)
    assert len({fmt.full_type for fmt in FORMATS}) == len(FORMATS)


@pytest.mark.parametrize(
    ("accept", "status"), [("text/html", 200), ("*/*", 200), ("text/turtle", 303)]
)
def test_the_first_page_sends_programs_to_the_description(
    client: FlaskClient, accept: str, status: int
) -> None:
    answer = client.get("/", headers={"Accept": accept})
    assert answer.status_code == status
    assert "Accept" in answer.headers["Vary"]
    assert answer.headers.get("Location") == (None if status == 200 else "/doc/dataset")
