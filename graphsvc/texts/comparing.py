"""Words in a normal form: to compare them, and as a part of an IRI."""

from __future__ import annotations

import re
import unicodedata

from graphsvc.trig import normalised

#: Characters with several shapes (quotation marks, dashes), and invisible ones.
_SAME = str.maketrans(
    dict.fromkeys("\u2018\u2019\u201a\u201b`\u00b4\u2032", "'")
    | dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033", '"')
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-")
    | dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff", None)
)


def plain(text: str) -> str:
    """Return a text in the form in which texts are compared."""
    return normalised(unicodedata.normalize("NFKC", text).translate(_SAME)).casefold()


def slug(words: str) -> str:
    """Return words as a part of an IRI: letters without accents, numbers, and hyphens."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
