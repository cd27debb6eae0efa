"""What a file of data may come to: a few bytes can stand for more than any machine holds.

Three ways lead there: packed files, entities of XML that name one another, and nesting without end,
for which the parser of JSON-LD needs memory that grows with the square of its depth, and those of
triple terms more stack than there is. Each is measured before it is done, and refused with an error
that says so.
"""

from __future__ import annotations

import bz2
import gzip
import re
from collections import Counter
from io import BytesIO
from itertools import accumulate
from typing import TYPE_CHECKING, Protocol

import zstandard

from graphsvc.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

ALWAYS = 64 * 2**20
"""Up to how many bytes anything may come to."""

MOST_TIMES = 200
"""How many times its own size a larger file may come to: RDF seldom packs better than 50."""

DEEPEST = 256
"""How many objects and arrays of JSON-LD, or triple terms, may stand in one another."""


class _Opened(Protocol):
    """A packed file that gives its unpacked bytes."""

    def read(self, size: int, /) -> bytes: ...


#: How a packed file begins, and what unpacks it. Its name need not say so.
_OPENERS: tuple[tuple[bytes, Callable[[BytesIO], _Opened]], ...] = (
    (b"\x1f\x8b", lambda file: gzip.GzipFile(fileobj=file)),
    (b"BZh", bz2.BZ2File),
    (b"\x28\xb5\x2f\xfd", lambda file: zstandard.ZstdDecompressor().stream_reader(file)),
)

# An entity declaration in the internal subset: https://www.w3.org/TR/xml/#NT-EntityDecl
_DOCTYPE = re.compile(rb"<!DOCTYPE[^\[>]*+\[")
_ENTITY = re.compile(rb"<!ENTITY\s++([^\s%\"'>]++)\s++(?:\"([^\"]*+)\"|'([^']*+)')")
_REFERENCE = re.compile(rb"&([^;&\s#<]++);")

_JSON_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_BRACKET = re.compile(rb"[\[{]|[\]}]")

# Where triple terms begin and end; and the strings, comments and IRIs in which the same letters say
# nothing: https://www.w3.org/TR/rdf12-turtle/#sec-grammar-grammar. A string that nothing ends is
# read to the end once: to look for another meaning of it would take the square of its length.
_TRIPLE_TERM = re.compile(
    rb'"""(?:[^"\\]|\\.|"(?!""))*+(?:""")?|"(?:[^"\\\n]|\\.)*+"?'
    rb"|'''(?:[^'\\]|\\.|'(?!''))*+(?:''')?|'(?:[^'\\\n]|\\.)*+'?"
    rb"|#[^\n]*+|<[^<>\s]*+>|(<<)|(>>)",
    re.DOTALL,
)


def unpack(data: bytes) -> bytes:
    """Return the bytes of a file, unpacked if they are packed.

    Errors: InputError if they come to too much; OSError, EOFError or zstandard.ZstdError if they
    cannot be unpacked.
    """
    opener = next((opener for mark, opener in _OPENERS if data.startswith(mark)), None)
    if opener is None:
        return data
    most = _most(len(data))
    text = opener(BytesIO(data)).read(most + 1)
    if len(text) > most:
        raise InputError(
            f"The file is {len(data):,} bytes and comes to more than {most:,} unpacked.",
            (),
            remedy="If that is what it should hold, unpack it and name the unpacked file.",
        )
    return text


def refuse_entities(text: bytes) -> None:
    """Raise InputError if the entities of an XML file come to too much when they are put in.

    https://www.w3.org/TR/xml/#sec-references
    """
    if not _DOCTYPE.search(text):
        return
    sizes: dict[bytes, int] = {}
    total = 0
    for match in _ENTITY.finditer(text):
        value = match[2] if match[2] is not None else match[3]
        # A parser puts in what is declared before; what is declared later is an error to it.
        sizes.setdefault(match[1], len(value) + _expansion(value, sizes))
        total += sizes[match[1]]
    total += _expansion(text, sizes)
    most = _most(len(text))
    if total > most:
        raise InputError(
            f"The entities of this file come to more than {most:,} bytes.",
            (),
            remedy="Write the IRIs and texts in their places, or save the file as Turtle.",
        )


def refuse_nested_json(text: bytes) -> None:
    """Raise InputError if objects and arrays of a JSON file are nested too deeply."""
    brackets = _BRACKET.findall(_JSON_STRING.sub(b"", text))
    steps = (1 if bracket in b"[{" else -1 for bracket in brackets)
    if max(accumulate(steps), default=0) > DEEPEST:
        raise InputError(
            f"Objects and arrays are nested more than {DEEPEST} deep.",
            (),
            remedy="Give the inner ones an @id each, and name them by it.",
        )


def refuse_nested_triple_terms(text: bytes) -> None:
    """Raise InputError if triple terms of a file are nested too deeply.

    https://www.w3.org/TR/rdf12-concepts/#section-triple-terms
    """
    if text.count(b"<<") <= DEEPEST:
        return
    steps = (len(match[1] or b"") - len(match[2] or b"") for match in _TRIPLE_TERM.finditer(text))
    if max(accumulate(steps), default=0) > DEEPEST * len(b"<<"):
        raise InputError(
            f"Triple terms are nested more than {DEEPEST} deep.",
            (),
            remedy="Give the inner ones a reifier each, and name them by it.",
        )


def _expansion(text: bytes, sizes: dict[bytes, int]) -> int:
    """Return how many bytes the entities come to that a text names."""
    names = Counter(_REFERENCE.findall(text))
    return sum(sizes.get(name, 0) * count for name, count in names.items())


def _most(size: int) -> int:
    return max(ALWAYS, MOST_TIMES * size)
