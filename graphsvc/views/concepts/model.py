"""What the pages of thesauri show: plain values, no store and no HTML in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graphsvc.queries import BoundQuery
    from graphsvc.views.model import Named


@dataclass(frozen=True, slots=True)
class ConceptNode:
    """A concept in a tree, and those under it that are shown.

    ``is_self`` marks the concept that the page is about; ``is_circular`` one that is under itself,
    where the tree ends; ``more`` counts concepts under it that are not shown.
    """

    concept: Named
    nodes: tuple[ConceptNode, ...] = ()
    is_self: bool = False
    is_circular: bool = False
    more: int = 0


@dataclass(frozen=True, slots=True)
class ConceptTree:
    """Concepts, the more special ones under the more general ones.

    ``more`` counts ways, or roots, that are left out; ``is_partial`` tells that not all was read.
    """

    nodes: tuple[ConceptNode, ...]
    query: BoundQuery
    more: int = 0
    is_partial: bool = False


@dataclass(frozen=True, slots=True)
class LabelsIn:
    """The labels of a concept in one language, by how they are meant."""

    language: str | None
    preferred: tuple[str, ...]
    alternative: tuple[str, ...]
    hidden: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """What a concept is said to match elsewhere, and in which scheme that is.

    ``source`` is what tells where the target is from, if no scheme is known: the name of a host.
    """

    target: Named
    schemes: tuple[Named, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Concept:
    """What the page of a concept shows beside its facts.

    ``mappings`` are by the property that says so. ``all_narrower`` is the property and its
    direction by which an address asks for the concepts under it.
    """

    labels: tuple[LabelsIn, ...]
    labels_query: BoundQuery
    notations: tuple[str, ...]
    tree: ConceptTree | None
    all_narrower: str | None
    schemes: tuple[Named, ...]
    collections: tuple[Named, ...]
    mappings: tuple[tuple[Named, tuple[Match, ...]], ...]
    mappings_query: BoundQuery


@dataclass(frozen=True, slots=True)
class Scheme:
    """What the page of a concept scheme shows beside its facts: the first two levels of its tree.

    ``concepts`` counts those that say to be in it.
    """

    tree: ConceptTree | None
    concepts: int


@dataclass(frozen=True, slots=True)
class CollectionMembers:
    """The members of a collection; ``more`` are left out."""

    members: tuple[Named, ...]
    is_ordered: bool
    more: int
    query: BoundQuery | None


@dataclass(frozen=True, slots=True)
class Outline:
    """A concept scheme on the first page, with its top concepts.

    ``scheme`` is None for the concepts of a graph without concept schemes.
    """

    scheme: Named | None
    concepts: int
    tops: tuple[Named, ...]
    more: int
