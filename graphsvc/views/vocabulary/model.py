"""The data of the page of the vocabulary: plain values without store or HTML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from graphsvc.phrases import Phrase

if TYPE_CHECKING:
    from pyoxigraph import NamedNode

    from graphsvc.queries import BoundQuery
    from graphsvc.store.base import Term
    from graphsvc.views.model import Expression, Named
    from graphsvc.views.vocabulary.diagram import Drawing

CLASSES = Phrase("Classes")


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation or description of a term, with its values; ``more`` are left out."""

    label: str
    values: tuple[Expression, ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class TermNote:
    """A note on a term: its kind and its text."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """A query that uses a term."""

    name: str
    summary: str


Questions: TypeAlias = Mapping[str, tuple[Question, ...]]
"""The queries that contain an IRI, by the IRI."""


@dataclass(frozen=True, slots=True)
class VocabularyTerm:
    """A term: its definition, its relations to other terms, and its use.

    ``uses`` is the number of things of a class, or of facts of a property; None if it is not known.
    ``fragment`` identifies the term within the page.
    """

    term: Named
    kind: str
    fragment: str
    definition: str
    examples: tuple[str, ...]
    notes: tuple[TermNote, ...]
    characteristics: tuple[str, ...]
    relations: tuple[Relation, ...]
    uses: int | None
    facts: BoundQuery
    questions: tuple[Question, ...]
    deprecated: bool

    @property
    def iri(self) -> str:
        return self.term.iri or ""

    @property
    def is_class(self) -> bool:
        return self.kind == CLASSES


@dataclass(frozen=True, slots=True)
class TermSection:
    """The terms of one kind on this page, by label, and the number of terms on all pages."""

    title: str
    terms: tuple[VocabularyTerm, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Branch:
    """A class in the tree of classes: the properties of its things, and its subclasses."""

    term: Named
    properties: tuple[Named, ...]
    branches: tuple[Branch, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """The object properties from one class to another."""

    subject: Named
    properties: tuple[Named, ...]
    object: Named


@dataclass(frozen=True, slots=True)
class TermPlace:
    """The page on which a term is described, and its fragment there."""

    page: int
    fragment: str


@dataclass(frozen=True, slots=True)
class TermList:
    """The first ones of some terms, and the number of the others."""

    terms: tuple[Named, ...]
    more: int


@dataclass(frozen=True, slots=True)
class UsedTerm:
    """A class or property that a graph uses or declares, and its number of things or facts."""

    term: NamedNode
    is_class: bool
    count: int
    is_declared: bool


@dataclass(frozen=True, slots=True)
class NamespaceUse:
    """The first terms of one namespace, its prefix, and the number of its other terms."""

    prefix: str
    namespace: str
    terms: tuple[UsedTerm, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Pictures:
    """The pictures: classes as a tree, for a wide and for a narrow screen, and their links.

    A picture that would be too large is None.
    """

    tree: Drawing | None = None
    upright: Drawing | None = None
    network: Drawing | None = None


@dataclass(frozen=True, slots=True)
class BlockQueries:
    """The queries behind the blocks of the page."""

    statements: BoundQuery
    about: BoundQuery
    subclasses: BoundQuery
    links: BoundQuery
    uses: BoundQuery
    namespaces: BoundQuery


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A page of the classes and properties that a graph declares or uses.

    ``ontology`` is None if the graph describes none; ``metadata`` are all its facts, ``about`` the
    most important ones. ``loose`` are the properties without a class as domain; ``alphabet`` has
    every described term; ``borrowed`` are the other terms that the graph declares or uses, by
    namespace. If the graph has no ontology of its own, ``in_use`` has all terms, and ``ontologies``
    the described ones. ``places`` has the place of each described term. ``is_partial`` tells that
    the graph has more statements about terms than were read.
    """

    ontology: Named | None
    description: str
    about: tuple[Relation, ...]
    metadata: tuple[tuple[Term, Named], ...]
    sections: tuple[TermSection, ...]
    tree: tuple[Branch, ...]
    more_classes: int
    loose: TermList
    alphabet: TermList
    links: tuple[Link, ...]
    more_links: int
    borrowed: tuple[tuple[str, TermList], ...]
    in_use: tuple[NamespaceUse, ...]
    ontologies: tuple[Named, ...]
    namespaces: tuple[tuple[str, str], ...]
    pictures: Pictures
    places: Mapping[Term, TermPlace]
    page: int
    pages: int
    is_partial: bool
    queries: BlockQueries
