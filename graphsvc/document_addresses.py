"""The addresses of documents: every IRI of a graph has a document about it.

An IRI under the base has its own path, at /doc/…; all others are at /describe?iri=…: IRIs under
another base, with a fragment or a query, or with characters that no path can have. The store is not
queried, because a page has hundreds of links.

    <base>id/1                /doc/id/1
    <base>id/1#it             /describe?iri=<base>id/1%23it, if it is a thing of the data
    <base>ontology#Person     /ontology#Person, which shows its terms itself
    https://other.example/1   /describe?iri=https://other.example/1
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from graphsvc.formats import Content, carrying
from graphsvc.listing import Listing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# What may stand in a path as it is: https://www.rfc-editor.org/rfc/rfc3986#section-3.3
_IN_PATH = "/:@!$&'()*+,;=~-._"
# And in a query, but for what forms read otherwise and what separates parameters.
_IN_QUERY = "/:@!$'()*,;~-._"
_IN_FRAGMENT = f"{_IN_PATH}?%"

#: IRIs that need no further check; most are such.
_PLAIN = re.compile(r"(?!doc/|ontology|releases/)[A-Za-z0-9_~-]+(?:/[A-Za-z0-9_~-]+)*")
_ABOVE_ASCII = re.compile(r"(?:%[89A-Fa-f][0-9A-Fa-f])+")
#: No path keeps these: clients resolve the first, servers and proxies the second.
_UNSTABLE = re.compile(r"(?:^|/)\.{1,2}(?:/|$)|^/|//")
#: Servers and proxies refuse these in a path, encoded too.
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_RELEASE = re.compile(r"releases/[0-9a-f]{16}")

_MOST_ADDRESSES = 20_000

_SUFFIXES = tuple(
    f".{fmt.name}"
    for content in (Content.PAGE, Content.TRIPLES, Content.CLAIMS, Content.LINKS)
    for fmt in carrying(content)
)


class DocumentAddresses:
    """The addresses of the documents of a graph.

    ``listed`` are the IRIs that have a page, ``parted`` those of documents that show their parts.
    """

    def __init__(
        self, base: str, listed: Listing | None = None, parted: Iterable[str] = ()
    ) -> None:
        self.base = base
        self.listed = listed or Listing()
        self._parted = frozenset(parted)
        self._cached = lru_cache(_MOST_ADDRESSES)(self._address)
        self._linked = lru_cache(_MOST_ADDRESSES)(self._link)

    def of(self, iri: str, suffix: str = "", page: int = 1) -> str:
        """Return the address of the document about an IRI, a path below that of the service.

        ``suffix`` is that of a format, with its dot.
        """
        path, query = self._cached(iri)
        if page > 1:
            query = f"{query}&page={page}" if query else f"?page={page}"
        return f"{path}{suffix}{query}"

    def iri(self, iri: str) -> str:
        """Return the IRI of the document about an IRI: it does not depend on the host."""
        address = self.of(iri)
        if address.startswith("/describe"):
            return self.base + address[1:]
        # An IRI is not encoded like an address.
        return f"{self.base}{'doc/' if address.startswith('/doc/') else ''}{self._rest(iri)}"

    def link(self, iri: str) -> str | None:
        """Return the address for a link to an IRI; None if the link leads to another site."""
        if iri.startswith(self.base) and _PLAIN.fullmatch(rest := iri[len(self.base) :]):
            return f"/doc/{rest}"
        return self._linked(iri)

    def showing(self, iri: str) -> str:
        """Return the IRI whose document shows an IRI: itself, except for parts of documents."""
        document, sign, _ = iri.partition("#")
        return document if sign and document in self._parted and iri not in self.listed else iri

    def has_path(self, iri: str) -> bool:
        """Tell whether the document about an IRI is at the IRI's own path."""
        return not self._cached(iri)[1]

    def parts(self, iri: str, start: int = 0) -> Iterator[str]:
        """Yield the things whose IRIs are fragments of an IRI; the first ``start`` are skipped."""
        return self.listed.beginning_with(f"{iri}#", start)

    def has_page(self, iri: str) -> bool:
        """Tell whether an IRI is listed, or things are whose IRIs are its fragments."""
        return iri in self.listed or self.has_parts(iri)

    def number_of_parts(self, iri: str) -> int:
        """Return how many things have an IRI that is a fragment of an IRI."""
        return self.listed.count(f"{iri}#")

    def has_parts(self, iri: str) -> bool:
        """Tell whether there are things whose IRIs are fragments of an IRI."""
        return any(self.parts(iri))

    def _link(self, iri: str) -> str | None:
        if iri in self.listed:
            return self.of(iri)
        if not iri.startswith(self.base):
            return None
        document = self.showing(iri)
        fragment = iri.removeprefix(document)
        address = "/" if iri == self.base else self.of(document)
        return address + quote(fragment, safe=f"#{_IN_FRAGMENT}")

    def _address(self, iri: str) -> tuple[str, str]:
        """Return the path of a document and its query."""
        rest = self._rest(iri)
        if rest is None or not self._fits_path(rest):
            return "/describe", f"?iri={quote(iri, safe=_IN_QUERY)}"
        place = "/" if self._is_document(rest) else "/doc/"
        return place + quote(rest, safe=f"{_IN_PATH}%"), ""

    def _rest(self, iri: str) -> str | None:
        return iri.removeprefix(self.base) if iri.startswith(self.base) else None

    def _is_document(self, rest: str) -> bool:
        """Tell whether an IRI is that of a document itself: the ontology, a release."""
        if rest == "ontology":
            return True
        if f"{self.base}{rest}" in self.listed:
            return False
        ontology = f"{self.base}ontology"
        # An ontology in the data is an ordinary thing without archived versions.
        is_own = ontology in self._parted and ontology not in self.listed
        return (is_own and rest.startswith("ontology/")) or _RELEASE.fullmatch(rest) is not None

    def _fits_path(self, rest: str) -> bool:
        """Tell whether a path under the base leads to this IRI and to no other."""
        if _PLAIN.fullmatch(rest):
            return True
        if not rest or rest.startswith("doc/") or {"#", "?"} & set(rest) or _UNSTABLE.search(rest):
            return False
        stems = (rest.removesuffix(end) for end in _SUFFIXES if rest.endswith(end))
        return not any(self.base + stem in self.listed for stem in stems) and self._is_read(rest)

    def _is_read(self, rest: str) -> bool:
        """Tell whether a decoded path leads to this IRI."""
        try:
            path = unquote(rest, errors="strict")
        except UnicodeDecodeError:
            return False
        if _CONTROL.search(path):
            return False
        iri = self.base + rest
        possible = (each for each in iris_at(self.base, path) if each == iri or each in self.listed)
        return next(possible, None) == iri


def iris_at(base: str, path: str, target: str | None = None) -> Iterator[str]:
    """Yield the IRIs that a path under the base can mean, the most likely first.

    A path comes percent-decoded, while an IRI may hold the encoded form; letters beyond ASCII are
    encoded in every address, and seldom in an IRI. ``target`` is the path as the client sent it,
    where the server tells: only it has an encoded slash.
    """
    encoded = quote(path, safe=_IN_PATH, errors="surrogatepass")
    if encoded == path and target in (None, path):
        yield base + path
        return
    forms = [encoded, _with_letters(encoded), path]
    if target is not None:
        forms = [target, *forms, _with_letters(target)]
    yield from dict.fromkeys(base + form for form in forms)


def _with_letters(path: str) -> str:
    """Return a path in the form of an IRI: https://www.rfc-editor.org/rfc/rfc3987#section-3.2."""

    def decoded(match: re.Match[str]) -> str:
        try:
            return unquote(match[0], errors="strict")
        except UnicodeDecodeError:
            return match[0]

    return _ABOVE_ASCII.sub(decoded, path)
