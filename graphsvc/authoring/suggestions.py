"""The things of a project that some words name: by their labels, to the letter or nearly.

They are read from the files, so that a project needs not be built for it.
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

_MOST = 8
"""How many things are suggested for one passage."""

_KEY = 3
"""By how many of its first characters a name is looked up."""

_SHORTEST = 2
_NEAR = 88
"""How like a name words must be, of 100, to name it nearly."""

_LONG_WORD = 4
_COMMON = 50
"""A word that more names have than this tells none of them from the others."""

#: The graphs whose subjects are terms, records and passages, and no things that a text names.
_OF_RECORDS = ("ontology", "shapes", "dataset", "passages")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A thing that words name: its IRI, its label, and if the words only resemble the label."""

    iri: str
    label: str
    is_near: bool


class Known:
    """Names of things; ``labels`` has the IRIs of the things of each label."""

    def __init__(self, labels: Mapping[str, Iterable[str]]) -> None:
        self._iris = {label: tuple(iris) for label, iris in labels.items()}
        self._folded = {label: label.casefold() for label in self._iris}

    @classmethod
    def of(cls, project: Project) -> Known:
        """Return the names of a project's things, as its files give them."""
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

    def named_in(self, words: str) -> list[Suggestion]:
        """Return the things that words name: those named to the letter first, in their order."""
        folded = trig.normalised(words).casefold()
        suggestions: dict[str, Suggestion] = {}
        for label in self._exact(folded):
            self._note(label, suggestions, is_near=False)
        for label in self._near(folded):
            self._note(label, suggestions, is_near=True)
        return list(suggestions.values())[:_MOST]

    def _note(self, label: str, found: dict[str, Suggestion], *, is_near: bool) -> None:
        for iri in self._iris[label]:
            found.setdefault(iri, Suggestion(iri, label, is_near))

    def _exact(self, words: str) -> Iterator[str]:
        for place in range(len(words)):
            for size in range(_SHORTEST, _KEY + 1):
                for label in self._by_beginning.get(words[place : place + size], ()):
                    name = self._folded[label]
                    is_whole = len(name) == size or size == _KEY
                    if is_whole and words.startswith(name, place) and _is_apart(words, place, name):
                        yield label

    def _near(self, words: str) -> list[str]:
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
            score_cutoff=_NEAR,
            limit=_MOST,
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
    """Return the beginning and the end of a long word: a slip of the pen leaves one of them."""
    if len(word) < _LONG_WORD:
        return ()
    return f"{word[:_LONG_WORD]}…", f"…{word[-_LONG_WORD:]}"


def _is_apart(words: str, begin: int, name: str) -> bool:
    """Tell whether a name is no part of a longer word, in scripts that have words."""
    end = begin + len(name)
    before, after = words[begin - 1 : begin], words[end : end + 1]
    return not (_joins(before) and _joins(name[0])) and not (_joins(after) and _joins(name[-1]))


def _joins(character: str) -> bool:
    return character.isdigit() or character.lower() != character.upper()
