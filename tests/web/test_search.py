"""Search over HTTP: the page without scripts, its JSON, suggestions, and refused requests."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphsvc import settings
from graphsvc.web.app import create_app

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from graphsvc.release import Release

RELEASE = "mechanisms_release"

IWM = "https://w3id.org/iwm/"


class Page(HTMLParser):
    """The words of a page that are marked, its links, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.marked: list[str] = []
        self.words: list[str] = []
        self._within: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._within.append(tag)
        if tag == "a":
            self.links.append(dict(attrs).get("href") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._within:
            self._within.remove(tag)

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        if "mark" in self._within:
            self.marked.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def page(client: FlaskClient, **parameters: str | int) -> Page:
    answer = client.get("/search", query_string=parameters)
    assert answer.status_code == 200
    return Page(answer.text)


def records(client: FlaskClient, **parameters: str | int) -> Any:
    answer = client.get("/search.json", query_string=parameters)
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    return answer.json


def test_results_are_in_groups(client: FlaskClient) -> None:
    result_page = page(client, q="cica")
    for title in ("Things 13", "Sentences 7", "Questions 1", "All 13"):
        assert title in result_page.text
    assert "/doc/id/mechanism/cica-business-council" in result_page.links
    assert set(result_page.marked) == {"CICA"}


def test_things_come_before_what_only_speaks_of_them(client: FlaskClient) -> None:
    html = client.get("/search", query_string={"q": "secretariat"}).text
    groups = re.findall(r'<h2 id="kind-(\w+)"', html)
    assert groups == ["thing", "sentence", "query", "term"]
    # A note is a thing of the graph, but none of the world.
    hits = records(client, q="secretariat", kind="thing")["hits"]
    notes = ["/note/" in hit["iri"] for hit in hits]
    assert any(notes)
    assert notes == sorted(notes)


def test_few_good_hits_are_shown_not_many_weak_ones(client: FlaskClient) -> None:
    # No hit has all the words; only hits with most of them are shown.
    answer = records(client, q="secretariat in finland of elephants")
    assert answer["some_words_only"]
    assert 0 < answer["total"] < 12
    first = {hit["label"] for hit in answer["hits"][:2]}
    assert "Secretariat in Finland of the China-Finland Committee" in first


@pytest.mark.parametrize(
    ("words", "thing"),
    [
        ("SME", "group/regional-smes"),
        ("small and medium-sized enterprises", "group/regional-smes"),
        ("MOFCOM", "organization/ministry-of-commerce"),
    ],
)
def test_words_that_people_use_find_what_the_text_calls_otherwise(
    client: FlaskClient, words: str, thing: str
) -> None:
    first = records(client, q=words)["hits"][0]
    assert (first["iri"], first["exact"]) == (f"{IWM}id/{thing}", True)
    result_page = page(client, q=words)
    assert f"{first['label']} for {words.split(maxsplit=1)[0]}" in result_page.text


def test_another_name_is_shown_where_it_is_what_matched(client: FlaskClient) -> None:
    result_page = page(client, q="bfic")
    assert "Business Forum of China-Italy abbreviation BFIC" in result_page.text
    assert "China known as CN country" in page(client, q="CN").text


def test_what_is_quoted_of_a_thing_leads_to_its_place_in_the_text(client: FlaskClient) -> None:
    result_page = page(client, q="huawei")
    assert "Passage 30 Genertec, COSCO, HUAWEI" in result_page.text
    assert "/doc/source/international-working-mechanisms#p-30" in result_page.links


def test_a_misspelling_is_forgiven_and_reported(client: FlaskClient) -> None:
    result_page = page(client, q="huwei")
    assert "Did you mean huawei ?" in result_page.text
    assert "/search?q=huawei" in result_page.links
    assert "This has most of them" in page(client, q="huawei elephants").text
    assert "There is nothing called zzzz" in page(client, q="zzzz").text


def test_every_page_of_a_kind_is_linked(client: FlaskClient) -> None:
    address = "/search?q=china&kind=thing"
    things: set[str] = set()
    while address:
        result_page = Page(client.get(address).text)
        things |= {link for link in result_page.links if link.startswith("/doc/id/")}
        address = next(
            (link for link in result_page.links if "page=" in link and link > address), ""
        )
    assert len(things) == records(client, q="china")["kinds"]["thing"] > 20


def test_classes_narrow_what_is_found(client: FlaskClient) -> None:
    result_page = page(client, q="china", **{"class": f"{IWM}ontology#Country"})
    assert "Things : country 1" in result_page.text or "Things: country 1" in result_page.text
    links = [link for link in result_page.links if link.startswith("/doc/id/")]
    assert links == ["/doc/id/country/china"]


def test_what_is_typed_is_never_markup(client: FlaskClient) -> None:
    answer = client.get("/search", query_string={"q": "<script>alert(1)</script>\"'"})
    assert "<script>alert" not in answer.text


def test_json_says_what_matched_and_where(client: FlaskClient) -> None:
    answer = records(client, q="secretariat in finland", kind="sentence")
    assert answer["total"] == len(answer["hits"]) >= 1
    hit = answer["hits"][0]
    text = hit["matched"]["text"]
    marked = {text[begin:end].lower() for begin, end in hit["matched"]["highlights"]}
    assert {"secretariat", "in", "finland"} <= marked
    assert hit["kind"] == "sentence"
    assert hit["end"] - hit["begin"] >= len(text.strip("… "))
    assert hit["page"].startswith("http://localhost/doc/passage/")


def test_the_client_chooses_between_page_and_json(client: FlaskClient) -> None:
    def kind(accept: str) -> str:
        mimetype: str = client.get("/search?q=cica", headers={"Accept": accept}).mimetype or ""
        return mimetype

    assert kind("*/*") == kind("text/html") == "text/html"
    assert kind("application/json") == "application/json"
    answer = client.get("/search?q=cica", headers={"Accept": "text/turtle"})
    assert answer.status_code == 406


def test_an_answer_is_kept_by_release_and_reader(client: FlaskClient) -> None:
    one = client.get("/search?q=cica")
    assert {"Accept", "Accept-Language"} <= {
        name.strip() for name in one.headers["Vary"].split(",")
    }
    again = client.get("/search?q=cica", headers={"If-None-Match": one.headers["ETag"]})
    assert again.status_code == 304
    # Neither the graph nor a vocabulary speaks it, so that this reader gets the same.
    other = client.get("/search?q=cica", headers={"Accept-Language": "fi"})
    assert other.headers["ETag"] == one.headers["ETag"]


def test_suggestions_while_one_types(client: FlaskClient) -> None:
    answer = client.get("/search/suggest", query_string={"prefix": "business fo"}).json
    assert answer is not None
    first = answer["suggestions"][0]
    assert first["href"] == "/doc/id/mechanism/bfic"
    assert first["type"] == "working mechanism"
    # The heading has the same words as the thing; its number distinguishes it.
    headings = [each for each in answer["suggestions"] if each["href"] == "/doc/passage/27"]
    assert [each["type"] for each in headings] == ["27, heading"]
    assert ["Business", True] in first["matched"]
    assert client.get("/search/suggest").json == {"prefix": "", "total": 0, "suggestions": []}


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/search?kind=none", 400),
        ("/search?page=0", 400),
        ("/search?q=a&page=501", 400),
        ("/search.xml?q=a", 404),
        ("/search?q=a&class=%00", 400),
        ("/search?q=a&class=a:b", 200),
        ("/search?q=%FF%00", 200),
    ],
)
def test_what_cannot_be_asked(client: FlaskClient, address: str, status: int) -> None:
    answer = client.get(address, headers={"Accept": "application/json, text/html;q=0.5"})
    assert answer.status_code == status
    if status != 200:
        assert json.loads(answer.data)["remedy"]


@given(st.text(max_size=60), st.text(max_size=20))
def test_no_text_is_an_error_of_the_service(client: FlaskClient, text: str, language: str) -> None:
    header = language.encode("utf-8", "replace").decode("latin-1")
    fields = {"Accept-Language": header.replace("\r", "").replace("\n", "").replace("\0", "")}
    text = text.encode("utf-8", "replace").decode()
    for path in ("/search", "/search.json"):
        assert client.get(path, query_string={"q": text}, headers=fields).status_code == 200
        answer = client.get(path, query_string={"q": "a", "class": text, "kind": text})
        assert answer.status_code in (200, 400)
    assert client.get("/search/suggest", query_string={"prefix": text}).status_code == 200


def test_every_page_has_the_search_box(client: FlaskClient) -> None:
    for path in ("/", "/ontology", "/sparql", "/doc/id/country/china", "/problems"):
        text = client.get(path, headers={"Accept": "text/html"}).text
        assert 'role="search" action="/search"' in text
        assert '<script type="module" src="/static/js/search.js' in text


def test_another_project_is_searched_alike(lights_release: Release) -> None:
    client = create_app(lights_release, settings.load({}, {})).test_client()
    assert "/doc/id/place/ile-merrow" in page(client, q="ile merow").links
