"""Notes on removed passages: comments at the end of facts.trig, with the facts of the passages.

    # Gone: 07	sentence	It stands opposite South Spit Light.
    # passage:07 {
    #     light:north-rock lights:opposite light:south-spit .
    # }

The first line is the passage's line in the list. No other passage gets the name, since somebody may
have cited it. If the words return to the text, the passage gets its name, kind and facts again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphsvc.texts import register
from graphsvc.texts.model import TextLocation

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from graphsvc.texts.model import PassageEntry

_MARK = "# Gone: "
_NOTE = re.compile(rf"^{_MARK}([^\n]*)\n((?:#(?! Gone: )[^\n]*\n)*)\n?", re.MULTILINE)
_HEAD = "# What the text has no more. To keep facts, move them into the block of another passage.\n"


@dataclass(frozen=True, slots=True)
class RemovedPassage:
    """A removed passage, and its block without the quote; an empty block if it had no facts."""

    entry: PassageEntry
    block: str

    @property
    def text(self) -> str:
        """Return the note."""
        lines = self.block.split("\n") if self.block else []
        commented = (f"# {line}" if line else "#" for line in lines)
        return "\n".join([_MARK + register.format_line(self.entry), *commented, ""])


def read(facts: str) -> list[RemovedPassage]:
    """Return the passages of the notes in a file of facts."""
    return [
        RemovedPassage(entry, "\n".join(commented[2:] for commented in block.split("\n")[:-1]))
        for line, block in _NOTE.findall(facts)
        for entry in register.read(line, TextLocation("", ""))[0]
    ]


def append_notes(facts: str, passages: Iterable[RemovedPassage]) -> str:
    """Return a file of facts with notes on some passages appended."""
    added = [each.text for each in passages]
    if not added:
        return facts
    head = () if _HEAD in facts else (_HEAD,)
    return "\n".join([facts.rstrip("\n") + "\n", *head, *added])


def remove_notes(facts: str, names: Container[str]) -> str:
    """Return a file of facts without the notes on some passages.

    The head of the notes is removed with the last of them.
    """
    left = _NOTE.sub(lambda note: "" if note[1].partition("\t")[0] in names else note[0], facts)
    return (left if _NOTE.search(left) else left.replace(_HEAD, "")).rstrip("\n") + "\n"
