"""The structure of a text: which stretch is a heading, prose, a list item or furniture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphsvc.texts.model import PassageKind

#: The text between two blocks of a document with markup.
_BETWEEN = "\n\n"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a text: ``content[begin:end]``, its kind, and the level of a heading."""

    begin: int
    end: int
    kind: PassageKind
    level: int = 0


@dataclass(frozen=True, slots=True)
class TextBlock:
    """The words of a block of a document; prose has the kind ``PassageKind.SENTENCE``."""

    words: str
    kind: PassageKind
    level: int = 0


@dataclass(frozen=True, slots=True)
class Extract:
    """The content of a document: its plain text, its blocks in order, its title, its language.

    Title and language are None if the document does not declare them.
    """

    content: str
    stretches: tuple[Stretch, ...]
    title: str | None = None
    language: str | None = None


def compose(
    blocks: Iterable[TextBlock], title: str | None = None, language: str | None = None
) -> Extract:
    """Join blocks to one text, with an empty line between them."""
    stretches: list[Stretch] = []
    words: list[str] = []
    begin = 0
    for block in blocks:
        end = begin + len(block.words)
        stretches.append(Stretch(begin, end, block.kind, block.level))
        words.append(block.words)
        begin = end + len(_BETWEEN)
    content = _BETWEEN.join(words)
    return Extract(content + "\n" if content else "", tuple(stretches), title, language)
