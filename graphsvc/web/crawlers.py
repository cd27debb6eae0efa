"""For search engines: the site map, and the addresses that crawlers should not visit.

https://www.sitemaps.org/protocol.html, https://www.rfc-editor.org/rfc/rfc9309
"""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from flask import Blueprint, Response, abort, request, url_for

from graphsvc.formats import Format, named
from graphsvc.web.responses import release_answer
from graphsvc.web.site import site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

crawlers = Blueprint("crawlers", __name__)

#: "Each Sitemap file must have no more than 50,000 URLs", each shorter than 2,048 characters.
MOST_ADDRESSES = 50_000
LONGEST_ADDRESS = 2_047

#: Pages beside those of things and of queries, by the names of their views.
PAGES = (
    "pages.home",
    "pages.data",
    "browse.browse_page",
    "pictures.timeline",
    "pictures.map_page",
    "documents.ontology",
    "queries.gallery",
    "sparql.answer",
    "api.page",
)

#: Expensive addresses without new content: those with a query string, as RFC 9309 writes it, and
#: SPARQL queries for crawlers that do not know the asterisk. The pages themselves may be read.
_COSTLY = ("*?", "sparql?query=")

_XML = Format("xml", "XML", "application/xml", frozenset(), charset=True)
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


@crawlers.get("/robots.txt")
def robots() -> Response:
    """Tell crawlers the address of the site map, and the addresses to avoid."""
    text = named("txt")
    if text is None:
        abort(404)
    root = f"{request.script_root}/"
    lines = ["User-agent: *", f"Allow: {root}static/"]
    # The longest matching rule decides: things without a path may be read at this address.
    lines += [f"Allow: {url_for('documents.describe')}?iri="]
    lines += [*(f"Disallow: {root}{path}" for path in _COSTLY), ""]
    lines += [f"Sitemap: {url_for('crawlers.sitemap', _external=True)}", ""]
    return _answer(text, "robots", lambda: ["\n".join(lines).encode()])


@crawlers.get("/sitemap.xml")
def sitemap() -> Response:
    """List the pages, or the parts of the list if there are too many for one."""

    def body() -> Iterable[bytes]:
        number = sum(1 for _ in _addresses())
        if number <= MOST_ADDRESSES:
            return _list(_addresses())
        parts = range(1, -(-number // MOST_ADDRESSES) + 1)
        return _index(url_for("crawlers.part", number=part, _external=True) for part in parts)

    return _answer(_XML, "sitemap", body)


@crawlers.get("/sitemap-<int:number>.xml")
def part(number: int) -> Response:
    """List a part of the pages."""
    # No list is longer, and an index must fit into a machine word.
    start = min(number - 1, 1 << 32) * MOST_ADDRESSES
    addresses = list(islice(_addresses(), start, start + MOST_ADDRESSES)) if number else []
    if not addresses:
        abort(404)
    return _answer(_XML, f"sitemap-{number}", lambda: _list(iter(addresses)))


def _addresses() -> Iterator[str]:
    """Yield the whole address of every page, in the order of the release's list."""
    host = request.host_url.removesuffix("/")
    dataset = site().dataset.iri
    fixed = [url_for(name) for name in PAGES] + ([site().local_doc(dataset)] if dataset else [])
    fixed += [] if site().release.engine else [url_for("releases.index")]
    fixed += [url_for("queries.query", address=query.name) for query in site().queries]
    things = (site().local_doc(iri) for iri in site().addresses.listed)
    for path in chain(fixed, things):
        if len(host + path) <= LONGEST_ADDRESS:
            yield host + path


def _list(addresses: Iterator[str]) -> Iterator[bytes]:
    return _xml("urlset", "url", addresses)


def _index(addresses: Iterator[str]) -> Iterator[bytes]:
    return _xml("sitemapindex", "sitemap", addresses)


def _xml(root: str, element: str, addresses: Iterator[str]) -> Iterator[bytes]:
    changed = site().built.isoformat(timespec="seconds")
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{_NAMESPACE}">\n'.encode()
    for address in addresses:
        line = f"<{element}><loc>{escape(address)}</loc><lastmod>{changed}</lastmod></{element}>\n"
        yield line.encode()
    yield f"</{root}>\n".encode()


def _answer(fmt: Format, name: str, body: Callable[[], Iterable[bytes]]) -> Response:
    response = release_answer(fmt, (name,), lambda: b"".join(body()))
    del response.headers["Vary"]
    return response
