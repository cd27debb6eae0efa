r"""The list of the passages of a text: ``passages.tsv``, one passage a line, in their order.

    08	sentence	CICA Business Council is the organization …

A line has the name of the passage, which never changes; its kind, with the level of a heading
(``heading 2``); and its exact words. The file has no offsets: the program finds the words in the
text. In the words, a line break, a tab and a backslash are written ``\n``, ``\t`` and ``\\``.
``graphsvc text`` writes the list; people may edit it to change the passages.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from graphsvc.findings import Finding
from graphsvc.texts.model import REGISTER, PassageEntry, PassageKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from graphsvc.texts.model import TextLocation

HEAD = "name\tkind\twords"

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_KIND = re.compile(r"(sentence|item|furniture)|heading ([1-6])")
_ESCAPED = re.compile(r"\\(.)")
_UNESCAPED = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\"}
_ESCAPES = str.maketrans({character: f"\\{letter}" for letter, character in _UNESCAPED.items()})


def format_register(entries: Iterable[PassageEntry]) -> str:
    """Return the content of the file for a list of passages."""
    return "\n".join([HEAD, *map(format_line, entries), ""])


def format_line(entry: PassageEntry) -> str:
    """Return the line of a passage."""
    return f"{entry.name}\t{_kind(entry)}\t{entry.words.translate(_ESCAPES)}"


def read(text: str, place: TextLocation) -> tuple[list[PassageEntry], list[Finding]]:
    """Return the passages of a list, and a finding for each line that is wrong."""
    lines = [*_read(text, place)]
    entries = [each for each in lines if isinstance(each, PassageEntry)]
    return entries, [each for each in lines if isinstance(each, Finding)]


def _read(text: str, place: TextLocation) -> Iterator[PassageEntry | Finding]:
    first: dict[str, int] = {}
    # Only these end a line: words may contain the line separator of Unicode.
    for number, line in enumerate(re.split(r"\r?\n", text), 1):
        if not line or line == HEAD:
            continue
        name, _, rest = line.partition("\t")
        kind, _, words = rest.partition("\t")
        match = _KIND.fullmatch(kind)
        if match is None or not _NAME.fullmatch(name) or not words:
            yield _finding(
                place,
                number,
                "This line names no passage.",
                "Write a name, the kind (sentence, item, furniture, or heading 1 to heading 6) and "
                "the words, with a tab between them.",
            )
        elif name in first:
            yield _finding(
                place,
                number,
                f"The name {name} has line {first[name]} already.",
                "Give this passage a name of its own.",
            )
        else:
            first[name] = number
            level = int(match[2] or 0)
            passage_kind = PassageKind(match[1] or "heading")
            unescaped = _ESCAPED.sub(lambda each: _UNESCAPED.get(each[1], each[0]), words)
            yield PassageEntry(name, passage_kind, unescaped, level, number)


def _kind(entry: PassageEntry) -> str:
    return f"heading {entry.level}" if entry.kind is PassageKind.HEADING else entry.kind.value


def _finding(place: TextLocation, line: int, message: str, remedy: str) -> Finding:
    return Finding("passage-list", message, remedy, path=place.path(REGISTER), line=line)
