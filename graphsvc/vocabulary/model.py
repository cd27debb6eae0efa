"""What the page of the vocabulary shows: plain values, no store and no HTML in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from graphsvc.entities import Named
from graphsvc.phrases import Phrase

if TYPE_CHECKING:
    from collections.abc import Sequence

Expression: TypeAlias = tuple[str | Named, ...]
"""A value in words: terms, and what stands between them (a union reads "A or B")."""


@dataclass(frozen=True, slots=True)
class Relation:
    """What relates a term to others, or describes it, and the values."""

    label: str
    values: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """A remark on a term: of what kind it is, and its words."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """A query that uses a term."""

    name: str
    summary: str


@dataclass(frozen=True, slots=True)
class VocabularyTerm:
    """A term: its definition, its place among the others, and where it is used.

    ``uses`` counts the things of a class, or the facts of a property.
    """

    term: Named
    kind: str
    definition: str
    examples: tuple[str, ...]
    notes: tuple[Note, ...]
    characteristics: tuple[str, ...]
    relations: tuple[Relation, ...]
    uses: int
    questions: tuple[Question, ...]
    deprecated: bool

    @property
    def iri(self) -> str:
        """Return the IRI of the term."""
        return self.term.iri or ""

    @property
    def fragment(self) -> str:
        """Return the part of the IRI that names the term within the ontology."""
        return self.iri.rpartition("#")[2]

    @property
    def is_class(self) -> bool:
        """Tell whether the term is a class."""
        return self.kind == CLASSES


CLASSES = Phrase("Classes")


@dataclass(frozen=True, slots=True)
class Section:
    """The terms of one kind, by label."""

    title: str
    terms: tuple[VocabularyTerm, ...]


@dataclass(frozen=True, slots=True)
class Branch:
    """A class in the tree of classes: the properties of its things, and its subclasses."""

    term: Named
    properties: tuple[Named, ...]
    branches: tuple[Branch, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """An object property between two classes, with the property that leads back, if any."""

    subject: Named
    properties: tuple[Named, ...]
    object: Named


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The ontology as a reader meets it.

    ``loose`` are the properties that no class has in particular; ``borrowed`` are terms of other
    vocabularies that the ontology declares, by their prefixes.
    """

    description: str
    about: tuple[Relation, ...]
    sections: tuple[Section, ...]
    tree: tuple[Branch, ...]
    loose: tuple[Named, ...]
    links: tuple[Link, ...]
    borrowed: tuple[tuple[str, tuple[Named, ...]], ...]

    @property
    def alphabet(self) -> Sequence[Named]:
        """Return every term by its label."""
        terms = [entry.term for section in self.sections for entry in section.terms]
        return sorted(terms, key=lambda term: (term.label.lower(), term.iri or ""))
