"""Which passages of a list are in a changed text, and where: the same, moved, or changed a little.

A passage is in a text if its words stand where passages begin and end. The longest run of passages
that are there in their order stays; those that are elsewhere have moved. What lies between two
passages that stayed is compared with those that are missing between them: the most alike pairs
that keep the order are the same passage, changed.
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
"""How alike the words of a changed passage are to those before, of 100."""

_BAND = 50
"""How far from its expected place a changed passage is looked for, in passages."""

_TURNS = 20
"""How far from its turn a passage is looked for of which there are many with the same words."""

_KEY = 16
"""By how many of its first characters a passage is looked up."""


class Fate(Enum):
    """What became of a passage of the list."""

    SAME = "same"
    MOVED = "moved"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Match:
    """A passage of the list, by its place there, and where it is in the text."""

    old: int
    begin: int
    end: int
    fate: Fate


class Matching:
    """The passages of a list, by their words, in a text with its own idea of its passages."""

    def __init__(self, words: Sequence[str], content: str, parts: Sequence[Stretch]) -> None:
        self._words = words
        self._content = content
        self._parts = parts
        self._starts = {part.begin for part in parts} | set(_line_starts(content))
        self._ends = {part.end for part in parts} | set(_line_ends(content))
        self._by_key: dict[int, dict[str, list[int]]] = {}

    def matches(self) -> list[Match]:
        """Return what is in the text, in its order."""
        stayed = self._extended(self._in_order())
        moved = self._moved(stayed)
        changed = self._changed(stayed, moved)
        return sorted((*stayed, *moved, *changed), key=lambda match: match.begin)

    # --- the same words -----------------------------------------------------------------------

    def _places(self, old: int) -> list[int]:
        """Return where in the text the words of a passage of the list stand, as a passage."""
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

    def _in_order(self) -> list[Match]:
        """Return the most passages that are in the text in the order of the list."""
        chain = (self._match(pair.one, pair.other) for pair in heaviest(self._pairs()))
        return _apart(chain)

    def _pairs(self) -> Iterator[Pair]:
        """Yield where each passage may be; one that is there often, near to its turn among these.

        Of a thousand lines with the same words there would be a million pairs.
        """
        turns: Counter[str] = Counter()
        for old, words in enumerate(self._words):
            turn = turns[words]
            turns[words] += 1
            near = slice(max(0, turn - _TURNS), turn + _TURNS + 1)
            yield from (Pair(old, place) for place in self._places(old)[near])

    def _match(self, old: int, begin: int, fate: Fate = Fate.SAME) -> Match:
        return Match(old, begin, begin + len(self._words[old]), fate)

    def _extended(self, chain: Sequence[Match]) -> list[Match]:
        """Return the chain with the passages that stand next to one of it, with nothing between.

        So those stay that a person has divided as the program would not: the last of such a run
        ends where a passage may end.
        """
        size = len(self._content)
        first = Match(-1, 0, 0, Fate.SAME)
        last = Match(len(self._words), size, size, Fate.SAME)
        matches = list(chain)
        for one, other in pairwise([first, *chain, last]):
            after = self._run_after(range(one.old + 1, other.old), one.end, other.begin)
            end = after[-1].end if after else one.end
            olds = range(other.old - 1, one.old + len(after), -1)
            matches += [*after, *self._run_before(olds, other.begin, end)]
        return sorted(matches, key=lambda match: match.begin)

    def _run_after(self, olds: Iterable[int], end: int, limit: int) -> list[Match]:
        run: list[Match] = []
        whole = 0
        for old in olds:
            match = self._match(old, self._after_space(end))
            end = match.end
            if end > limit or not self._content.startswith(self._words[old], match.begin):
                break
            run.append(match)
            whole = len(run) if end in self._ends else whole
        return run[:whole]

    def _run_before(self, olds: Iterable[int], begin: int, limit: int) -> list[Match]:
        run: list[Match] = []
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

    def _moved(self, stayed: Sequence[Match]) -> list[Match]:
        """Return the passages that are in the text elsewhere; the longest choose first."""
        there = {match.old for match in stayed}
        missing = [old for old in range(len(self._words)) if old not in there]
        spans = _Spans((match.begin, match.end) for match in stayed)
        moved: list[Match] = []
        for old in sorted(missing, key=lambda each: (-len(self._words[each]), each)):
            places = (self._match(old, begin, Fate.MOVED) for begin in self._places(old))
            claimed = next((match for match in places if spans.claim(match.begin, match.end)), None)
            moved += [claimed] if claimed else []
        return moved

    # --- nearly the same words ----------------------------------------------------------------

    def _changed(self, stayed: Sequence[Match], moved: Sequence[Match]) -> list[Match]:
        there = {match.old for match in (*stayed, *moved)}
        left = [(begin, end) for begin, end, _ in self.left((*stayed, *moved))]
        size = len(self._content)
        first = Match(-1, 0, 0, Fate.SAME)
        last = Match(len(self._words), size, size, Fate.SAME)
        changed: list[Match] = []
        for one, other in pairwise([first, *stayed, last]):
            missing = [old for old in range(one.old + 1, other.old) if old not in there]
            between = slice(bisect_left(left, (one.end,)), bisect_left(left, (other.begin,)))
            changed += self._alike(missing, left[between])
        return changed

    def _alike(self, missing: Sequence[int], gap: Sequence[tuple[int, int]]) -> Iterator[Match]:
        """Yield the pairs of passages and stretches that are alike most, all in all, in order."""
        pairs = (
            Pair(row, column, score)
            for row, old in enumerate(missing)
            for column in _band(row, len(missing), len(gap))
            if (score := self._likeness(old, gap[column]))
        )
        for pair in heaviest(pairs):
            yield Match(missing[pair.one], *gap[pair.other], Fate.CHANGED)

    def _likeness(self, old: int, span: tuple[int, int]) -> float:
        words = self._content[span[0] : span[1]]
        return fuzz.ratio(self._words[old], words, score_cutoff=_ALIKE)

    # --- what is left -------------------------------------------------------------------------

    def left(self, matches: Iterable[Match]) -> Iterator[tuple[int, int, Stretch]]:
        """Yield the bounds of what is in no match, each with the part of the text it belongs to."""
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
    """Yield what is between spans, and before and after them."""
    done = 0
    for begin, end in spans:
        yield done, begin
        done = end
    yield done, len(content)


class _Spans:
    """Spans of a text that are taken, none of which overlap."""

    def __init__(self, taken: Iterable[tuple[int, int]]) -> None:
        self._spans = sorted(taken)

    def claim(self, begin: int, end: int) -> bool:
        """Take a span if it is free, and tell whether it was."""
        place = bisect_left(self._spans, (begin, end))
        is_free = (place == 0 or self._spans[place - 1][1] <= begin) and (
            place == len(self._spans) or self._spans[place][0] >= end
        )
        if is_free:
            self._spans.insert(place, (begin, end))
        return is_free


def _apart(matches: Iterable[Match]) -> list[Match]:
    """Return matches in order, without those that begin within the one before."""
    kept: list[Match] = []
    for match in matches:
        if not kept or match.begin >= kept[-1].end:
            kept.append(match)
    return kept


def _band(row: int, rows: int, columns: int) -> range:
    """Return the columns near to where a row is expected."""
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
