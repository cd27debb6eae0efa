"""Conditional requests: whether a client holds an answer already. RFC 9110, section 13.

Only a GET or HEAD has such a condition here: what a POST brings is no copy of what an address
shows. https://www.rfc-editor.org/rfc/rfc9110#section-13.1
"""

from __future__ import annotations

import re
from dataclasses import dataclass

#: An entity tag, weak or strong; its group is the opaque part.
#: https://www.rfc-editor.org/rfc/rfc9110#section-8.8.3
TAG = re.compile(r'(?:W/)?"([\x21\x23-\x7e\x80-\xff]*)"')


@dataclass(frozen=True, slots=True)
class Condition:
    """What a client says that it holds: tags, compared weakly, or the date of its copy."""

    tags: frozenset[str] = frozenset()
    anything: bool = False
    date: str | None = None

    @classmethod
    def of(cls, method: str, if_none_match: str | None, if_modified_since: str | None) -> Condition:
        """Read the fields of a request; the date counts only where no tags are given."""
        if method not in ("GET", "HEAD"):
            return cls()
        if if_none_match is None:
            return cls(date=if_modified_since)
        return cls(frozenset(TAG.findall(if_none_match)), anything=if_none_match.strip() == "*")

    def is_met_by(self, tag: str, last_modified: str) -> bool:
        """Tell whether the client holds the answer with this (opaque) tag and date.

        A date is a tag in other words: another one, even a later one, is that of another
        release, since a service can go back to an older release.
        """
        return tag in self.tags or (self.date is not None and self.date.strip() == last_modified)
