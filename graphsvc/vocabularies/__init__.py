"""What well-known vocabularies call their terms: a table that ships with the program.

``graphsvc assets`` makes it of the packages that package.json names (see `making`). It is a sorted
file of lines, looked up by halving: whatever process looks, the system keeps one copy in memory.

    IRI <tab> property <tab> language <tab> words

The property is ``label`` or ``definition``; a line break or tab of the words is a space.
"""

from __future__ import annotations

import mmap
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pyoxigraph import Literal

from graphsvc.namespaces import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterator

TABLE = Path(__file__).with_name("terms.txt")

LABEL, DEFINITION = "label", "definition"

# schema.org has two addresses for each of its terms; the table has one.
_SCHEMA, _SCHEMA_HTTP = str(SCHEMA), "http://schema.org/"


class TermText(NamedTuple):
    """What a vocabulary calls a term, and how it defines it, each in some languages."""

    labels: tuple[Literal, ...]
    definitions: tuple[Literal, ...]


NOTHING = TermText((), ())


def is_made() -> bool:
    """Tell whether the table is there."""
    return TABLE.is_file()


@lru_cache(maxsize=4096)
def text_of(iri: str) -> TermText:
    """Return what the table says of a term: nothing, if there is no table or no such term."""
    texts: dict[str, list[Literal]] = {LABEL: [], DEFINITION: []}
    for prop, language, words in _rows(_table(), canonical(iri)):
        texts[prop].append(Literal(words, language=language) if language else Literal(words))
    return (
        TermText(tuple(texts[LABEL]), tuple(texts[DEFINITION])) if any(texts.values()) else NOTHING
    )


@cache
def languages() -> frozenset[str]:
    """Return the tags of the languages in which the table names terms."""
    lines = _table()[:].splitlines()
    return frozenset(line.split(b"\t", 3)[2].decode() for line in lines) - {""}


def canonical(iri: str) -> str:
    """Return the IRI under which the table has a term."""
    return _SCHEMA + iri[len(_SCHEMA_HTTP) :] if iri.startswith(_SCHEMA_HTTP) else iri


@cache
def _table() -> mmap.mmap | bytes:
    """Return the file as it lies in memory, shared by all processes."""
    if not is_made():
        return b""
    with TABLE.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def _rows(table: mmap.mmap | bytes, iri: str) -> Iterator[tuple[str, str, str]]:
    """Yield what the lines of an IRI have after it."""
    key = f"{iri}\t".encode()
    at = _first(table, key)
    while table[at : at + len(key)] == key:
        end = table.find(b"\n", at)
        prop, language, words = table[at + len(key) : end].decode().split("\t")
        yield prop, language, words
        at = end + 1


def _first(table: mmap.mmap | bytes, key: bytes) -> int:
    """Return where the first line begins that is not less than a key."""
    low, high = 0, len(table)
    while low < high:
        middle = (low + high) // 2
        start = table.rfind(b"\n", low, middle) + 1 or low
        end = table.find(b"\n", middle) + 1 or len(table)
        if table[start : start + len(key)] < key:
            low = end
        else:
            high = start
    return low
