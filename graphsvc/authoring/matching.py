"""Finds the passages of a list in a changed text: the same, moved, or slightly changed.

A passage matches if its words are in the text, from the beginning to the end of a passage. The
longest series of matches in the order of the list is unmoved; other matches are moved. Text between
two unmoved passages is then compared with the passages missing between them: the most similar
pairs, in order, are changed passages.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from typing import TYPE_CHECKING

from rapidfuzz import fuzz

from graphsvc.authoring.chains import Pair, heaviest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from graphsvc.authoring.stretches import Stretch

_ALIKE = 65.0
"""The least similarity between the old and new words of a changed passage, of 100."""

_BAND = 50
"""How far from its expected position a changed passage is searched, in passages."""

_TURNS = 20
"""How far from its turn a passage is searched if many passages have the same words."""

_KEY = 16
"""The number of first characters under which a passage is indexed."""


class MatchKind(Enum):
    """How a passage of the list matches the text."""

    SAME = "same"
    MOVED = "moved"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class PassageMatch:
    """The index of a passage in the list, and its bounds in the text."""

    old: int
    begin: int
    end: int
    kind: MatchKind


class Matching:
    """Matches the words of listed passages with a text and the ``parts`` computed from it."""

    def __init__(self, words: Sequence[str], content: str, parts: Sequence[Stretch]) -> None:
        self._words = words
        self._content = content
        self._parts = parts
        self._starts = {part.begin for part in parts} | set(_line_starts(content))
        self._ends = {part.end for part in parts} | set(_line_ends(content))
        self._by_key: dict[int, dict[str, list[int]]] = {}

    def find_matches(self) -> list[PassageMatch]:
        """Return the matches, in the order of the text."""
        unmoved = self._extend(self._in_order())
        moved = self._moved_passages(unmoved)
        changed = self._changed_passages(unmoved, moved)
        return sorted((*unmoved, *moved, *changed), key=lambda match: match.begin)

    # --- the same words -----------------------------------------------------------------------

    def _places(self, old: int) -> list[int]:
        """Return the offsets in the text where a listed passage may begin."""
        words = self._words[old]
        size = min(len(words), _KEY)
        if size not in self._by_key:
            table: dict[str, list[int]] = defaultdict(list)
            for start in sorted(self._starts):
                table[self._content[start : start + size]].append(start)
            self._by_key[size] = dict(table)
        return [
            start
            for start in self._by_key[size].get(words[:size], ())
            if self._content.startswith(words, start) and start + len(words) in self._ends
        ]

    def _in_order(self) -> list[PassageMatch]:
        """Return the longest series of passages that has the order of the list."""
        chain = (self._match(pair.one, pair.other) for pair in heaviest(self._pairs()))
        return _without_overlaps(chain)

    def _pairs(self) -> Iterator[Pair]:
        """Yield the possible positions of each passage.

        For words that occur often, only positions near the passage's turn are tried: a thousand
        equal lines would give a million pairs.
        """
        turns: Counter[str] = Counter()
        for old, words in enumerate(self._words):
            turn = turns[words]
            turns[words] += 1
            nearby = slice(max(0, turn - _TURNS), turn + _TURNS + 1)
            yield from (Pair(old, place) for place in self._places(old)[nearby])

    def _match(self, old: int, begin: int, kind: MatchKind = MatchKind.SAME) -> PassageMatch:
        return PassageMatch(old, begin, begin + len(self._words[old]), kind)

    def _extend(self, chain: Sequence[PassageMatch]) -> list[PassageMatch]:
        """Return the chain with the passages directly before or after its members.

        This keeps passages that a person divided in another way than the program; the last one of
        such a run must end where a passage may end.
        """
        size = len(self._content)
        first = PassageMatch(-1, 0, 0, MatchKind.SAME)
        last = PassageMatch(len(self._words), size, size, MatchKind.SAME)
        matches = list(chain)
        for one, other in pairwise([first, *chain, last]):
            after = self._run_after(range(one.old + 1, other.old), one.end, other.begin)
            end = after[-1].end if after else one.end
            olds = range(other.old - 1, one.old + len(after), -1)
            matches += [*after, *self._run_before(olds, other.begin, end)]
        return sorted(matches, key=lambda match: match.begin)

    def _run_after(self, olds: Iterable[int], end: int, limit: int) -> list[PassageMatch]:
        run: list[PassageMatch] = []
        whole = 0
        for old in olds:
            match = self._match(old, self._after_space(end))
            end = match.end
            if end > limit or not self._content.startswith(self._words[old], match.begin):
                break
            run.append(match)
            whole = len(run) if end in self._ends else whole
        return run[:whole]

    def _run_before(self, olds: Iterable[int], begin: int, limit: int) -> list[PassageMatch]:
        run: list[PassageMatch] = []
        whole = 0
        for old in olds:
            begin = self._before_space(begin) - len(self._words[old])
            if begin < limit or not self._content.startswith(self._words[old], begin):
                break
            run.append(self._match(old, begin))
            whole = len(run) if begin in self._starts else whole
        return run[:whole]

    def _after_space(self, offset: int) -> int:
        while self._content[offset : offset + 1].isspace():
            offset += 1
        return offset

    def _before_space(self, offset: int) -> int:
        while self._content[offset - 1 : offset].isspace():
            offset -= 1
        return offset

    def _moved_passages(self, unmoved: Sequence[PassageMatch]) -> list[PassageMatch]:
        """Return the passages that are elsewhere in the text; the longest ones choose first."""
        matched = {match.old for match in unmoved}
        missing = [old for old in range(len(self._words)) if old not in matched]
        spans = _Spans((match.begin, match.end) for match in unmoved)
        moved: list[PassageMatch] = []
        for old in sorted(missing, key=lambda each: (-len(self._words[each]), each)):
            places = (self._match(old, begin, MatchKind.MOVED) for begin in self._places(old))
            free = next((match for match in places if spans.claim(match.begin, match.end)), None)
            moved += [free] if free else []
        return moved

    # --- nearly the same words ----------------------------------------------------------------

    def _changed_passages(
        self, unmoved: Sequence[PassageMatch], moved: Sequence[PassageMatch]
    ) -> list[PassageMatch]:
        matched = {match.old for match in (*unmoved, *moved)}
        gaps = [(begin, end) for begin, end, _ in self.unmatched((*unmoved, *moved))]
        size = len(self._content)
        first = PassageMatch(-1, 0, 0, MatchKind.SAME)
        last = PassageMatch(len(self._words), size, size, MatchKind.SAME)
        changed: list[PassageMatch] = []
        for one, other in pairwise([first, *unmoved, last]):
            missing = [old for old in range(one.old + 1, other.old) if old not in matched]
            between = slice(bisect_left(gaps, (one.end,)), bisect_left(gaps, (other.begin,)))
            changed += self._most_alike(missing, gaps[between])
        return changed

    def _most_alike(
        self, missing: Sequence[int], gap: Sequence[tuple[int, int]]
    ) -> Iterator[PassageMatch]:
        """Yield the pairs of passages and stretches of greatest total similarity, in order."""
        pairs = (
            Pair(row, column, score)
            for row, old in enumerate(missing)
            for column in _band(row, len(missing), len(gap))
            if (score := self._likeness(old, gap[column]))
        )
        for pair in heaviest(pairs):
            yield PassageMatch(missing[pair.one], *gap[pair.other], MatchKind.CHANGED)

    def _likeness(self, old: int, span: tuple[int, int]) -> float:
        words = self._content[span[0] : span[1]]
        return fuzz.ratio(self._words[old], words, score_cutoff=_ALIKE)

    # --- what is left -------------------------------------------------------------------------

    def unmatched(self, matches: Iterable[PassageMatch]) -> Iterator[tuple[int, int, Stretch]]:
        """Yield the bounds of each stretch without a match, with the part that contains it."""
        gaps = list(_gaps(sorted((match.begin, match.end) for match in matches), self._content))
        place = 0
        for part in self._parts:
            while place < len(gaps) and gaps[place][1] <= part.begin:
                place += 1
            following = place
            while following < len(gaps) and gaps[following][0] < part.end:
                begin = max(gaps[following][0], part.begin)
                words = self._content[begin : min(gaps[following][1], part.end)].strip()
                if words:
                    start = self._content.index(words, begin)
                    yield start, start + len(words), part
                following += 1


def _gaps(spans: Iterable[tuple[int, int]], content: str) -> Iterator[tuple[int, int]]:
    """Yield the bounds of the gaps before, between and after spans."""
    last = 0
    for begin, end in spans:
        yield last, begin
        last = end
    yield last, len(content)


class _Spans:
    """Used spans of a text, which do not overlap."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        self._spans = sorted(spans)

    def claim(self, begin: int, end: int) -> bool:
        """Use a span if it is free; tell whether it was."""
        place = bisect_left(self._spans, (begin, end))
        is_free = (place == 0 or self._spans[place - 1][1] <= begin) and (
            place == len(self._spans) or self._spans[place][0] >= end
        )
        if is_free:
            self._spans.insert(place, (begin, end))
        return is_free


def _without_overlaps(matches: Iterable[PassageMatch]) -> list[PassageMatch]:
    """Return matches in order, without those that begin within the one before."""
    result: list[PassageMatch] = []
    for match in matches:
        if not result or match.begin >= result[-1].end:
            result.append(match)
    return result


def _band(row: int, rows: int, columns: int) -> range:
    """Return the columns near the expected position of a row."""
    middle = row * columns // rows
    reach = _BAND + columns // rows
    return range(max(0, middle - reach), min(columns, middle + reach))


def _line_starts(content: str) -> Iterator[int]:
    return (begin for begin, _ in _lines(content))


def _line_ends(content: str) -> Iterator[int]:
    return (end for _, end in _lines(content))


def _lines(content: str) -> Iterator[tuple[int, int]]:
    """Yield the bounds of each line without the white space around it."""
    begin = 0
    for line in content.split("\n"):
        if words := line.strip():
            start = begin + line.index(words)
            yield start, start + len(words)
        begin += len(line) + 1
