"""Crawlers of each foreign sample: no link of a page is dead, and no fact is beyond reach."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import quote, urldefrag, urljoin
from xml.etree import ElementTree as ET

import pytest
from pyoxigraph import BlankNode, NamedNode, Quad, RdfFormat, Store, Triple, parse

from . import NAMES, built, client_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flask.testing import FlaskClient

    from graphsvc.release import Release

HOST = "http://localhost"
BROWSER = {"Accept": "text/html,*/*;q=0.8"}

#: How many addresses of a kind are opened: those of facets are without number.
MOST_ALIKE = 2

#: How the addresses of documents in one format end.
#: A picture at this host that a sample refers to: its publisher serves it, not this service.
PICTURE = "/media/Ada_Lovelace_portrait.jpg"
_FORMAT = re.compile(r"(\.12)?\.(ttl|nt|rdf|n3|jsonld|trig|nq|html|linkset)$")

#: Elements that have no end.
_VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "source",
        "track",
        "wbr",
        "path",
        "circle",
        "rect",
    ]
)


class Page(HTMLParser):
    """A page: its links, its ids, and faults in the nesting of its elements."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.ids: Counter[str] = Counter()
        self.faults: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.faults += [f"{tag} is not closed" for tag in self._open if tag not in ("html", "body")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.ids.update(filter(None, [attributes.get("id")]))
        self.links.update(filter(None, [attributes.get("href"), attributes.get("src")]))
        if tag not in _VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        # The end of these may be left out.
        while self._open and self._open[-1] != tag and self._open[-1] in ("p", "li", "dt", "dd"):
            self._open.pop()
        if not self._open or self._open.pop() != tag:
            self.faults.append(f"{tag} is closed at {self.getpos()}, and was not open")


def kind(address: str) -> str:
    """Return what similar addresses share: their path, or their suffix."""
    path, _, query = address.partition("?")
    is_document = path.startswith(("/doc/", "/describe")) and "&page=" not in f"&{query}"
    if not is_document:
        return path.rpartition("/")[0] if path.startswith(("/queries/", "/releases/")) else path
    return suffix[0] if (suffix := _FORMAT.search(path)) else address


def crawl(client: FlaskClient, start: list[str]) -> Iterator[tuple[str, str, int, str]]:
    """Open every page that can be reached; yield its address, its source, its status and its text.

    Of many similar addresses a few are opened.
    """
    targets: set[str] = set(start)
    alike: Counter[str] = Counter()
    waiting = [(address, "") for address in start]
    while waiting:
        address, source = waiting.pop(0)
        answer = client.get(address, headers=BROWSER, follow_redirects=True)
        text = answer.text if answer.mimetype == "text/html" else ""
        yield address, source, answer.status_code, text
        if answer.status_code != 200:
            continue
        for link in sorted(Page(text).links):
            whole, _ = urldefrag(urljoin(answer.request.url, link))
            if whole.startswith(f"{HOST}/") and (target := whole.removeprefix(HOST)) not in targets:
                targets.add(target)
                alike[kind(target)] += 1
                if alike[kind(target)] <= MOST_ALIKE:
                    waiting.append((target, address))


def listed(client: FlaskClient) -> list[str]:
    """Return the addresses of the site map."""
    places = ET.fromstring(client.get("/sitemap.xml").text).iter()  # noqa: S314 - ours
    return [
        place.text.removeprefix(HOST)
        for place in places
        if place.tag.endswith("loc") and place.text
    ]


@pytest.fixture(scope="module", params=NAMES)
def release(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Release:
    return built(tmp_path_factory.mktemp("foreign"), request.param)


@pytest.fixture(scope="module")
def client(release: Release) -> FlaskClient:
    return client_of(release)


def test_no_link_is_dead_and_every_page_is_whole(client: FlaskClient) -> None:
    dead, faults = [], []
    for address, source, status, text in crawl(client, ["/", *listed(client)]):
        if address == PICTURE:
            continue
        if status != 200:
            dead.append(f"{status} {address} (linked from {source})")
        if not text:
            continue
        page = Page(text)
        twice = [name for name, count in page.ids.items() if count > 1]
        faults += [f"{address}: the id {name} is there twice" for name in twice]
        faults += [f"{address}: {fault}" for fault in page.faults]
        if re.search(r"<title>\s*</title>|<h1[^>]*>\s*</h1>", text):
            faults.append(f"{address} has no title")
    assert dead == []
    assert faults == []


def test_every_statement_is_in_the_document_of_its_subject(
    client: FlaskClient, release: Release
) -> None:
    by_subject: dict[NamedNode, set[Triple]] = {}
    for quad in release.store.quads():
        if isinstance(quad.subject, NamedNode) and not isinstance(quad.object, BlankNode | Triple):
            by_subject.setdefault(quad.subject, set()).add(quad.triple)
    assert by_subject
    for subject, stated in by_subject.items():
        triples = as_stored(document(client, f"/describe?iri={quote(subject.value)}"))
        assert stated - triples == set(), subject


def as_stored(triples: Iterable[Triple]) -> set[Triple]:
    """Return triples as the engine keeps them, which has one form for each value."""
    store = Store()
    store.extend(Quad(each.subject, each.predicate, each.object) for each in triples)
    return {quad.triple for quad in store}


def document(client: FlaskClient, address: str) -> Iterator[Triple]:
    """Yield what a document says, all its pages."""
    for _ in range(100):
        headers = {"Accept": "application/n-triples"}
        answer = client.get(address, headers=headers, follow_redirects=True)
        assert answer.status_code == 200, address
        yield from (quad.triple for quad in parse(answer.data, RdfFormat.N_TRIPLES))
        following = re.search(r'<([^>]*)>; rel="next"', ", ".join(answer.headers.getlist("Link")))
        if following is None:
            return
        address = following[1]
