"""Walking along paths from many things at once, and what vouches for each step.

Facts are looked up one by one, where they are at hand.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from graphsvc.browse.paths import Alternative, Path, Repeated, Sequence
from graphsvc.entities.evidence import quoted, status_of
from graphsvc.entities.layout import Place
from graphsvc.entities.model import Named, Passage, Status
from graphsvc.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyoxigraph import Triple

    from graphsvc.browse.facts import Facts
    from graphsvc.browse.lanes import Qualifier
    from graphsvc.entities.catalogue import Catalogue
    from graphsvc.entities.evidence import Graph
    from graphsvc.store.base import Term

_LONGEST = 12
"""How often a path may repeat: a ring ends sooner, a longer chain is not followed further."""

MOST_POINTING = 5_000
"""How many facts that point to the things of a page are read for one column."""

_WEAKEST = (Status.RECORDED, Status.INFERRED, Status.EDITORIAL, Status.STATED)


@dataclass(frozen=True, slots=True)
class Reached:
    """What a path leads to from a thing, and the facts along it."""

    start: Term
    term: Term
    steps: tuple[Triple, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """What vouches for a value: who says so, in which passages.

    Of what a rule infers these are the passages from which it follows.
    """

    status: Status
    passages: tuple[Passage, ...]


@dataclass(slots=True)
class Walk:
    """The facts that were read for a page so far."""

    catalogue: Catalogue
    facts: Facts
    language: str
    graphs: dict[Triple, frozenset[Graph]] = field(default_factory=dict)
    _held: dict[tuple[NamedNode, Place], list[Triple]] = field(default_factory=dict)
    _evidence: dict[tuple[Triple, ...], Evidence] = field(default_factory=dict)

    def follow(self, front: Iterable[Reached], path: Path) -> list[Reached]:
        """Return what a path leads to, from everything that was reached before."""
        here = list(front)
        if isinstance(path, Place):
            return self._step(here, path)
        if isinstance(path, Sequence):
            for part in path.parts:
                here = self.follow(here, part)
            return here
        if isinstance(path, Alternative):
            return [found for part in path.parts for found in self.follow(here, part)]
        return self._repeat(here, path)

    def qualified(self, found: list[Reached], qualifier: Qualifier) -> list[Reached]:
        """Return what has the value that a qualifier names, or what has not."""
        starts = [Reached(one.term, one.term) for one in found]
        having = {
            one.start for one in self._step(starts, qualifier.place) if one.term == qualifier.value
        }
        return [one for one in found if (one.term in having) != qualifier.negated]

    def load(self, nodes: Iterable[Term], places: Iterable[Place]) -> None:
        """Read the facts of some things at some places, as far as they are not read yet."""
        wanted = dict.fromkeys(node for node in nodes if isinstance(node, NamedNode))
        for place in places:
            unread = [node for node in wanted if (node, place) not in self._held]
            if place.incoming:
                self._must_be_few(unread, place)
            self._held.update({(node, place): self._read(node, place) for node in unread})

    def name(self, term: Term) -> Named:
        """Return a term under its label."""
        return self.catalogue.name(term, self.language)

    def evidence(self, steps: tuple[Triple, ...]) -> Evidence:
        """Return what vouches for a chain of facts: the weakest decides."""
        found = self._evidence.get(steps)
        if found is None:
            facts = [self._fact(step) for step in steps]
            status = min((one.status for one in facts), key=_WEAKEST.index, default=Status.RECORDED)
            passages = {passage for one in facts for passage in one.passages}
            ordered = tuple(sorted(passages, key=lambda passage: passage.order))
            found = self._evidence[steps] = Evidence(status, ordered)
        return found

    def restates(self, fact: Triple) -> bool:
        """Tell whether a fact only says more generally what a more special property says."""
        return self._is_inferred(fact) and self.facts.derived(fact).restates

    def _fact(self, fact: Triple) -> Evidence:
        """Return what vouches for a fact; for one that follows, that from which it follows."""
        graphs = self.graphs[fact]
        stating = quoted(self.catalogue, graphs)
        status = status_of(self.catalogue, graphs, stating)
        if self._is_inferred(fact):
            stating = quoted(self.catalogue, self.facts.derived(fact).sources)
        return Evidence(status, tuple(stating.values()))

    def _step(self, front: list[Reached], place: Place) -> list[Reached]:
        self.load((one.term for one in front), (place,))
        return [
            Reached(one.start, fact.subject if place.incoming else fact.object, (*one.steps, fact))
            for one in front
            if isinstance(one.term, NamedNode)
            for fact in self._held[one.term, place]
        ]

    def _repeat(self, front: list[Reached], path: Repeated) -> list[Reached]:
        reached = {(one.start, one.term): one for one in front} if path.also_none else {}
        here = front
        for _ in range(1 if path.once else _LONGEST):
            found = {(one.start, one.term): one for one in self.follow(here, path.part)}
            here = [one for key, one in found.items() if key not in reached]
            reached.update({(one.start, one.term): one for one in here})
            if not here:
                break
        return list(reached.values())

    def _read(self, node: NamedNode, place: Place) -> list[Triple]:
        found = self.facts.of(node, place)
        self.graphs.update(found)
        return [fact for fact, _ in found]

    def _must_be_few(self, nodes: Iterable[NamedNode], place: Place) -> None:
        """Refuse a column that shows a part of what there is: it would be taken for the whole."""
        predicate = place.property
        if isinstance(predicate, NamedNode) and self.facts.are_more(
            MOST_POINTING, nodes, predicate
        ):
            raise ParameterError(
                f"More than {MOST_POINTING:,} facts of {predicate} point to the things shown.",
                remedy="Leave that column out, or show fewer things; the page of each has all.",
            )

    def _is_inferred(self, fact: Triple) -> bool:
        return self.graphs[fact] <= {self.catalogue.inferred}
