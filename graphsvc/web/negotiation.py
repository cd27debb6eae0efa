"""Content negotiation: one function from an Accept header and the formats on offer.

Every negotiated answer of the service, errors included, goes through ``negotiate``, and every
offer comes from the one format table. https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from werkzeug.http import parse_accept_header, parse_options_header

from graphsvc.errors import NotAcceptable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from graphsvc.formats import Format

# RFC 9110, section 5.6.2; types and subtypes are such.
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9a-z-]+")

_VERSIONED, _EXACT, _SUBTYPE, _ANY = 3, 2, 1, 0


@dataclass(frozen=True, slots=True)
class MediaRange:
    """One element of an Accept header: ``text/html``, ``text/*`` or ``*/*``, and its weight.

    ``version`` is the version of RDF that it asks for, a label of
    https://www.w3.org/TR/rdf12-concepts/#defined-version-labels.
    """

    type: str
    subtype: str
    weight: float
    version: str | None = None

    @property
    def specificity(self) -> int:
        """Return how specific the range is: the most specific one decides the weight."""
        if self.type == "*":
            return _ANY
        return _SUBTYPE if self.subtype == "*" else _EXACT

    def closeness(self, version: str | None) -> int:
        """Return how specific the range is for a media type in a version."""
        is_named = version is not None and self.version == version
        return _VERSIONED if is_named and self.specificity == _EXACT else self.specificity

    def matches(self, media_type: str) -> bool:
        """Tell whether the range includes ``media_type`` (in lower case)."""
        kind, _, subtype = media_type.partition("/")
        return self.type in ("*", kind) and self.subtype in ("*", subtype)


@dataclass(frozen=True, slots=True)
class _Claim:
    """The weight that a client gives an offered format, and how specific its range was."""

    weight: float
    specificity: int


_UNWANTED = _Claim(0.0, _ANY)


def negotiate(accept: str | None, offered: Sequence[Format]) -> Format:
    """Return the offered format that the client prefers.

    ``offered`` is in the service's order of preference, which decides at equal weights. Two rules
    precede it: a format that the client names precedes one that only a wildcard matches, and named
    data precede a named page, so that a program that lists RDF types does not get HTML in a tie.
    Without a header, any format is acceptable.

    Errors: NotAcceptable, with the offered formats.
    """
    ranked = acceptable(accept, offered)
    if not ranked:
        raise NotAcceptable(offered)
    return ranked[0]


def acceptable(accept: str | None, offered: Sequence[Format]) -> list[Format]:
    """Return the offered formats that the client accepts, the best first."""
    ranges = media_ranges(accept or "")
    if not ranges:
        return list(offered)
    claims = {fmt.name: _claim(fmt, ranges) for fmt in offered}

    def rank(fmt: Format) -> tuple[float, int, bool]:
        claim = claims[fmt.name]
        named_page = claim.specificity == _EXACT and fmt.media_type == "text/html"
        return (-claim.weight, -claim.specificity, named_page)

    return sorted((fmt for fmt in offered if claims[fmt.name].weight > 0), key=rank)


# Clients send the same few headers.
@lru_cache(maxsize=512)
def media_ranges(accept: str) -> tuple[MediaRange, ...]:
    """Return the elements of an Accept header; malformed ones are ignored."""
    return tuple(_media_ranges(accept))


def _media_ranges(accept: str) -> Iterator[MediaRange]:
    for media_range, parameters, weight in _elements(accept):
        kind, slash, subtype = media_range.partition("/")
        if slash and _is_token(kind) and _is_token(subtype) and (kind != "*" or subtype == "*"):
            yield MediaRange(kind, subtype, weight, parameters.get("version"))


def _is_token(text: str) -> bool:
    return _TOKEN.fullmatch(text) is not None


def elements(value: str) -> Iterator[tuple[str, float]]:
    """Yield the names of a weighted list, in lower case, with their weights.

    Accept, Accept-Encoding and other fields share this grammar: RFC 9110, section 12.4.2.
    Parameters other than the weight are ignored, and so is an element with an invalid weight.
    """
    for name, _, weight in _elements(value):
        yield name, weight


def _elements(value: str) -> Iterator[tuple[str, Mapping[str, str], float]]:
    for element, weight in parse_accept_header(value.lower()):
        name, parameters = parse_options_header(element)
        yield name, parameters, weight


def _claim(fmt: Format, ranges: Sequence[MediaRange]) -> _Claim:
    """Return the claim for a format, by its media type or by an alias that the client names.

    RDF 1.2 is served only to clients that do not ask for another version. RDF 1.1 is a part of RDF
    1.2, so a format without a version matches every version label.
    """
    suiting = [each for each in ranges if fmt.version in (None, each.version or fmt.version)]
    own = _claim_of(fmt.media_type, suiting, fmt.version)
    aliases = (_claim_of(alias, ranges) for alias in fmt.aliases)
    named = [claim for claim in aliases if claim.specificity == _EXACT]
    return max([own, *named], key=lambda claim: (claim.weight, claim.specificity))


def _claim_of(media_type: str, ranges: Sequence[MediaRange], version: str | None = None) -> _Claim:
    """Return the claim from the most specific range for a media type."""
    matching = [candidate for candidate in ranges if candidate.matches(media_type)]
    if not matching:
        return _UNWANTED
    closest = max(matching, key=lambda each: (each.closeness(version), each.weight))
    return _Claim(closest.weight, closest.closeness(version))
