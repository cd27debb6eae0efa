"""How a value looks in a page: a link, words, a picture, or a long text that opens when asked.

All that stands in a page is escaped here. A link leads to a web page, an address of mail or a
telephone, and to nothing else: what a graph holds is never run.
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
"""Up to how many characters a text is shown whole."""

BEGINNING = 400
"""How many characters of a longer text are shown at first."""

LONGEST_TITLE, BEGINNING_OF_TITLE = 240, 160
"""The same for the name of a thing over its page."""

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

#: What a link may lead to; no other scheme, whatever it would do.
_LINKED = re.compile(r"(?:https?://|mailto:|tel:)[^\x00-\x20<>\"{}|^`\\]+")

#: Letters that are written from the right to the left: Hebrew, Arabic, Syriac, Thaana, N'Ko and
#: their like, and the marks that turn the direction of what follows.
_TO_THE_LEFT = re.compile(
    "[\u0590-\u08ff\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc"
    "\U00010800-\U00010fff\U0001e800-\U0001efff]"
)

#: Code has lines that begin with space, or braces.
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
    """Return words that keep their own direction and do not turn what stands around them.

    Words that no letter turns need nothing for it: https://www.w3.org/TR/international-bidi/
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

    ``address`` is where its link leads. Pages load nothing from other hosts than those that the
    setting ``image_hosts`` names: https://www.w3.org/TR/CSP3/#directive-img-src
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
    """Return what a picture is called by its file: the name of the file as words."""
    name = PurePosixPath(unquote(urlsplit(iri).path)).name
    stem = name.rpartition(".")[0] if PurePosixPath(name).suffix.lower() in _PICTURES else name
    return stem.replace("_", " ").strip() or urlsplit(iri).netloc
