"""The links of pages, made in few steps, since a page has hundreds.

``url_for`` of Flask builds each one again, which is slow for a page with many links.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote_plus

from flask import request, url_for
from pyoxigraph import NamedNode

from graphsvc.queries import BoundQuery
from graphsvc.web.site import site

if TYPE_CHECKING:
    from jinja2 import Environment

    from graphsvc.store.base import Term

# The characters of a query component (RFC 3986, section 3.4), except those special in forms.
_AS_IT_IS = "!$'()*,/:;?@"
_CODED = {code: quote_plus(chr(code), safe=_AS_IT_IS) for code in range(128)}

_MOST_ADDRESSES = 512

_LONGEST_ADDRESS = 4_000
"""The longest address of a query in a page.

Some proxies and browsers refuse addresses of more than 8,000 bytes, and a page has many of them.
https://www.rfc-editor.org/rfc/rfc9110#section-4.1
"""


def register(environment: Environment) -> None:
    """Register the links in the templates."""
    environment.globals.update(url_for=_url_for, asking=asking, coded=coded)


def asking(query: str | BoundQuery, release: str | None = None) -> str:
    """Return the address at which the workbench opens a query, maybe pinned to a release.

    If the text of a view's query is too long for an address, return that of the query's own page,
    with the terms of its parameters.
    """
    pinned = "" if release is None else f"&release={coded(release)}"
    text = query if isinstance(query, str) else query.text
    address = f"{_url_for('sparql.answer')}?query={coded(text)}{pinned}"
    if isinstance(query, str) or len(address) <= _LONGEST_ADDRESS or not _has_page(query):
        return address
    return address_of(query)


def _has_page(query: BoundQuery) -> bool:
    """Tell whether a named query's page asks the same query; not if choices are inserted."""
    named = next((each for each in site().view_queries if each.name == query.query.name), None)
    return type(query) is BoundQuery and named is not None and named.text == query.query.text


def address_of(query: BoundQuery) -> str:
    """Return the address of the page of a named query, with the terms of its parameters."""
    pairs = (
        f"{name}={coded(_short(term))}" for name, terms in query.terms.items() for term in terms
    )
    path = _url_for("queries.query", address=query.query.name)
    return "?".join(filter(None, (path, "&".join(pairs))))


def _short(term: Term) -> str:
    """Return a term for the address of a named query: an IRI with its prefix."""
    if isinstance(term, NamedNode):
        return site().release.prefixes.compact(term.value).removeprefix("<").removesuffix(">")
    return str(getattr(term, "value", term))


def coded(text: str) -> str:
    """Return a text as a value in a query component, where a plus means a space.

    https://url.spec.whatwg.org/#urlencoded-parsing
    """
    # quote_plus works byte by byte, and takes ten times as long.
    return text.translate(_CODED) if text.isascii() else quote_plus(text, safe=_AS_IT_IS)


def _url_for(endpoint: str, **values: str) -> str:
    """Return the result of ``url_for`` of Flask; from a cache if it is the same on every page."""
    if values and endpoint != "static":
        return url_for(endpoint, **values)  # type: ignore[arg-type]
    return _same(endpoint, request.script_root, **values)


@lru_cache(maxsize=_MOST_ADDRESSES)
def _same(endpoint: str, _root: str, **values: str) -> str:
    return url_for(endpoint, **values)  # type: ignore[arg-type]
