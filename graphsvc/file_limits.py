"""Limits of the size of data files: a few bytes can expand to more than the memory.

There are three causes: compressed files, XML entities that refer to one another, and deep nesting,
for which the parser of JSON-LD needs memory that grows with the square of the depth, and the
parsers of triple terms too much stack. Each is measured before it happens, and refused with an
error.
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
    """A compressed file, opened for reading its uncompressed bytes."""

    def read(self, size: int, /) -> bytes: ...


#: How a compressed file begins, and its reader. The file name does not matter.
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
# nothing: https://www.w3.org/TR/rdf12-turtle/#sec-grammar-grammar. An unclosed string is read to
# the end once: to try other interpretations would take quadratic time.
_TRIPLE_TERM = re.compile(
    rb'"""(?:[^"\\]|\\.|"(?!""))*+(?:""")?|"(?:[^"\\\n]|\\.)*+"?'
    rb"|'''(?:[^'\\]|\\.|'(?!''))*+(?:''')?|'(?:[^'\\\n]|\\.)*+'?"
    rb"|#[^\n]*+|<[^<>\s]*+>|(<<)|(>>)",
    re.DOTALL,
)


def unpack(data: bytes) -> bytes:
    """Return the bytes of a file, uncompressed.

    Errors: InputError if they are too many; OSError, EOFError or zstandard.ZstdError if they cannot
    be uncompressed.
    """
    opener = next((opener for mark, opener in _OPENERS if data.startswith(mark)), None)
    if opener is None:
        return data
    most = _most(len(data))
    text = opener(BytesIO(data)).read(most + 1)
    if len(text) > most:
        raise InputError(
            f"The file is {len(data):,} bytes and has more than {most:,} when it is unpacked.",
            (),
            remedy="If that is what it should hold, unpack it and name the unpacked file.",
        )
    return text


def refuse_entities(text: bytes) -> None:
    """Raise InputError if the entities of an XML file expand to too much.

    https://www.w3.org/TR/xml/#sec-references
    """
    if not _DOCTYPE.search(text):
        return
    sizes: dict[bytes, int] = {}
    total = 0
    for match in _ENTITY.finditer(text):
        value = match[2] if match[2] is not None else match[3]
        # A parser expands entities that are declared before; a later declaration is an error.
        sizes.setdefault(match[1], len(value) + _expansion(value, sizes))
        total += sizes[match[1]]
    total += _expansion(text, sizes)
    most = _most(len(text))
    if total > most:
        raise InputError(
            f"The entities of this file expand to more than {most:,} bytes.",
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
    """Return the expanded size of the entities in a text, in bytes."""
    names = Counter(_REFERENCE.findall(text))
    return sum(sizes.get(name, 0) * count for name, count in names.items())


def _most(size: int) -> int:
    return max(ALWAYS, MOST_TIMES * size)
