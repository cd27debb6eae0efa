"""The shapes of what is said about a thing: plain values, no store and no HTML in them."""

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
    """Who says so: the text, the editors, a rule, or the project's records about its files."""

    STATED = "stated"
    EDITORIAL = "editorial"
    INFERRED = "inferred"
    RECORDED = "recorded"


@dataclass(frozen=True, slots=True)
class Named:
    """A term and what to call it; ``term`` is what a link leads to if it is an IRI.

    ``direction`` is "ltr" or "rtl" if the graph says so: else the words themselves tell.
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
    def is_written(self) -> bool:
        """Tell whether nothing names the term, so that it goes by its IRI, maybe with a prefix."""
        iri = self.iri
        if iri is None or self.language is not None:
            return False
        return self.label == iri or (":" in self.label and iri.endswith(self.label.split(":")[1]))


Expression: TypeAlias = tuple[str | Named, ...]
"""A value in words: terms, and what stands between them (a union reads "A or B")."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage of a text: its place in the order of passages, and its exact words."""

    iri: str
    number: int | None
    quote: str
    language: str | None = None

    @property
    def name(self) -> str:
        """Return what to call the passage: its number, else the end of its IRI."""
        return self.iri.rsplit("/", 1)[-1] if self.number is None else str(self.number)

    @property
    def order(self) -> tuple[float, str]:
        """Return the key that puts passages in the order of the text."""
        return (float("inf") if self.number is None else self.number, self.iri)


@dataclass(frozen=True, slots=True)
class Derivation:
    """One way in which a rule reaches a fact: from which passages and graphs."""

    iri: str
    passages: tuple[Passage, ...]
    graphs: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """A named graph that states a fact, and what is said of it: who made it, when, and of what.

    ``publication`` is the nanopublication whose assertion the graph is.
    """

    graph: Named
    publication: Named | None = None
    creators: tuple[Named, ...] = ()
    dates: tuple[Named, ...] = ()
    origins: tuple[Named, ...] = ()


@dataclass(frozen=True, slots=True)
class Annotation:
    """What is said of a fact itself, by property; ``statement`` is what stands for it, if named."""

    statement: Named | None
    properties: tuple[tuple[Named, tuple[Named, ...]], ...]


@dataclass(frozen=True, slots=True)
class Nest:
    """What is said of a nameless thing where it hangs: in words, as a list, or fact by fact.

    ``value`` is there if the node states a value, as statements of Wikidata do. ``is_cut`` tells
    that there is more to say.
    """

    words: Expression = ()
    members: tuple[Fact, ...] = ()
    properties: tuple[tuple[Named, tuple[Fact, ...]], ...] = ()
    value: Fact | None = None
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class LeftOut:
    """How many graphs state a fact beside those that are named, and the query that lists all."""

    count: int
    query: BoundQuery | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """A value of a property, with what vouches for it.

    ``other`` is the far end of the fact: its value, or for an incoming fact its subject. ``nest``
    is what is said of it if it has no name. ``left_out`` is there if very many graphs state it.
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
        """Return the key that puts facts in the order in which the text states them."""
        first = min((passage.order for passage in self.passages), default=(float("inf"), ""))
        return (first, self.other.label)

    @property
    def anchor(self) -> str:
        """Return the fact's name within a page."""
        return claim_name(self.triple)


@dataclass(frozen=True, slots=True)
class Variant:
    """One of several readings that a note sets side by side, and the passages that print it."""

    words: str
    passages: tuple[Passage, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """An editorial note (``oa:hasTarget``): its kinds, and its words, each under its property.

    ``variants`` are readings: several values of one property. ``properties`` are the IRIs that
    it names, ``dimensions`` the kinds of flaw that it is about.
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
        """Tell whether the note is about something that the text does not say."""
        return LDQD.completeness in self.dimensions

    @property
    def is_discrepancy(self) -> bool:
        """Tell whether the note is about passages that do not agree."""
        return LDQD.consistency in self.dimensions


@dataclass(frozen=True, slots=True)
class ClassCount:
    """A class, its definition and how many things are of it; its subclasses stand under it.

    ``written`` tells it from others that are called the same. ``is_record`` tells that it is a
    class of texts, notes, concepts or data, and not of what these speak of.
    """

    cls: Named
    definition: str
    count: int
    subclasses: tuple[ClassCount, ...]
    written: str = ""
    is_record: bool = False

    @property
    def most(self) -> int:
        """Return how many things the largest has of this class and those under it."""
        return max(self.count, *(below.most for below in self.subclasses), 0)


@dataclass(frozen=True, slots=True)
class Dataset:
    """What the graph as a whole is called, and under which licence it may be used."""

    iri: str | None
    title: str
    description: str
    licence: str | None
    licence_name: Named | None = None


def claim_name(statement: Triple | Quad) -> str:
    """Return a short name for a statement, the same wherever it stands.

    It is the fragment that names the claim in the documents of the passages that make it.
    """
    words = f"{statement.subject} {statement.predicate} {statement.object}"
    return "f" + sha256(words.encode()).hexdigest()[:11]
