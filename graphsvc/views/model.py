"""The data that views return: plain values without store or HTML."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING, TypeAlias

from pyoxigraph import NamedNode

from graphsvc.namespaces import LDQD

if TYPE_CHECKING:
    from pyoxigraph import Quad, Triple

    from graphsvc.queries import BoundQuery
    from graphsvc.store.base import Term


class Status(StrEnum):
    """The source of a fact: a text, the editors, a rule, or the project's records on its files."""

    STATED = "stated"
    EDITORIAL = "editorial"
    INFERRED = "inferred"
    RECORDED = "recorded"


@dataclass(frozen=True, slots=True)
class Named:
    """A term and its label; a link leads to ``term`` if it is an IRI.

    ``direction`` is "ltr" or "rtl" if the graph says so; otherwise the browser decides.
    """

    term: Term
    label: str
    language: str | None = None
    direction: str | None = None

    @property
    def iri(self) -> str | None:
        """Return the IRI, or None for a literal."""
        return self.term.value if isinstance(self.term, NamedNode) else None

    @property
    def is_unlabelled(self) -> bool:
        """Tell whether the term has no label, so that its IRI is shown, maybe with a prefix."""
        iri = self.iri
        if iri is None or self.language is not None:
            return False
        return self.label == iri or (":" in self.label and iri.endswith(self.label.split(":")[1]))


Expression: TypeAlias = tuple[str | Named, ...]
"""A value in words: terms, and the words between them (a union reads "A or B")."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage of a text: its number in the order of passages, and its exact words."""

    iri: str
    number: int | None
    quote: str
    language: str | None = None

    @property
    def name(self) -> str:
        """Return the name of the passage: its number, or else the end of its IRI."""
        return self.iri.rsplit("/", 1)[-1] if self.number is None else str(self.number)

    @property
    def order(self) -> tuple[float, str]:
        """Return the sort key for the order of the text."""
        return (float("inf") if self.number is None else self.number, self.iri)


@dataclass(frozen=True, slots=True)
class Derivation:
    """One derivation of a fact by a rule, with the passages and graphs of its premises."""

    iri: str
    passages: tuple[Passage, ...]
    graphs: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """A named graph that states a fact: who made the graph, when, and from which sources.

    ``publication`` is the nanopublication whose assertion the graph is.
    """

    graph: Named
    publication: Named | None = None
    creators: tuple[Named, ...] = ()
    dates: tuple[Named, ...] = ()
    origins: tuple[Named, ...] = ()


@dataclass(frozen=True, slots=True)
class Annotation:
    """The annotations of a fact, by property; ``statement`` is the node of the fact, if named."""

    statement: Named | None
    properties: tuple[tuple[Named, tuple[Named, ...]], ...]


@dataclass(frozen=True, slots=True)
class Nest:
    """The content of a blank node, shown in place: in words, as a list, or fact by fact.

    ``value`` is there if the node states a value, as statement nodes of Wikidata do. ``is_cut``
    tells that not everything is shown.
    """

    words: Expression = ()
    members: tuple[Fact, ...] = ()
    properties: tuple[tuple[Named, tuple[Fact, ...]], ...] = ()
    value: Fact | None = None
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class LeftOut:
    """The number of graphs that state a fact and are not shown, and the query that lists all."""

    count: int
    query: BoundQuery | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """A value of a property, with its evidence.

    ``other`` is the value, or the subject of an incoming fact. ``nest`` is its content if it is a
    blank node. ``left_out`` is there if very many graphs state the fact.
    """

    triple: Triple
    other: Named
    status: Status
    passages: tuple[Passage, ...] = ()
    derivations: tuple[Derivation, ...] = ()
    notes: tuple[Note, ...] = ()
    sources: tuple[Source, ...] = ()
    annotations: tuple[Annotation, ...] = ()
    nest: Nest | None = None
    left_out: LeftOut | None = None

    @property
    def order(self) -> tuple[tuple[float, str], str]:
        """Return the sort key for the order in which the text states facts."""
        first = min((passage.order for passage in self.passages), default=(float("inf"), ""))
        return (first, self.other.label)

    @property
    def anchor(self) -> str:
        """Return the fragment of the fact in a page."""
        return claim_name(self.triple)


@dataclass(frozen=True, slots=True)
class Variant:
    """One of several readings that a note compares, and the passages that contain it."""

    words: str
    passages: tuple[Passage, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """An editorial note (``oa:hasTarget``): its classes, and its texts with their properties.

    ``variants`` are readings: several values of one property. ``properties`` are the IRIs that
    it names, ``dimensions`` the quality dimensions that it is about.
    """

    iri: str
    label: str
    kinds: tuple[Named, ...]
    words: tuple[tuple[str, str], ...]
    variants: tuple[Variant, ...] = ()
    passages: tuple[Passage, ...] = ()
    properties: frozenset[Term] = frozenset()
    dimensions: frozenset[Term] = frozenset()

    @property
    def is_omission(self) -> bool:
        """Tell whether the note is about something that is missing in the text."""
        return LDQD.completeness in self.dimensions

    @property
    def is_discrepancy(self) -> bool:
        """Tell whether the note is about passages that contradict each other."""
        return LDQD.consistency in self.dimensions


@dataclass(frozen=True, slots=True)
class ClassCount:
    """A class, its definition, the number of its things, and its subclasses.

    ``disambiguation`` is there if another class has the same name: the IRI, as short as possible.
    ``is_record`` tells that it is a class of texts, notes, concepts or data, and not of their
    subjects.
    """

    cls: Named
    definition: str
    count: int
    subclasses: tuple[ClassCount, ...]
    disambiguation: str = ""
    is_record: bool = False

    @property
    def most(self) -> int:
        """Return the largest count among this class and its subclasses."""
        return max(self.count, *(below.most for below in self.subclasses), 0)


@dataclass(frozen=True, slots=True)
class Dataset:
    """The title, description and licence of the graph as a whole."""

    iri: str | None
    title: str
    description: str
    licence: str | None
    licence_name: Named | None = None


def claim_name(statement: Triple | Quad) -> str:
    """Return a short name for a statement, the same in every graph.

    It is the fragment of the claim in the document of the passage that states it.
    """
    words = f"{statement.subject} {statement.predicate} {statement.object}"
    return "f" + sha256(words.encode()).hexdigest()[:11]
