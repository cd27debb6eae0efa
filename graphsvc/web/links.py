"""The links that pages are full of: made in the fewest steps, for a page has hundreds.

``url_for`` of Flask builds each anew, at a cost that a page with twenty of them feels.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote_plus

from flask import request, url_for

if TYPE_CHECKING:
    from jinja2 import Environment

# What may stand in a query component (RFC 3986, section 3.4), but for what forms read otherwise.
_AS_IT_IS = "!$'()*,/:;?@"
_CODED = {code: quote_plus(chr(code), safe=_AS_IT_IS) for code in range(128)}

_MOST_ADDRESSES = 512


def register(environment: Environment) -> None:
    """Give the templates the links."""
    environment.globals.update(url_for=_url_for, asking=asking)


def asking(query: str, release: str | None = None) -> str:
    """Return the address at which the workbench opens a query, pinned to a release if one is."""
    pinned = "" if release is None else f"&release={coded(release)}"
    return f"{_url_for('sparql.answer')}?query={coded(query)}{pinned}"


def coded(text: str) -> str:
    """Return a text as a value in a query, where forms read a plus as a space.

    https://url.spec.whatwg.org/#urlencoded-parsing
    """
    # Byte by byte, as quote_plus does it, takes ten times as long.
    return text.translate(_CODED) if text.isascii() else quote_plus(text, safe=_AS_IT_IS)


def _url_for(endpoint: str, **values: str) -> str:
    """Return what ``url_for`` of Flask does: from memory, if it is the same on every page."""
    if values and endpoint != "static":
        return url_for(endpoint, **values)  # type: ignore[arg-type]
    return _same(endpoint, request.script_root, **values)


@lru_cache(maxsize=_MOST_ADDRESSES)
def _same(endpoint: str, _root: str, **values: str) -> str:
    return url_for(endpoint, **values)  # type: ignore[arg-type]
