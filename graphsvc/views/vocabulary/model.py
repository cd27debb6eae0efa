"""What the page of the vocabulary shows: plain values, no store and no HTML in them."""

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
    """What relates a term to others, or describes it, and the values; ``more`` are left out."""

    label: str
    values: tuple[Expression, ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class TermNote:
    """A remark on a term: of what kind it is, and its words."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """A query that uses a term."""

    name: str
    summary: str


Questions: TypeAlias = Mapping[str, tuple[Question, ...]]
"""The queries that name an IRI, by the IRI."""


@dataclass(frozen=True, slots=True)
class VocabularyTerm:
    """A term: its definition, its place among the others, and where it is used.

    ``uses`` counts the things of a class, or the facts of a property; None if nothing has counted
    them. ``fragment`` is what the term is called within the page.
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
        """Return the IRI of the term."""
        return self.term.iri or ""

    @property
    def is_class(self) -> bool:
        """Tell whether the term is a class."""
        return self.kind == CLASSES


@dataclass(frozen=True, slots=True)
class TermSection:
    """Terms of one kind by label, those on this page, and how many there are on all pages."""

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
    """The object properties that lead from one class to another."""

    subject: Named
    properties: tuple[Named, ...]
    object: Named


@dataclass(frozen=True, slots=True)
class TermPlace:
    """Where a term is described: on which page, and what it is called there."""

    page: int
    fragment: str


@dataclass(frozen=True, slots=True)
class TermList:
    """The first ones of some terms, and how many more there are."""

    terms: tuple[Named, ...]
    more: int


@dataclass(frozen=True, slots=True)
class UsedTerm:
    """A class or property that a graph uses or declares, and how many things or facts have it."""

    term: NamedNode
    is_class: bool
    count: int
    is_declared: bool


@dataclass(frozen=True, slots=True)
class NamespaceUse:
    """The terms of one namespace under the prefix that it goes by, and how many more there are."""

    prefix: str
    namespace: str
    terms: tuple[UsedTerm, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Pictures:
    """The classes as trees, for a wide screen and for a narrow one, and what links them.

    There is no picture of what is too much to be seen in one.
    """

    tree: Drawing | None = None
    upright: Drawing | None = None
    network: Drawing | None = None


@dataclass(frozen=True, slots=True)
class BlockQueries:
    """The queries that the blocks of the page are made of."""

    statements: BoundQuery
    about: BoundQuery
    subclasses: BoundQuery
    links: BoundQuery
    uses: BoundQuery
    namespaces: BoundQuery


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The classes and properties that a graph declares or uses, a page of them.

    ``ontology`` is None if the graph describes none; ``metadata`` is all that is said of it,
    ``about`` what a reader wants to know first. ``loose`` are the properties that no class has in
    particular; ``alphabet`` has every term that is described; ``borrowed`` are other terms that the
    graph declares or uses, by their namespaces. Without an ontology of its own ``in_use`` are all
    terms, and ``ontologies`` those that the graph describes. ``places`` are those of all terms that
    are described. ``is_partial`` tells that the graph says more of its terms than was read.
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
