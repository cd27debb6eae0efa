"""The HTML of a value: a link, words, a picture, or a long text that the reader can open.

All content is escaped. A link leads only to a web page, an address of mail or a telephone: content
of a graph is never run.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from flask import current_app, request
from markupsafe import Markup, escape
from pyoxigraph import Literal, NamedNode

from graphsvc.namespaces import FOAF, SCHEMA, XSD, Namespace
from graphsvc.views.markup import is_prose

if TYPE_CHECKING:
    from graphsvc.store.base import Term
    from graphsvc.views.model import Named

LONGEST = 600
"""The most characters of a text that is shown whole."""

BEGINNING = 400
"""The visible characters of a longer text."""

LONGEST_TITLE, BEGINNING_OF_TITLE = 240, 160
"""The visible characters of a longer name in the heading of a page."""

_HTTP_SCHEMA = Namespace("http://schema.org/")
_PICTURING = frozenset(
    {
        FOAF.depiction,
        FOAF.img,
        FOAF.logo,
        FOAF.thumbnail,
        *(
            own[name]
            for own in (SCHEMA, _HTTP_SCHEMA)
            for name in ("image", "logo", "thumbnailUrl")
        ),
        NamedNode("http://dbpedia.org/ontology/thumbnail"),
        NamedNode("http://www.wikidata.org/prop/direct/P18"),
    }
)
_PICTURES = frozenset((".apng", ".avif", ".gif", ".jpeg", ".jpg", ".png", ".svg", ".webp"))

_ADDRESSES = frozenset({XSD.anyURI, SCHEMA.URL, _HTTP_SCHEMA.URL})

#: The addresses of links; other schemes are not allowed.
_LINKED = re.compile(r"(?:https?://|mailto:|tel:)[^\x00-\x20<>\"{}|^`\\]+")

#: Letters that are written from right to left (Hebrew, Arabic, Syriac, Thaana, N'Ko and others),
#: and the marks that change the direction of text.
_TO_THE_LEFT = re.compile(
    "[\u0590-\u08ff\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc"
    "\U00010800-\U00010fff\U0001e800-\U0001efff]"
)

#: Code has indented lines, or braces.
_CODE = re.compile(r"^[ \t]+\S|[{}]", re.MULTILINE)


def is_linked(iri: str) -> bool:
    """Tell whether a link may lead to an address."""
    return _LINKED.fullmatch(iri) is not None


def address_in(term: Term) -> str | None:
    """Return the address that a literal is (``xsd:anyURI``), if a link may lead to it."""
    if isinstance(term, Literal) and term.datatype in _ADDRESSES:
        address = term.value.strip()
        return address if is_linked(address) else None
    return None


def apart(words: str, direction: str | None = None) -> Markup:
    """Return words whose direction does not affect the text around them.

    Words without letters from right to left need no element for this:
    https://www.w3.org/TR/international-bidi/
    """
    if direction is None and (words.isascii() or not _TO_THE_LEFT.search(words)):
        return escape(words)
    stated = f' dir="{direction}"' if direction in ("ltr", "rtl") else ""
    return Markup(f"<bdi{stated}>{escape(words)}</bdi>")  # noqa: S704


def lines_of(named: Named) -> str:
    """Return the class of a text of several lines: code keeps its columns, prose is prose."""
    if "\n" not in named.label:
        return ""
    is_text = isinstance(named.term, Literal) and is_prose(named.term)
    return "lines" if not is_text and _CODE.search(named.label) else "prose"


def picture(named: Named, predicate: Term | None, address: str | None) -> Markup | None:
    """Return a value as a picture, or as a link with its host; None if it is no picture.

    ``address`` is the address of its link. Pages load pictures only from the hosts in the setting
    ``image_hosts``: https://www.w3.org/TR/CSP3/#directive-img-src
    """
    source = named.iri or address
    if source is None or address is None or not _is_picture(source, predicate):
        return None
    host = urlsplit(source).netloc.lower()
    name = _file_name(source)
    if not (host == request.host.lower() or host in current_app.config["IMAGE_HOSTS"]):
        return Markup(  # noqa: S704
            f'<a href="{escape(address)}" class="elsewhere" rel="external">{apart(name)}</a> '
            f'<span class="host">{escape(host)}</span>'
        )
    policy = "" if host == request.host.lower() else ' referrerpolicy="no-referrer"'
    return Markup(  # noqa: S704
        f'<a class="picture" href="{escape(address)}"><img src="{escape(source)}" '
        f'alt="{escape(name)}" loading="lazy" decoding="async"{policy}></a>'
    )


def _is_picture(iri: str, predicate: Term | None) -> bool:
    if not iri.startswith(("http://", "https://")) or not is_linked(iri):
        return False
    path = urlsplit(iri).path
    return PurePosixPath(path).suffix.lower() in _PICTURES or predicate in _PICTURING


def _file_name(iri: str) -> str:
    """Return the file name of a picture as words."""
    name = PurePosixPath(unquote(urlsplit(iri).path)).name
    stem = name.rpartition(".")[0] if PurePosixPath(name).suffix.lower() in _PICTURES else name
    return stem.replace("_", " ").strip() or urlsplit(iri).netloc
