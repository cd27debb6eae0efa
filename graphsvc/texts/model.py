"""A passage of a source text, the text itself, and the names of its files."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from graphsvc import trig

#: Characters of a text that a message quotes.
_LONGEST_EXCERPT = 80

WORDS, REGISTER, SOURCE, FACTS = "text.txt", "passages.tsv", "source.ttl", "facts.trig"
"""The files of a text: its words, the list of its passages, its description, its facts."""

TABLES, MAPPING = ("table.csv", "table.tsv", "table.xlsx"), "table.rq"
"""The files of a table (a text has one of them), and the mapping from rows to facts."""


class PassageKind(Enum):
    """The role of a passage in its text; ``ROW`` is a row of a table.

    Furniture belongs to the page, not to the text.
    """

    SENTENCE = "sentence"
    HEADING = "heading"
    ITEM = "item"
    FURNITURE = "furniture"
    ROW = "row"


@dataclass(frozen=True, slots=True)
class PassageEntry:
    """A line of the list of passages: the name of the passage, its kind and its words.

    ``level`` is the level of a heading, 1 for the highest, and 0 for other kinds.
    """

    name: str
    kind: PassageKind
    words: str
    level: int = 0
    line: int = 0


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage: its IRI, its document's, and its words at ``content[begin:end]``.

    Offsets count Unicode code points; the end is after the last one
    (https://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core/nif-core.html#d4e447).
    ``section`` is the IRI of the heading above it, if there is one.
    """

    iri: str
    document: str
    begin: int
    end: int
    exact: str
    kind: PassageKind
    section: str | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """A source text: its folder's name, the document's IRI, the words, the passages in order."""

    slug: str
    document: str
    content: str
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class TextLocation:
    """The location of a text: its folder under data/, and the base of the graph's IRIs."""

    slug: str
    base: str

    @property
    def document(self) -> str:
        """Return the IRI of the document."""
        return f"{self.base}source/{self.slug}"

    def passage(self, name: str) -> str:
        """Return the IRI of a passage."""
        return f"{self.base}passage/{name}"

    def path(self, name: str) -> str:
        """Return the path of one of the text's files, relative to the project."""
        return f"data/{self.slug}/{name}"


def excerpt(text: str) -> str:
    """Return a text for a message: on one line, shortened in the middle if it is long."""
    text = trig.normalised(text)
    if len(text) > _LONGEST_EXCERPT:
        half = _LONGEST_EXCERPT // 2
        text = f"{text[:half]} … {text[-half:]}"
    return f"“{text}”"
