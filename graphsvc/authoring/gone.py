"""Passages that a text has no more: comments at the end of facts.trig keep them, with their facts.

    # Gone: 07	sentence	It stands opposite South Spit Light.
    # passage:07 {
    #     light:north-rock lights:opposite light:south-spit .
    # }

The first line is that of the list of passages. Their names are given to no other passage, since
somebody may have cited them. If the words come back, they get name, kind and facts again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphsvc.texts import register
from graphsvc.texts.model import Place

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from graphsvc.texts.model import Entry

_MARK = "# Gone: "
_NOTE = re.compile(rf"^{_MARK}([^\n]*)\n((?:#(?! Gone: )[^\n]*\n)*)\n?", re.MULTILINE)
_HEAD = "# What the text has no more. To keep facts, move them into the block of another passage.\n"


@dataclass(frozen=True, slots=True)
class Gone:
    """A passage that is gone, and its block as it was, without the quote; empty without facts."""

    entry: Entry
    block: str

    @property
    def text(self) -> str:
        """Return the note on it."""
        lines = self.block.split("\n") if self.block else []
        commented = (f"# {line}" if line else "#" for line in lines)
        return "\n".join([_MARK + register.line(self.entry), *commented, ""])


def read(facts: str) -> list[Gone]:
    """Return the passages that a file of facts notes as gone."""
    return [
        Gone(entry, "\n".join(commented[2:] for commented in block.split("\n")[:-1]))
        for line, block in _NOTE.findall(facts)
        for entry in register.read(line, Place("", ""))[0]
    ]


def appended(facts: str, passages: Iterable[Gone]) -> str:
    """Return a file of facts with notes on some passages at its end."""
    added = [each.text for each in passages]
    if not added:
        return facts
    head = () if _HEAD in facts else (_HEAD,)
    return "\n".join([facts.rstrip("\n") + "\n", *head, *added])


def without(facts: str, names: Container[str]) -> str:
    """Return a file of facts without the notes on some passages, and the head if none is left."""
    left = _NOTE.sub(lambda note: "" if note[1].partition("\t")[0] in names else note[0], facts)
    return (left if _NOTE.search(left) else left.replace(_HEAD, "")).rstrip("\n") + "\n"
