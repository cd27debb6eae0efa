"""Signposting: every link of a header and of a page's head leads to what it names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import pytest

from graphsvc.formats import Content, carrying
from graphsvc.web import signposts

from .reading import Page

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse


BASE = "https://example.org/lights/"
METADATA = carrying(Content.TRIPLES)

#: From https://www.iana.org/assignments/link-relations/.
REGISTERED = {
    *("alternate", "author", "canonical", "cite-as", "collection", "describedby", "describes"),
    *("first", "item", "last", "license", "linkset", "next", "prev", "related", "type"),
}
PATHS = [
    "/doc/id/light/north-rock",
    "/doc/passage/2",
    "/doc/source/ile-merrow",
    "/doc/dataset",
    "/doc/graph/inferred",
    "/ontology",
]


class Link(NamedTuple):
    href: str
    type: str | None


def links(answer: TestResponse) -> dict[str, list[Link]]:
    """Return the links of a header by their relations."""
    by_relation: dict[str, list[Link]] = {}
    for field in answer.headers.getlist("Link"):
        match = re.fullmatch(r'<([^>]+)>; rel="([a-z-]+)"(?:; type="([^"]+)")?', field)
        assert match, field
        by_relation.setdefault(match[2], []).append(Link(match[1], match[3]))
    return by_relation


def get(client: FlaskClient, path: str, accept: str = "text/html") -> dict[str, list[Link]]:
    answer = client.get(path, headers={"Accept": accept})
    assert answer.status_code == 200
    return links(answer)


@pytest.mark.parametrize("accept", ["text/html", "text/turtle", "application/ld+json"])
@pytest.mark.parametrize("path", PATHS)
def test_every_link_leads_where_it_says(client: FlaskClient, path: str, accept: str) -> None:
    for relation, targets in get(client, path, accept).items():
        assert relation in REGISTERED
        assert len(set(targets)) == len(targets), relation
        for link in targets:
            if not link.href.startswith(("/", BASE)):
                assert relation in ("type", "license", "author"), link
                continue
            address = re.sub(f"^{re.escape(BASE)}", "/", link.href).partition("#")[0]
            answer = client.get(address, follow_redirects=True)
            assert answer.status_code == 200, link
            if link.type is not None:
                assert answer.content_type.replace("; charset=utf-8", "") == link.type


def test_the_page_of_a_thing_is_its_landing_page(client: FlaskClient) -> None:
    by_relation = get(client, PATHS[0])
    assert by_relation["cite-as"] == [Link(BASE + "id/light/north-rock", None)]
    assert by_relation["describedby"] == [
        Link(f"{PATHS[0]}.{fmt.name}", fmt.full_type) for fmt in METADATA
    ]
    types = [link.href for link in by_relation["type"]]
    assert types[0] == "https://schema.org/AboutPage"
    assert BASE + "ontology#Light" in types
    assert by_relation["license"] == [
        Link("https://creativecommons.org/publicdomain/zero/1.0/", None)
    ]
    assert by_relation["collection"] == [Link("/doc/dataset", "text/html")]
    assert "describes" not in by_relation
    assert "item" not in by_relation


def test_the_metadata_describe_the_landing_page(client: FlaskClient) -> None:
    for fmt in (*METADATA, *carrying(Content.CLAIMS)):
        by_relation = get(client, f"{PATHS[0]}.{fmt.name}")
        assert by_relation["describes"] == [Link(PATHS[0], "text/html")]
        assert not {"describedby", "type", "item", "collection"} & by_relation.keys()


def test_parts_and_wholes_lead_to_each_other(client: FlaskClient) -> None:
    assert get(client, "/doc/dataset")["item"] == [Link("/doc/source/ile-merrow", "text/html")]
    text = get(client, "/doc/source/ile-merrow")
    assert text["collection"] == [Link("/doc/dataset", "text/html")]
    numbers = [link.href.removeprefix("/doc/passage/") for link in text["item"]]
    assert numbers == sorted(numbers, key=int)
    assert len(numbers) > 5
    for link in text["item"]:
        collection = get(client, link.href)["collection"]
        assert collection == [Link("/doc/source/ile-merrow", "text/html")]


def test_authors_are_those_of_the_thing(client: FlaskClient) -> None:
    makers = [Link(BASE + "id/body/makers", None)]
    assert get(client, "/doc/dataset")["author"] == makers
    assert get(client, "/ontology")["author"] == makers
    assert "author" not in get(client, "/doc/id/light/north-rock")


def test_the_redirect_has_nothing_to_say_but_where_it_leads(client: FlaskClient) -> None:
    assert links(client.get("/id/light/north-rock")) == {}


def test_the_link_set_has_every_link(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signposts, "MOST_ITEMS", 3)
    path = "/doc/source/ile-merrow"
    by_relation = get(client, path)
    assert "item" not in by_relation
    (link,) = by_relation["linkset"]
    answer = client.get(link.href)
    assert answer.content_type == "application/linkset+json" == link.type
    contexts = {each.pop("anchor"): each for each in answer.get_json()["linkset"]}
    landing = contexts.pop(path)
    assert len(landing["item"]) > 5
    for relation, targets in by_relation.items():
        if relation not in ("alternate", "linkset", "item"):
            in_link_set = [Link(target["href"], target.get("type")) for target in landing[relation]]
            assert in_link_set == targets, relation
    formats = (*METADATA, *carrying(Content.CLAIMS))
    assert set(contexts) == {f"{path}.{fmt.name}" for fmt in formats}
    for context in contexts.values():
        assert context == {"describes": [{"href": path, "type": "text/html"}]}


@pytest.mark.parametrize("path", PATHS)
def test_the_head_of_the_page_says_the_same(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    in_header = {
        (relation, link.href) for relation, targets in links(answer).items() for link in targets
    }
    page = Page(answer.text)
    in_head = {(one["rel"], one["href"]) for one in page.all("link")}
    assert in_header <= in_head


@pytest.mark.parametrize("path", PATHS)
def test_headers_stay_within_what_proxies_take(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert sum(len(name) + len(value) + 4 for name, value in answer.headers) < 6000


@pytest.mark.parametrize("path", ["/doc/id/light/none.linkset", "/doc/.linkset"])
def test_a_link_set_of_nothing_is_a_plain_problem(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers={"Accept": "application/linkset+json, application/json"})
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
