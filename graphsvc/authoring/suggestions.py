"""The things of a project that some words name, exactly or nearly, by their labels.

Labels are read from the files, so the project need not be built.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode
from rapidfuzz import fuzz, process

from graphsvc import trig
from graphsvc.naming import labels_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from graphsvc.sources import Project

_MOST_SUGGESTIONS = 8
"""The most things that are suggested for one passage."""

_KEY = 3
"""The number of first characters under which a name is indexed."""

_SHORTEST = 2
_LEAST_LIKENESS = 88
"""The least similarity of words to a name that they may mean, of 100."""

_LONG_WORD = 4
_COMMON = 50
"""A word in more names than this does not help to find one."""

#: The graphs whose subjects are terms, records and passages, not things that a text names.
_OF_RECORDS = ("ontology", "shapes", "dataset", "passages")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A thing that words may name: its IRI, its label, and whether they only resemble it."""

    iri: str
    label: str
    is_similar: bool


class ThingNames:
    """Names of things; ``labels`` maps each label to the IRIs of its things."""

    def __init__(self, labels: Mapping[str, Iterable[str]]) -> None:
        self._iris = {label: tuple(iris) for label, iris in labels.items()}
        self._folded = {label: label.casefold() for label in self._iris}

    @classmethod
    def of(cls, project: Project) -> ThingNames:
        """Return the names of a project's things, from its files."""
        records = {project.graph(name) for name in _OF_RECORDS}
        properties = set(labels_in(project.quads))
        labels: dict[str, dict[str, None]] = defaultdict(dict)
        for quad in project.quads:
            subject, value = quad.subject, quad.object
            if (
                quad.predicate in properties
                and quad.graph_name not in records
                and isinstance(subject, NamedNode)
                and isinstance(value, Literal)
                and len(label := trig.normalised(value.value)) >= _SHORTEST
            ):
                labels[label][subject.value] = None
        return cls(labels)

    def find_in(self, words: str) -> list[Suggestion]:
        """Return the things that words name: exact names first, in the order of the words."""
        folded = trig.normalised(words).casefold()
        suggestions: dict[str, Suggestion] = {}
        for label in self._exact(folded):
            self._note(label, suggestions, is_similar=False)
        for label in self._similar(folded):
            self._note(label, suggestions, is_similar=True)
        return list(suggestions.values())[:_MOST_SUGGESTIONS]

    def _note(self, label: str, suggestions: dict[str, Suggestion], *, is_similar: bool) -> None:
        for iri in self._iris[label]:
            suggestions.setdefault(iri, Suggestion(iri, label, is_similar))

    def _exact(self, words: str) -> Iterator[str]:
        for place in range(len(words)):
            for size in range(_SHORTEST, _KEY + 1):
                for label in self._by_beginning.get(words[place : place + size], ()):
                    name = self._folded[label]
                    is_whole = len(name) == size or size == _KEY
                    if is_whole and words.startswith(name, place) and _is_apart(words, place, name):
                        yield label

    def _similar(self, words: str) -> list[str]:
        candidates = {
            label
            for word in _WORD.findall(words)
            for key in _keys(word)
            for label in self._by_word.get(key, ())
            if len(self._folded[label]) <= len(words)
        }
        ordered = sorted(candidates)
        matches = process.extract(
            words,
            [self._folded[label] for label in ordered],
            scorer=fuzz.partial_ratio,
            score_cutoff=_LEAST_LIKENESS,
            limit=_MOST_SUGGESTIONS,
        )
        return [ordered[place] for _, _, place in matches]

    @cached_property
    def _by_beginning(self) -> dict[str, list[str]]:
        table: dict[str, list[str]] = defaultdict(list)
        # The longest name at a place goes first.
        for label in sorted(self._folded, key=lambda each: (-len(each), each)):
            table[self._folded[label][:_KEY]].append(label)
        return dict(table)

    @cached_property
    def _by_word(self) -> dict[str, list[str]]:
        table: dict[str, list[str]] = defaultdict(list)
        for label, name in self._folded.items():
            for key in {key for word in _WORD.findall(name) for key in _keys(word)}:
                table[key].append(label)
        return {key: labels for key, labels in table.items() if len(labels) <= _COMMON}


def _keys(word: str) -> tuple[str, ...]:
    """Return the beginning and the end of a long word: a typing error changes only one of them."""
    if len(word) < _LONG_WORD:
        return ()
    return f"{word[:_LONG_WORD]}…", f"…{word[-_LONG_WORD:]}"


def _is_apart(words: str, begin: int, name: str) -> bool:
    """Tell whether a name is not part of a longer word, in scripts with spaces."""
    end = begin + len(name)
    before, after = words[begin - 1 : begin], words[end : end + 1]
    return not (_joins(before) and _joins(name[0])) and not (_joins(after) and _joins(name[-1]))


def _joins(character: str) -> bool:
    return character.isdigit() or character.lower() != character.upper()
