"""A passage of a source text, the text itself, and the names of the files that hold it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from graphsvc import trig

#: How much of a text a message quotes.
_SHOWN = 80

WORDS, REGISTER, SOURCE, FACTS = "text.txt", "passages.tsv", "source.ttl", "facts.trig"
"""The files of a text: its words, the list of its passages, what is said of it, what it says."""

TABLES, MAPPING = ("table.csv", "table.tsv", "table.xlsx"), "table.rq"
"""The files of a table, of which there is one, and what makes facts of its rows."""


class Kind(Enum):
    """What a passage is in its text, or a row in its table.

    Furniture is what belongs to the page, not to the text.
    """

    SENTENCE = "sentence"
    HEADING = "heading"
    ITEM = "item"
    FURNITURE = "furniture"
    ROW = "row"


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the list of passages: the name of the passage, its kind and its words.

    ``level`` is that of a heading, 1 for the highest, and 0 for what is none.
    """

    name: str
    kind: Kind
    words: str
    level: int = 0
    line: int = 0


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage: its IRI, its document's, and its words at ``content[begin:end]``.

    Offsets count Unicode code points, the end is after the last
    (https://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core/nif-core.html#d4e447).
    ``section`` is the IRI of the heading under which it stands, if there is one.
    """

    iri: str
    document: str
    begin: int
    end: int
    exact: str
    kind: Kind
    section: str | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """A source text: its folder's name, the document's IRI, the words, the passages in order."""

    slug: str
    document: str
    content: str
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text lies: the name of its folder under data/, and the base of the graph's IRIs."""

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


def shown(text: str) -> str:
    """Return a text as a message quotes it: on one line, cut in the middle if long."""
    text = trig.normalised(text)
    if len(text) > _SHOWN:
        half = _SHOWN // 2
        text = f"{text[:half]} … {text[-half:]}"
    return f"“{text}”"
