"""The blocks of a page besides its facts, for things of well-known types.

These are concepts, schemes and collections, datasets and catalogues, and ontologies. Each block has
its own queries; they run only if the types or the properties of a thing call for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from graphsvc.views import catalogue, concepts
from graphsvc.views.catalogue import Catalogue, Distributions
from graphsvc.views.concepts.model import CollectionMembers, Concept, Scheme
from graphsvc.views.vocabulary import defined
from graphsvc.views.vocabulary.defined import Defined

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphsvc.store.base import Term
    from graphsvc.views.graph import Graph
    from graphsvc.views.names import Names
    from graphsvc.views.thing.answers import Answers

B = TypeVar("B")


@dataclass(frozen=True, slots=True)
class Blocks:
    """The blocks of a page; None for blocks that it does not have."""

    concept: Concept | None = None
    scheme: Scheme | None = None
    members: CollectionMembers | None = None
    distributions: Distributions | None = None
    catalogue: Catalogue | None = None
    defined: Defined | None = None


class BlocksDraft:
    """The blocks of a page before the names of their terms are read."""

    def __init__(self, graph: Graph, answers: Answers) -> None:
        self._drafts = [
            *concepts.drafts(graph, answers),
            *catalogue.drafts(graph, answers),
            *defined.drafts(graph, answers),
        ]

    def terms(self) -> Iterator[Term]:
        """Yield the terms that need names."""
        for draft in self._drafts:
            yield from draft.terms()

    def with_names(self, names: Names) -> Blocks:
        blocks = [draft.with_names(names) for draft in self._drafts]

        def of(kind: type[B]) -> B | None:
            return next((block for block in blocks if isinstance(block, kind)), None)

        return Blocks(
            concept=of(Concept),
            scheme=of(Scheme),
            members=of(CollectionMembers),
            distributions=of(Distributions),
            catalogue=of(Catalogue),
            defined=of(Defined),
        )
