"""The entries of the index and the hits of a search."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class EntryKind(StrEnum):
    """The kinds of entries, in the order in which they are shown."""

    THING = "thing"
    SENTENCE = "sentence"
    CONCEPT = "concept"
    TERM = "term"
    QUERY = "query"


class NameRole(StrEnum):
    """The role of a name: the label, another name, an identifier, or the words of a sentence."""

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
    """What the index stores about one thing.

    ``types`` are all its classes, ``own_types`` the stated ones; ``weight`` grows with the
    references to it, and is negative for records about things. A sentence has its document and its
    place in it, in code points; ``said_in`` is the IRI of the first sentence about a thing.
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
    """A text in pieces; the pieces that match the search are marked."""

    pieces: tuple[tuple[str, bool], ...]

    @property
    def text(self) -> str:
        """Return the whole text."""
        return "".join(piece for piece, _ in self.pieces)


@dataclass(frozen=True, slots=True)
class Hit:
    """A hit, and why it matched.

    ``matched`` is the name that matched, with its matching words marked; ``score`` is from 0 to
    100, and 100 only for a name that equals the text (``exact``); ``fuzzy`` means that the name is
    only similar to the text. ``sentence`` is the first about the thing, and ``said_in`` its IRI;
    ``types`` are its stated classes, ``all_types`` all of them.
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
    """The result of a search: the totals, and a page of hits.

    ``total`` counts all matches, whatever the limit; ``kinds`` those of each kind, whatever kinds
    were requested. ``classes`` counts the things of each class among the first 5,000 matches.
    ``suggestion`` is the corrected text, if only that has matches; ``partial`` means that not all
    words matched.
    """

    total: int
    hits: tuple[Hit, ...]
    kinds: dict[EntryKind, int]
    classes: dict[str, int]
    suggestion: str | None = None
    partial: bool = False
