"""What can be found, and what was."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class EntryKind(StrEnum):
    """The sorts of what can be found, in the order in which they are shown."""

    THING = "thing"
    SENTENCE = "sentence"
    CONCEPT = "concept"
    TERM = "term"
    QUERY = "query"


class NameRole(StrEnum):
    """How a name stands to what it names: the label, another name, an identifier, or its words."""

    LABEL = "label"
    NAME = "name"
    IDENTIFIER = "identifier"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class Name:
    """A name, its language, and the IRI of the property under which the graph has it."""

    text: str
    language: str | None
    property: str
    role: NameRole


@dataclass(frozen=True, slots=True)
class Entry:
    """What the index is told of one thing: what it is called, and what it is.

    ``types`` are all its classes, ``own_types`` those that somebody stated; ``weight`` says how
    much refers to it, and is below zero for what only speaks of things. Of a sentence there is its
    document and its place in it, in code points; ``said_in`` is the IRI of the first sentence that
    says something of a thing.
    """

    iri: str
    kind: EntryKind
    names: tuple[Name, ...]
    types: tuple[str, ...] = ()
    own_types: tuple[str, ...] = ()
    description: str = ""
    weight: int = 0
    document: str | None = None
    number: int | None = None
    begin: int | None = None
    end: int | None = None
    said_in: str | None = None


@dataclass(frozen=True, slots=True)
class MarkedText:
    """A text in pieces, each marked or not: what is marked is what was looked for."""

    pieces: tuple[tuple[str, bool], ...]

    @property
    def text(self) -> str:
        """Return the whole text."""
        return "".join(piece for piece, _ in self.pieces)


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that was found, and why.

    ``label`` is what to call it; ``matched`` is the name that matched, with the words that did;
    ``score`` says from 0 to 100 how well, and is 100 only for a name that is the text itself.
    ``exact`` tells this; ``fuzzy`` that the name is only like the text. ``sentence`` is the first
    that says something of the thing, and ``said_in`` its IRI; ``types`` are its stated classes,
    ``all_types`` all of them.
    """

    iri: str
    kind: EntryKind
    label: str
    language: str | None
    matched: MarkedText
    matched_name: Name
    score: float
    exact: bool
    fuzzy: bool
    types: tuple[str, ...]
    all_types: tuple[str, ...]
    description: str
    sentence: str | None
    said_in: str | None
    document: str | None
    number: int | None
    begin: int | None
    end: int | None


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The answer of a search: how many there are, some of them, and what they are.

    ``total`` counts all that match, whatever the limit; ``kinds`` those of each kind, whatever
    kind was asked for. ``classes`` counts the things of each class among the first
    5,000 that match. ``suggestion`` is the text with its words corrected, if only that was found;
    ``partial`` tells that not every word was.
    """

    total: int
    hits: tuple[Hit, ...]
    kinds: dict[EntryKind, int]
    classes: dict[str, int]
    suggestion: str | None = None
    partial: bool = False
