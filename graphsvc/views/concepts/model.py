"""The data of the pages of thesauri: plain values without store or HTML."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graphsvc.queries import BoundQuery
    from graphsvc.views.model import Named


@dataclass(frozen=True, slots=True)
class ConceptNode:
    """A concept in a tree, and the narrower concepts that are shown.

    ``is_self`` marks the concept of the page; ``is_circular`` a concept that is under itself, where
    the tree ends; ``more`` is the number of narrower concepts that are not shown.
    """

    concept: Named
    nodes: tuple[ConceptNode, ...] = ()
    is_self: bool = False
    is_circular: bool = False
    more: int = 0


@dataclass(frozen=True, slots=True)
class ConceptTree:
    """Concepts, the narrower ones under the broader ones.

    ``more`` is the number of paths, or roots, that are left out; ``is_partial`` tells that not
    everything was read.
    """

    nodes: tuple[ConceptNode, ...]
    query: BoundQuery
    more: int = 0
    is_partial: bool = False


@dataclass(frozen=True, slots=True)
class LabelsIn:
    """The labels of a concept in one language, by kind."""

    language: str | None
    preferred: tuple[str, ...]
    alternative: tuple[str, ...]
    hidden: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """A concept of another scheme that a concept is mapped to, and the scheme.

    ``source`` is the host of the target, which is shown if no scheme is known.
    """

    target: Named
    schemes: tuple[Named, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Concept:
    """The block of a concept besides its facts.

    ``mappings`` are by mapping property. ``all_narrower`` is the parameter of the address that
    lists all narrower concepts: a property and its direction.
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
    """The block of a concept scheme besides its facts: the first two levels of its tree.

    ``concepts`` is the number of concepts in the scheme.
    """

    tree: ConceptTree | None
    concepts: int


@dataclass(frozen=True, slots=True)
class CollectionMembers:
    """The members of a collection; ``more`` is the number of those left out."""

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
