"""Passages that a text has no more: words and facts stay as comments at the end of facts.trig.

    # Gone: 07
    # #> It stands opposite South Spit Light.
    # passage:07 {
    #     light:north-rock lights:opposite light:south-spit .
    # }

Their names are given to no other passage, since somebody may have cited them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from graphsvc import trig

if TYPE_CHECKING:
    from collections.abc import Iterable

_NAME = re.compile(r"^# Gone: (\S+)$", re.MULTILINE)
_HEAD = "# What the text has no more. To keep facts, move them into the block of another passage.\n"


def names(facts: str) -> list[str]:
    """Return the names of the passages that a file of facts notes as gone."""
    return _NAME.findall(facts)


def note(name: str, words: str, block: str) -> str:
    """Return the note on a passage that is gone; ``block`` is its block without the quote."""
    lines = [f"{trig.QUOTE_MARK} {trig.normalised(words)}", *block.splitlines()]
    return "\n".join([f"# Gone: {name}", *(f"# {line}".rstrip() for line in lines), ""])


def appended(facts: str, notes: Iterable[str]) -> str:
    """Return a file of facts with some notes at its end."""
    added = list(notes)
    if not added:
        return facts
    head = () if _HEAD in facts else (_HEAD,)
    return "\n".join([facts.rstrip("\n") + "\n", *head, *added])
