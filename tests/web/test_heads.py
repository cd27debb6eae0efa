"""The head of a page: what the thing is, where to go on from it, its address and its data."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import NamedNode

from graphsvc.views.graph import Graph

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from graphsvc.release import Release

RELEASE = "mechanisms_release"

_MEMBERS = "SELECT DISTINCT ?thing ?class WHERE { ?thing a ?class }"


class Head(HTMLParser):
    """The links of a page: those for people, those in the fold with the data, and all ids."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.folded_links: list[str] = []
        self.ids: list[str] = []
        self.words: list[str] = []
        self._in = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        is_first = not self._in and (tag != "p" or not self.links)
        if is_first and (tag, attributes.get("class")) in (("p", "ways"), ("details", "data")):
            self._in = attributes["class"]
        self.ids += [attributes["id"]] if "id" in attributes else []
        if tag == "a" and self._in:
            links = self.links if self._in == "ways" else self.folded_links
            links.append(attributes["href"].partition("?query=")[0])

    def handle_data(self, data: str) -> None:
        self.words += [data] if self._in == "data" else []

    def handle_endtag(self, tag: str) -> None:
        if (tag, self._in) in (("p", "ways"), ("details", "data")):
            self._in = ""


def head(client: FlaskClient, address: str) -> Head:
    return Head(client.get(address, headers={"Accept": "text/html"}).text)


@pytest.mark.parametrize(
    ("thing", "links"),
    [
        ("id/mechanism/bfic", ["/compare?class=iwm:InternationalWorkingMechanism"]),
        # A mechanism that is an association as well.
        (
            "id/mechanism/crccme",
            [
                "/compare?class=iwm:Association",
                "/compare?class=iwm:InternationalWorkingMechanism",
            ],
        ),
        ("id/country/china", ["/compare?class=iwm:Country", "/map#at-id-country-china"]),
        ("id/city/shanghai", ["/compare?class=iwm:City", "/map#at-id-city-shanghai"]),
        # More than can be compared; none of its own vocabulary; the only one of its kind.
        ("id/objective/aim-1", []),
        ("dataset", []),
        ("source/international-working-mechanisms", []),
    ],
)
def test_one_line_leads_on_from_a_thing(client: FlaskClient, thing: str, links: list[str]) -> None:
    iri = f"https://w3id.org/iwm/{thing}"
    if thing == "id/objective/aim-1":
        listed = client.get("/browse.json?class=iwm:Objective").get_json()
        iri = listed["rows"][0]["iri"]
        thing = iri.removeprefix("https://w3id.org/iwm/")
    page_links = head(client, f"/doc/{thing}").links
    assert page_links == [f"/neighbourhood?iri={iri}", *links]
    for link in links:
        address, _, anchor = link.partition("#")
        assert client.get(address, headers={"Accept": "text/html"}).status_code == 200
        assert not anchor or anchor in head(client, address).ids


def test_the_address_and_the_data_are_behind_one_fold(client: FlaskClient) -> None:
    for address in (
        "/doc/id/mechanism/crccme",
        "/doc/passage/17",
        "/doc/scheme/modality/nominated",
    ):
        page = client.get(address, headers={"Accept": "text/html"})
        page_head = Head(page.text)
        iri = f"https://w3id.org/iwm/{address.removeprefix('/doc/')}"
        assert iri in page_head.words
        cite, query, *data = page_head.folded_links
        assert (cite, query) == (f"/cite?iri={iri}", "/sparql")
        formats = [link.removeprefix(f"{address}.") for link in data]
        assert {"ttl", "jsonld", "trig", "nt"} < {*formats}
        # Programs find them in the head.
        of_head = page.text.partition("</head>")[0]
        assert all(f'href="{link}"' in of_head for link in data)


def test_the_most_specific_classes_are_above_no_other(mechanisms_release: Release) -> None:
    release = mechanisms_release
    terms = Graph(release.store, release.base).terms
    actor, mechanism, association, group = (
        NamedNode(f"{release.base}ontology#{name}")
        for name in ("Actor", "Mechanism", "Association", "JointWorkingGroup")
    )
    assert terms.most_specific([actor, mechanism, association]) == [mechanism, association]
    assert terms.most_specific([mechanism, group, actor]) == [group]
    assert terms.most_specific([]) == []
    rows = release.store.select(_MEMBERS, {"class": mechanism}).rows
    assert terms.members(mechanism) == len(set(rows))
