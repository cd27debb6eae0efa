"""A search: from a typed text to the entries that match it, the best first.

Several interpretations are tried, and the first with a match is used: all words, each possibly as a
prefix; all words, or similarly spelt ones; all words but one, all but two, and so on. A text that
equals a name always matches it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, groupby
from typing import TYPE_CHECKING

from graphsvc.language_priority import distance
from graphsvc.search.index_writer import LONGEST_WORD, tag
from graphsvc.search.model import EntryKind, Hit, Name, NameRole, SearchResult
from graphsvc.search.ranking import EXACT, NameMatcher, allowed_errors, errors_between
from graphsvc.search.words import grams, key, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from graphsvc.search.index import Index, IndexRow

#: How many characters and words of a text are used.
LONGEST_TEXT, MOST_WORDS = 256, 12

#: How many of the matching entries are ranked; the rest keep the order of the index.
_WEIGHED = 300

# Limits: entries with the same name, words similar to a misspelt one, spellings of a word.
_NAMESAKES, _COMPARED, _SPELLINGS = 100, 120, 6

# How many words are combined if not all are found.
_MAX_COMBINED = 6

#: How many entries are used to count classes.
COUNTED = 5_000

_ROLES = list(NameRole)


@dataclass(frozen=True, slots=True)
class Unit:
    """A word of the text, or a run of characters of a script without spaces."""

    words: tuple[str, ...]

    @property
    def text(self) -> str:
        """Return the unit as it is written."""
        return "".join(self.words)

    @property
    def match(self) -> str:
        """Return the expression that matches it as a prefix."""
        phrase = f'"{" ".join(self.words)}"'
        return f"{phrase} *" if len(self.text) > 1 else phrase


@dataclass(frozen=True, slots=True)
class Interpretation:
    """One interpretation of the text: its match expression, and the correction of its words."""

    match: str
    fuzzy: bool = False
    partial: bool = False
    suggestion: str | None = None


class Search:
    """One search of an index; its hits can be requested by kind and by page."""

    def __init__(
        self, index: Index, text: str, kinds: Iterable[EntryKind] = (), classes: Iterable[str] = ()
    ) -> None:
        """Take a text. ``kinds`` and ``classes`` limit the hits; none means any."""
        self._index = index
        self.text = text[:LONGEST_TEXT].strip()
        self._kinds = tuple(kinds)
        self._classes = tuple(classes)
        self._units = _units(self.text)
        self._words = tuple(word for unit in self._units for word in unit.words)

    @cached_property
    def reading(self) -> Interpretation | None:
        """Return the first interpretation with a match, or None if there is none."""
        if not self._units or (self._classes and not self._class_tags):
            return None
        plain = Interpretation(" AND ".join(unit.match for unit in self._units))
        if self._exact or self._finds(plain):
            return plain
        likely = self._as_spelt()
        if likely.suggestion and self._finds(likely):
            return likely
        partial = (
            Interpretation(some, fuzzy=True, partial=True) for some in self._with_fewer_words()
        )
        return next((one for one in partial if self._finds(one)), None)

    def _finds(self, reading: Interpretation) -> bool:
        return self._index.count(self._bounded(reading, self._kinds)) > 0

    def _with_fewer_words(self) -> Iterator[str]:
        """Yield expressions for some of the words, at first for nearly all of them.

        Words that no entry uses are left out; of many words only the longest are used.
        """
        used = [unit for unit in self._units if any(map(self._index.uses, self._spellings[unit]))]
        longest = sorted(used, key=lambda unit: -len(unit.text))[:_MAX_COMBINED]
        units = [self._spelt(unit) for unit in longest]
        for size in range(min(len(units), len(self._units) - 1), 1, -1):
            parts = (" AND ".join(part) for part in combinations(units, size))
            yield " OR ".join(f"({part})" for part in parts)
        yield " OR ".join(map(self._spelt, self._units))

    @cached_property
    def kinds(self) -> dict[EntryKind, int]:
        """Return how many entries of each kind match, whatever kinds were requested."""
        if self.reading is None:
            return {}
        beyond = self._index.rows(self._exact_only)
        counts = {
            kind: self._index.count(self._bounded(self.reading, (kind,)))
            + sum(row.kind is kind for row in beyond.values())
            for kind in EntryKind
        }
        return {kind: count for kind, count in counts.items() if count}

    @cached_property
    def classes(self) -> dict[str, int]:
        """Return how many of the first matching things and concepts are of each class."""
        if self.reading is None:
            return {}
        kinds = f"{tag(EntryKind.THING)} OR {tag(EntryKind.CONCEPT)}"
        match = f"{{names}} : ({self.reading.match}) AND {{tags}} : ({kinds})"
        return self._index.count_classes(match, COUNTED)

    def total(self, kinds: Sequence[EntryKind] = ()) -> int:
        """Return how many entries match, of some kinds or of those of the search."""
        counted = kinds or self._kinds or tuple(EntryKind)
        return sum(self.kinds.get(kind, 0) for kind in counted)

    def hits(
        self, limit: int, offset: int = 0, languages: str = "en", kinds: Sequence[EntryKind] = ()
    ) -> tuple[Hit, ...]:
        """Return a page of hits, the best first."""
        if self.reading is None:
            return ()
        match = self._bounded(self.reading, kinds or self._kinds)
        ordered = self._ordered(self.reading, match, offset + limit, kinds or self._kinds)
        return self._explained(ordered[offset : offset + limit], self.reading, languages)

    @cached_property
    def _class_tags(self) -> list[str]:
        return self._index.class_tags(self._classes)

    @cached_property
    def _exact(self) -> list[int]:
        """Return the entries whose name or IRI is the text, within the limits of the search."""
        by_name = self._index.with_key(key(self.text), _NAMESAKES) if key(self.text) else []
        by_iri = self._index.number_of(self.text)
        ids = [*by_name, *([by_iri] if by_iri is not None and by_iri not in by_name else [])]
        within = self._index.among(self._bounds(self._kinds), ids)
        return [one for one in ids if one in within]

    @cached_property
    def _exact_only(self) -> list[int]:
        """Return the entries whose name or IRI is the text, but that its words do not match."""
        if self.reading is None or not self._exact:
            return []
        matched = self._index.among(self._bounded(self.reading, ()), self._exact)
        return [one for one in self._exact if one not in matched]

    def _bounds(self, kinds: Sequence[EntryKind]) -> str:
        """Return the expression for the limits of the search."""
        bounds = f"{{tags}} : ({' OR '.join(map(tag, kinds or EntryKind))})"
        if self._class_tags:
            bounds += f" AND {{tags}} : ({' OR '.join(self._class_tags)})"
        return bounds

    def _bounded(self, reading: Interpretation, kinds: Sequence[EntryKind]) -> str:
        return f"{{names}} : ({reading.match}) AND {self._bounds(kinds)}"

    def _as_spelt(self) -> Interpretation:
        """Return the interpretation in which each word also matches similar ones."""
        best = [self._spellings[unit][:1] for unit in self._units]
        corrected = [
            spellings[0] if spellings else unit.text
            for spellings, unit in zip(best, self._units, strict=True)
        ]
        suggestion = " ".join(corrected)
        changed = suggestion != " ".join(unit.text for unit in self._units)
        match = " AND ".join(self._spelt(unit) for unit in self._units)
        return Interpretation(match, fuzzy=True, suggestion=suggestion if changed else None)

    def _spelt(self, unit: Unit) -> str:
        """Return the expression for a unit and its similar words."""
        if len(unit.words) > 1:
            # Any two adjacent characters of a run are enough.
            pairs = (f'"{one} {two}"' for one, two in zip(unit.words, unit.words[1:], strict=False))
            return f"({' OR '.join([unit.match, *pairs])})"
        spelt = (f'"{word}"' for word in self._spellings[unit])
        return f"({' OR '.join([unit.match, *spelt])})"

    @cached_property
    def _spellings(self) -> dict[Unit, list[str]]:
        return {unit: self._similar_words(unit) for unit in self._units}

    def _similar_words(self, unit: Unit) -> list[str]:
        """Return the words similar to a unit, the best first; only the unit if it is in use."""
        word, most = unit.text, allowed_errors(unit.text)
        if len(unit.words) > 1 or not most or self._index.uses(word):
            return [word]
        candidates = self._index.words_like(sorted(grams(word)), _COMPARED)
        apart = [(errors_between(word, each, most), -uses, each) for each, uses in candidates]
        return [each for far, _, each in sorted(apart) if far <= most][:_SPELLINGS]

    def _ordered(
        self, reading: Interpretation, match: str, least: int, kinds: Sequence[EntryKind]
    ) -> list[int]:
        """Return the best entries, at least ``least`` if there are so many."""
        bounds = self._bounds(kinds)
        weighed = [*self._index.among(bounds, self._exact)] if self._exact else []
        weighed += self._index.matching(match, _WEIGHED)
        weighed += self._whole_words(bounds)
        matcher = NameMatcher(self.text, self._words, reading.fuzzy)
        names = self._index.names(list(dict.fromkeys(weighed)))
        weights = self._index.weights(list(names))

        def rank(entry: int) -> tuple[float, bool, int, int]:
            score, name = self._best(matcher, entry, names[entry])
            # Among names with similar scores, the entry with more references comes first.
            score += min(weights[entry], 8 if score < EXACT else 0)
            same = name is not None and name.text == self.text
            role = _ROLES.index(name.role) if name else 0
            return (-score, not same, role, entry)

        ordered = sorted(names, key=rank)
        if least > len(ordered):
            rest = self._index.matching(match, least + len(ordered))
            ordered += [entry for entry in rest if entry not in names]
        return ordered

    def _whole_words(self, bounds: str) -> list[int]:
        """Return matches of whole words, which the order of the index may have put late."""
        match = " AND ".join(unit.match.removesuffix(" *") for unit in self._units)
        return self._index.matching(f"{{names}} : ({match}) AND {bounds}", _WEIGHED)

    def _best(
        self, matcher: NameMatcher, entry: int, names: Sequence[Name]
    ) -> tuple[float, Name | None]:
        """Return the score of an entry, and its first name with this score."""
        if not names:
            return (0.0, None)
        scores = [matcher.score(name.text) for name in names]
        best = max(scores)
        if best < EXACT and entry in self._exact:
            return (EXACT, names[0])  # by its IRI
        return (best, names[scores.index(best)])

    def _explained(
        self, ids: Sequence[int], reading: Interpretation, languages: str
    ) -> tuple[Hit, ...]:
        rows, names, types = (
            self._index.rows(ids),
            self._index.names(ids),
            self._index.types(ids),
        )
        matcher = NameMatcher(self.text, self._words, reading.fuzzy)
        sentences = self._sentences(rows.values(), languages)
        hits = []
        for entry in ids:
            row = rows[entry]
            score, name = self._best(matcher, entry, names[entry])
            if name is None:
                name = Name(row.iri, None, "", NameRole.IDENTIFIER)
            label = _label(names[entry], languages) or name
            hits.append(
                Hit(
                    iri=row.iri,
                    kind=row.kind,
                    label=label.text,
                    language=label.language,
                    matched=matcher.marked(name.text),
                    matched_name=name,
                    score=round(score, 1),
                    exact=score == EXACT,
                    fuzzy=reading.fuzzy and score < EXACT,
                    types=tuple(iri for iri, stated in types[entry] if stated),
                    all_types=tuple(iri for iri, _ in types[entry]),
                    description=row.description,
                    sentence=sentences.get(row.said_in or ""),
                    said_in=row.said_in,
                    document=row.document,
                    number=row.number,
                    begin=row.begin,
                    end=row.end,
                )
            )
        return tuple(hits)

    def _sentences(self, rows: Iterable[IndexRow], languages: str) -> dict[str, str]:
        """Return the text of the first sentence about each of some entries."""
        iris = {row.said_in for row in rows if row.said_in}
        numbers = {iri: self._index.number_of(iri) for iri in sorted(iris)}
        names = self._index.names([number for number in numbers.values() if number is not None])
        return {
            iri: label.text
            for iri, number in numbers.items()
            if number is not None and (label := _label(names[number], languages)) is not None
        }


def search(  # noqa: PLR0913 - the parameters of a search
    index: Index,
    text: str,
    *,
    kinds: Iterable[EntryKind] = (),
    classes: Iterable[str] = (),
    limit: int = 20,
    offset: int = 0,
    languages: str = "en",
) -> SearchResult:
    """Return the hits for a text: the first ones, and the totals.

    ``kinds`` and ``classes`` (IRIs) limit the hits; none means any. ``languages`` is the reader's
    priority list: a thing has its label in the first of them in which there is one. Errors:
    DeadlineExceeded.
    """
    with index.in_time():
        query = Search(index, text, kinds, classes)
        reading = query.reading
        return SearchResult(
            total=query.total(),
            hits=query.hits(limit, offset, languages),
            kinds=query.kinds,
            classes=query.classes,
            suggestion=reading.suggestion if reading else None,
            partial=reading.partial if reading else False,
        )


def _units(text: str) -> tuple[Unit, ...]:
    """Return the words of a text; adjacent characters of a script without spaces form one unit."""
    units: list[Unit] = []
    for unspaced, group in groupby(words(text)[:MOST_WORDS], key=lambda word: word.unspaced):
        run = [word.text[:LONGEST_WORD] for word in group]
        units += [Unit(tuple(run))] if unspaced else [Unit((word,)) for word in run]
    return tuple(dict.fromkeys(units))


def _label(names: Sequence[Name], languages: str) -> Name | None:
    """Return the first of the labels in the reader's best language."""
    labels = [name for name in names if name.role is NameRole.LABEL]
    return min(labels or names, key=lambda name: distance(name.language, languages), default=None)
