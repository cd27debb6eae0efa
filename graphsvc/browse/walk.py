"""Walking along paths from many things at once, and what vouches for each step.

Facts are looked up one by one, where they are at hand.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, NamedNode, Triple

from graphsvc.browse.paths import Alternative, Path, Repeated, Sequence
from graphsvc.entities.evidence import FactDraft, quoted
from graphsvc.entities.labels import spelled
from graphsvc.entities.layout import Place
from graphsvc.entities.model import Named, Passage, Status
from graphsvc.errors import ParameterError
from graphsvc.namespaces import DCTERMS, PROV, RDF

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from graphsvc.browse.lanes import Qualifier
    from graphsvc.entities.catalogue import Catalogue
    from graphsvc.entities.evidence import Graph
    from graphsvc.store.base import Subject, Term

_LONGEST = 12
"""How often a path may repeat: a ring ends sooner, a longer chain is not followed further."""

MOST_POINTING = 5_000
"""How many facts that point to the things of a page are read for one column."""

# The rule for subproperties: https://www.w3.org/TR/owl2-profiles/#prp-spo1
_GENERAL = NamedNode("http://www.w3.org/TR/owl2-profiles/#prp-spo1")

_WEAKEST = (Status.RECORDED, Status.INFERRED, Status.EDITORIAL, Status.STATED)


@dataclass(frozen=True, slots=True)
class Reached:
    """What a path leads to from a thing, and the facts along it."""

    start: Term
    term: Term
    steps: tuple[Triple, ...] = ()


@dataclass(slots=True)
class Evidence:
    """What vouches for a value: who says so, in which passages; ``follows`` if a rule does."""

    status: Status
    passages: tuple[Passage, ...]

    @property
    def follows(self) -> bool:
        """Tell whether the passages are what the value follows from, instead of its words."""
        return self.status is Status.INFERRED


@dataclass(slots=True)
class Walk:
    """The facts that were read for a page so far."""

    catalogue: Catalogue
    language: str
    graphs: dict[Triple, set[Graph]] = field(default_factory=lambda: defaultdict(set))
    _held: dict[tuple[NamedNode, Place], list[Triple]] = field(default_factory=dict)
    _passages: Mapping[Graph, Passage] = field(default_factory=dict)
    _sources: dict[Triple, set[Term]] = field(default_factory=lambda: defaultdict(set))
    _rules: dict[Triple, set[Term | None]] = field(default_factory=lambda: defaultdict(set))

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

    def know(self, facts: Iterable[Triple]) -> None:
        """Read what vouches for the facts."""
        facts = set(facts)
        derived = [fact for fact in facts if self._is_inferred(fact)]
        self._load_sources(derived)
        graphs = {graph for fact in facts for graph in self.graphs[fact]}
        graphs |= {graph for fact in derived for graph in self._sources[fact]}
        self._passages = quoted(self.catalogue, graphs)

    def name(self, term: Term) -> Named:
        """Return a term under its label."""
        return self.catalogue.name(term, self.language)

    def evidence(self, steps: Iterable[Triple]) -> Evidence:
        """Return what vouches for a chain of facts: the weakest decides; `know` them first."""
        facts = [
            FactDraft(step, spelled(step.object), self.graphs[step]).fact(
                self.catalogue, self._passages
            )
            for step in steps
        ]
        status = min((fact.status for fact in facts), key=_WEAKEST.index, default=Status.RECORDED)
        found = {passage for fact in facts for passage in fact.passages}
        found |= {
            self._passages[graph]
            for fact in facts
            for graph in self._sources.get(fact.triple, ())
            if graph in self._passages
        }
        return Evidence(status, tuple(sorted(found, key=lambda passage: passage.order)))

    def restates(self, fact: Triple) -> bool:
        """Tell whether a fact only says more generally what a more special property says."""
        return self._rules.get(fact) == {_GENERAL} and self._is_inferred(fact)

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
        predicate = place.property
        if not isinstance(predicate, NamedNode):
            return []
        near = self.catalogue.near
        found = (
            near.quads(predicate=predicate, value=node)
            if place.incoming
            else near.quads(subject=node, predicate=predicate)
        )
        facts: dict[Triple, None] = {}
        for quad in found:
            fact = quad.triple
            facts[fact] = None
            self.graphs[fact].add(quad.graph_name)
        return list(facts)

    def _must_be_few(self, nodes: Iterable[NamedNode], place: Place) -> None:
        """Refuse a column that shows a part of what there is: it would be taken for the whole."""
        predicate = place.property
        if isinstance(predicate, NamedNode):
            near = self.catalogue.near
            found = (near.triples(predicate=predicate, value=node) for node in nodes)
            if len(list(islice(chain.from_iterable(found), MOST_POINTING + 1))) > MOST_POINTING:
                raise ParameterError(
                    f"More than {MOST_POINTING:,} facts of {predicate} point to the things shown.",
                    remedy="Leave that column out, or show fewer things; the page of each has all.",
                )

    def _is_inferred(self, fact: Triple) -> bool:
        return self.graphs[fact] <= {self.catalogue.inferred}

    def _load_sources(self, facts: Iterable[Triple]) -> None:
        """Read from which passages derived facts follow, and by which rules."""
        of: dict[NamedNode, set[Triple]] = defaultdict(set)
        for fact in facts:
            if isinstance(fact.subject, NamedNode):
                of[fact.subject].add(fact)
        for subject, wanted in of.items():
            predicates = {fact.predicate for fact in wanted}
            for node in self._derivations(subject):
                for fact in self._derived(node, subject, predicates) & wanted:
                    self._sources[fact].update(self._said(node, PROV.wasDerivedFrom))
                    self._rules[fact].update(self._said(node, DCTERMS.conformsTo) or [None])

    def _derivations(self, subject: NamedNode) -> Iterator[Subject]:
        for quad in self.catalogue.near.triples(predicate=RDF.subject, value=subject):
            if isinstance(quad.subject, NamedNode | BlankNode):
                yield quad.subject

    def _derived(
        self, node: Subject, subject: NamedNode, predicates: AbstractSet[NamedNode]
    ) -> set[Triple]:
        """Return the facts that a node derives, those with other predicates left out."""
        named = (one for one in self._said(node, RDF.predicate) if isinstance(one, NamedNode))
        return {
            Triple(subject, predicate, value)
            for predicate in named
            if predicate in predicates
            for value in self._said(node, RDF.object)
        }

    def _said(self, node: Subject, predicate: NamedNode) -> list[Term]:
        return [quad.object for quad in self.catalogue.near.triples(node, predicate)]
