"""A page read as elements, and the rows of the query that a block of it opens."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.testing import FlaskClient

BASE = "https://w3id.org/iwm/"
VOID = ("meta", "link", "input", "br", "col", "img", "hr")


@dataclass
class Element:
    """An element of a page."""

    tag: str
    attributes: dict[str, str]
    children: list[Element | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Return its words, white space as it is shown."""
        words = (child if isinstance(child, str) else child.text for child in self.children)
        return " ".join("".join(words).split())

    def all(self, tag: str, name: str = "") -> Iterator[Element]:
        """Yield the elements in it with a tag, and a class if one is named."""
        for child in self.children:
            if isinstance(child, Element):
                classes = child.attributes.get("class", "").split()
                if child.tag == tag and (not name or name in classes):
                    yield child
                yield from child.all(tag, name)

    def one(self, tag: str, name: str = "") -> Element:
        """Return the first of them."""
        return next(self.all(tag, name))


class _Tree(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.root = Element("", {})
        self._open = [self.root]
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open[-1].children.append(Element(tag, {name: v or "" for name, v in attrs}))

    def handle_endtag(self, tag: str) -> None:
        while tag not in VOID and self._open.pop().tag != tag:
            pass

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)


def main(client: FlaskClient, address: str) -> Element:
    answer = client.get(address, headers={"Accept": "text/html"})
    assert answer.status_code == 200, address
    return _Tree(answer.text).root.one("main")


def query_rows(client: FlaskClient, block: Element, number: int = 0) -> list[dict[str, str]]:
    """Return the rows of a query that a block opens: each name with its value."""
    links = list(block.all("a", "query-this"))
    return rows_at(client, links[number].attributes["href"]) if links[number:] else []


def rows_at(client: FlaskClient, address: str) -> list[dict[str, str]]:
    """Return the rows of the query at an address, of the workbench or of a query of its own."""
    parts = urlsplit(address)
    if parts.path == "/sparql":
        (query,) = parse_qs(parts.query)["query"]
        answer = client.post("/sparql", data={"query": query, "format": "json"})
    else:
        answer = client.get(f"{parts.path}.json?{parts.query}")
    assert answer.status_code == 200, (address, answer.text)
    bindings = json.loads(answer.text)["results"]["bindings"]
    return [{name: term["value"] for name, term in row.items()} for row in bindings]


def column(rows: list[dict[str, str]], *names: str) -> set[str]:
    return {row[name] for row in rows for name in names if name in row}


def things(element: Element) -> set[str]:
    """Return the IRIs of the things that an element links to, of this graph or of others."""
    return {iri for link in element.all("a") if (iri := thing(link))}


def thing(link: Element) -> str:
    address = link.attributes.get("href", "")
    if link.attributes.get("class", "") in ("cite", "query-this", "source", "number", "aside"):
        return ""
    if address.startswith(("/doc/", "/ontology")):
        return BASE + address.removeprefix("/doc/").removeprefix("/")
    return address if address.startswith("http") else ""
