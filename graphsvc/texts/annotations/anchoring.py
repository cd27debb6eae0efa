"""The position of a span in a text, and the passage that contains it."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graphsvc.texts.annotations.model import AnnotatedSpan
    from graphsvc.texts.model import Passage, Text


@dataclass(frozen=True, slots=True)
class Misplacement:
    """A span or a relation that cannot be located in the text, with the reason."""

    words: str
    reason: str


class Anchors:
    """Finds spans in a text and the passages that hold them."""

    def __init__(self, text: Text) -> None:
        self._content = text.content
        self._passages = text.passages
        self._begins = [passage.begin for passage in text.passages]

    def passage(self, span: AnnotatedSpan) -> Passage | Misplacement:
        """Return the passage that holds the words of a span, or why none does."""
        begin = self._begin(span)
        if isinstance(begin, Misplacement):
            return begin
        place = bisect_right(self._begins, begin) - 1
        if place < 0 or begin >= self._passages[place].end:
            return Misplacement(span.words, "no passage of the text has these words")
        passage = self._passages[place]
        if begin + len(span.words) > passage.end:
            return Misplacement(span.words, "the words go across passages")
        return passage

    def _begin(self, span: AnnotatedSpan) -> int | Misplacement:
        """Return the offset of a span: that of its tool, else the only position of its words."""
        begin, words = span.begin, span.words
        if not words.strip():
            return Misplacement(words, "the span has no words")
        if begin >= 0 and self._content[begin : begin + len(words)] == words:
            return begin
        context = span.before + words + span.after
        for sought, inner in ((context, len(span.before)), (words, 0)):
            at = self._content.find(sought)
            if at >= 0 and self._content.find(sought, at + 1) < 0:
                return at + inner
        if words in self._content:
            return Misplacement(words, "the words stand in several places of the text")
        return Misplacement(words, "the text does not have these words")
