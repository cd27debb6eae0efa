"""Conditional requests: tells whether a client already has an answer."""

from __future__ import annotations

import re

#: An entity tag, weak or strong; its group is the opaque part. Werkzeug also accepts tags without
#: quotation marks, which are invalid: https://www.rfc-editor.org/rfc/rfc9110#section-8.8.3
TAG = re.compile(r'(?:W/)?"([\x21\x23-\x7e\x80-\xff]*)"')


def is_unchanged(
    method: str, if_none_match: str | None, if_modified_since: str | None, tag: str, modified: str
) -> bool:
    """Tell whether the client has the answer with this (opaque) entity tag and date.

    Tags are compared weakly, and "*" matches any tag. A date must be equal: a different one, even a
    later one, belongs to another release, since a service can go back to an older release. A client
    cannot cache the answer to a POST.
    https://www.rfc-editor.org/rfc/rfc9110#section-13.1
    """
    if method not in ("GET", "HEAD"):
        return False
    if if_none_match is not None:
        return if_none_match.strip() == "*" or tag in TAG.findall(if_none_match)
    return if_modified_since is not None and if_modified_since.strip() == modified
