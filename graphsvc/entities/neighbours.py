"""What stands around a thing: the things that it is tied to, by which facts, and who says so."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice
from typing import TYPE_CHECKING, TypeGuard

from pyoxigraph import NamedNode, Triple

from graphsvc.entities.evidence import Derivations, FactDraft, quoted
from graphsvc.entities.model import Named, Status
from graphsvc.namespaces import OA, RDF

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pyoxigraph import Quad

    from graphsvc.entities.catalogue import Catalogue
    from graphsvc.entities.evidence import Graph
    from graphsvc.entities.model import Passage

RING_SIZE = 60
"""How many neighbours are shown at once."""

_MOST_LOOKED_THROUGH = 1000
"""How many facts of each direction are looked through for neighbours."""

_BESIDE = frozenset({RDF.subject, RDF.object, OA.hasTarget})


@dataclass(frozen=True, slots=True)
class Tie:
    """A fact that ties a neighbour to a thing; ``incoming`` if the neighbour is its subject.

    The passages state the fact, or are those that it follows from.
    """

    property: Named
    incoming: bool
    status: Status
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A thing beside another one, and all that ties the two together, the weightiest first.

    What is stated comes before what is inferred, and then what leads to the neighbour.
    """

    thing: Named
    ties: tuple[Tie, ...]

    @property
    def first(self) -> Tie:
        """Return the tie that stands for all where there is room for one."""
        return self.ties[0]

    @property
    def incoming(self) -> bool:
        """Tell whether the neighbour points to the thing, going by that tie."""
        return self.first.incoming


@dataclass(frozen=True, slots=True)
class Ring:
    """The neighbours of a thing: a page of them, and how many there are.

    ``is_partial`` tells that so many facts speak of the thing that not all were looked through.
    """

    centre: Named
    neighbours: tuple[Neighbour, ...]
    total: int
    page: int
    is_partial: bool

    @property
    def pages(self) -> int:
        """Return on how many pages they stand."""
        return max(1, -(-self.total // RING_SIZE))

    @property
    def is_whole(self) -> bool:
        """Tell whether all of them are here."""
        return self.pages == 1 and not self.is_partial

    @property
    def place(self) -> int:
        """Return the number of the first one here, counted from 1."""
        return (self.page - 1) * RING_SIZE + 1


def ring(catalogue: Catalogue, iri: str, language: str, page: int = 1) -> Ring:
    """Return what stands around a thing, a page of it, in the order of what ties it to the thing.

    What vouches for facts is no neighbour.
    """
    around = _Around(catalogue, NamedNode(iri), language)
    begin = (page - 1) * RING_SIZE
    shown = around.others[begin : begin + RING_SIZE]
    found = sorted(map(around.neighbour, shown), key=_by_property)
    return Ring(
        centre=catalogue.name(around.centre, language),
        neighbours=tuple(found),
        total=len(around.others),
        page=page,
        is_partial=around.is_partial,
    )


def _by_property(one: Neighbour) -> tuple[str, str]:
    return (one.first.property.label, one.thing.label)


def _by_weight(tie: Tie) -> tuple[int, bool, str]:
    return (list(Status).index(tie.status), tie.incoming, tie.property.label)


class _Around:
    """The facts around one thing."""

    def __init__(self, catalogue: Catalogue, centre: NamedNode, language: str) -> None:
        self.centre = centre
        self._catalogue = catalogue
        self._language = language
        self._within = f"{catalogue.base}id/"
        self._derivations: dict[NamedNode, Derivations] = {}
        looked_through = _MOST_LOOKED_THROUGH + 1
        out = list(islice(catalogue.near.triples(centre), looked_through))
        into = list(islice(catalogue.near.triples(value=centre), looked_through))
        self.is_partial = looked_through in (len(out), len(into))
        self._out, self._into = out[:_MOST_LOOKED_THROUGH], into[:_MOST_LOOKED_THROUGH]

    @cached_property
    def others(self) -> list[NamedNode]:
        """Return the neighbours: in an order that needs no names, for there may be very many."""
        labels: dict[NamedNode, str] = {}
        ties: dict[NamedNode, str] = defaultdict(str)
        for other, predicate in chain(self._pointed_to(), self._pointing()):
            if predicate not in labels:
                labels[predicate] = self._catalogue.term(predicate, self._language).label
            ties[other] = min(filter(None, (ties[other], labels[predicate])))
        return sorted(ties, key=lambda other: (ties[other], other.value))

    def neighbour(self, other: NamedNode) -> Neighbour:
        """Return a neighbour with all that ties it to the thing."""
        ties = chain(self._ties(self.centre, other), self._ties(other, self.centre))
        first, *others = sorted(ties, key=_by_weight)
        # What leads the same way as the first stands with it.
        others.sort(key=lambda tie: tie.incoming is not first.incoming)
        return Neighbour(self._catalogue.name(other, self._language), (first, *others))

    def _pointed_to(self) -> Iterator[tuple[NamedNode, NamedNode]]:
        for quad in self._out:
            if quad.predicate != RDF.type and self._is_beside(quad.object):
                yield quad.object, quad.predicate

    def _pointing(self) -> Iterator[tuple[NamedNode, NamedNode]]:
        for quad in self._into:
            other = quad.subject
            if (
                quad.predicate not in _BESIDE
                and self._is_beside(other)
                and next(self._catalogue.near.triples(other, RDF.predicate), None) is None
            ):
                yield other, quad.predicate

    def _is_beside(self, node: object) -> TypeGuard[NamedNode]:
        is_thing = isinstance(node, NamedNode) and node.value.startswith(self._within)
        return is_thing and node != self.centre

    def _ties(self, subject: NamedNode, value: NamedNode) -> Iterator[Tie]:
        graphs: dict[NamedNode, list[Quad]] = defaultdict(list)
        for quad in self._catalogue.near.quads(subject=subject, value=value):
            graphs[quad.predicate].append(quad)
        incoming = value == self.centre
        for predicate, quads in graphs.items():
            if predicate not in (_BESIDE if incoming else (RDF.type,)):
                yield self._tie(Triple(subject, predicate, value), quads, incoming)

    def _tie(self, triple: Triple, quads: Iterable[Quad], incoming: bool) -> Tie:  # noqa: FBT001
        held: set[Graph] = {quad.graph_name for quad in quads}
        named = self._catalogue.term(triple.predicate, self._language)
        fact = FactDraft(triple, named, held).fact(self._catalogue, quoted(self._catalogue, held))
        passages = fact.passages or self._followed_from(triple, fact.status)
        return Tie(named, incoming, fact.status, passages)

    def _followed_from(self, triple: Triple, status: Status) -> tuple[Passage, ...]:
        """Return the passages that a fact follows from on its shortest way."""
        subject = triple.subject
        if status is not Status.INFERRED or not isinstance(subject, NamedNode):
            return ()
        if subject not in self._derivations:
            self._derivations[subject] = Derivations(self._catalogue, subject, self._language)
        ways = self._derivations[subject].of(triple)
        return ways[0].passages if ways else ()
