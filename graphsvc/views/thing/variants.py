"""The readings that a note compares, and the passages that contain each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsvc.views.mentions import occurrences
from graphsvc.views.model import Variant

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from graphsvc.views.model import Passage


def variants_of(readings: Iterable[str], cited: Sequence[Passage]) -> list[Variant]:
    """Return readings with the passages that contain them, in the order of the text.

    If a passage contains a longer reading, the readings inside that one do not count.
    """
    printed: dict[str, list[Passage]] = {words: [] for words in readings}
    for entry in cited:
        spans_by_words = {words: occurrences(words, entry.quote) for words in printed}
        for words, spans in spans_by_words.items():
            longer = [
                span
                for other, others in spans_by_words.items()
                if len(other) > len(words)
                for span in others
            ]
            if any(not any(outer.holds(span) for outer in longer) for span in spans):
                printed[words].append(entry)
    variants = [Variant(words, tuple(stated)) for words, stated in printed.items()]
    return sorted(variants, key=_first_place)


def _first_place(variant: Variant) -> tuple[float, str]:
    return min((entry.order for entry in variant.passages), default=(float("inf"), ""))
