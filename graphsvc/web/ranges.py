"""Parts of a file: one range of bytes at a time.

https://www.rfc-editor.org/rfc/rfc9110#section-14
A server may ignore what it does not serve (section 14.2): several ranges at once, other units, and
what is no range at all get the whole file.
"""

from __future__ import annotations

import re

_RANGE = re.compile(r"bytes=\s*([0-9]*)-([0-9]*)\s*", re.IGNORECASE)

# More digits than the length of any file has; Python refuses to read very many.
_MOST_DIGITS = 18


class Unsatisfiable(ValueError):  # noqa: N818 - the name that RFC 9110 gives it
    """A range that begins behind the end of the file, or that is the last 0 bytes of it."""


def wanted(header: str | None, size: int) -> range | None:
    """Return the positions that a Range header asks of a file, or None for the whole file.

    Errors: Unsatisfiable.
    """
    match = _RANGE.fullmatch(header or "")
    if match is None or match.group(1, 2) == ("", ""):
        return None
    first, last = (min(int(digits[:_MOST_DIGITS] or "0"), size) for digits in match.groups())
    if not match[1]:
        found = range(size - last, size)
    elif match[2] and int(match[1][:_MOST_DIGITS]) > int(match[2][:_MOST_DIGITS]):
        return None
    else:
        found = range(first, min(last + 1, size) if match[2] else size)
    if not found:
        raise Unsatisfiable
    return found
