"""The usual names of well-known licences, by their addresses."""

from __future__ import annotations

import re

_PARTS = {
    "by": "Attribution",
    "nc": "NonCommercial",
    "sa": "ShareAlike",
    "nd": "NoDerivatives",
}

#: Patterns of addresses without scheme, and templates of names with the groups of the pattern.
_NAMES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), name)
    for pattern, name in (
        (
            r"creativecommons\.org/licen[cs]es/(?P<terms>by(?:-(?:nc|nd|sa))*)/(?P<version>[0-9.]+)"
            r"(?:/(?P<place>[a-z]{2})(?![a-z]))?",
            "Creative Commons {terms} {version} {place}",
        ),
        (
            r"creativecommons\.org/publicdomain/zero/(?P<version>[0-9.]+)",
            "Creative Commons Zero {version}",
        ),
        (
            r"creativecommons\.org/publicdomain/mark/(?P<version>[0-9.]+)",
            "Public Domain Mark {version}",
        ),
        (
            r"opendatacommons\.org/licenses/odbl(?:/(?P<version>[0-9.-]+))?",
            "Open Database License {version}",
        ),
        (
            r"opendatacommons\.org/licenses/by(?:/(?P<version>[0-9.-]+))?",
            "Open Data Commons Attribution License {version}",
        ),
        (
            r"opendatacommons\.org/licenses/pddl(?:/(?P<version>[0-9.-]+))?",
            "Public Domain Dedication and License {version}",
        ),
        (
            r"nationalarchives\.gov\.uk/doc/open-government-licence/version/(?P<version>[0-9.]+)",
            "Open Government Licence {version}",
        ),
        (r"apache\.org/licenses/LICENSE-(?P<version>[0-9.]+)", "Apache License {version}"),
        (r"(?:opensource\.org/licenses?|spdx\.org/licenses)/(?P<version>[\w.+-]+)", "{version}"),
    )
)
_SCHEME = re.compile(r"https?://(?:www\.)?", re.IGNORECASE)
_ENDS = re.compile(r"(?:/|/(?:deed|legalcode)(?:\.[a-z-]+)?|\.txt|\.html)?")


def licence_name(iri: str) -> str | None:
    """Return the usual name of a licence, if its address is well known."""
    scheme = _SCHEME.match(iri)
    address = iri[scheme.end() :] if scheme else ""
    for pattern, name in _NAMES:
        match = pattern.match(address)
        if match and _ENDS.fullmatch(address, match.end()):
            return name.format(**_fields(match.groupdict())).strip()
    return None


def _fields(groups: dict[str, str | None]) -> dict[str, str]:
    parts = filter(None, (groups.get("terms") or "").lower().split("-"))
    version = re.sub(r"^(\d+)-(?=\d)", r"\1.", groups.get("version") or "").rstrip(".-")
    return {
        "terms": "-".join(_PARTS[part] for part in parts),
        "version": version,
        "place": (groups.get("place") or "").upper(),
    }
