"""Walking along paths from many things at once, and what vouches for each step.

Facts are read for whole sets of things, so that a page costs a handful of queries however many
cells it has.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, NamedNode, Triple

from graphsvc.browse.paths import Alternative, Path, Repeated, Sequence
from graphsvc.browse.patterns import values
from graphsvc.entities.evidence import QUOTE_CLAUSE, FactDraft, passages
from graphsvc.entities.labels import LABEL_CLAUSE, Labels, spelled
from graphsvc.entities.layout import Place
from graphsvc.entities.model import Named, Passage, Status
from graphsvc.entities.prologue import PROLOGUE
from graphsvc.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from graphsvc.browse.lanes import Qualifier
    from graphsvc.entities.catalogue import Catalogue
    from graphsvc.store.base import Term

_LONGEST = 12
"""How often a path may repeat: a ring ends sooner, a longer chain is not followed further."""

MOST_POINTING = 5_000
"""How many facts that point to the things of a page are read for one column."""

# Each takes the clause that says of which things.
_OUT = """
SELECT DISTINCT ?graph ?node ?property ?value WHERE {
  %s GRAPH ?graph { ?node ?property ?value }
}
"""
# One row too many tells that there are more.
_IN = f"""
SELECT DISTINCT ?graph ?node ?property ?value WHERE {{
  %s GRAPH ?graph {{ ?value ?property ?node }}
}} LIMIT {MOST_POINTING + 1}
"""
_LABELS = PROLOGUE + f"SELECT DISTINCT ?thing ?rank ?label WHERE {{ %s {LABEL_CLAUSE} }}"
_QUOTES = PROLOGUE + f"SELECT DISTINCT ?passage ?quote ?number WHERE {{ %s {QUOTE_CLAUSE} }}"
_SOURCES = (
    PROLOGUE
    + """
SELECT DISTINCT ?subject ?property ?object ?rule ?passage WHERE {
  %s ?derivation rdf:subject ?subject ; rdf:predicate ?property ; rdf:object ?object ;
    prov:wasDerivedFrom ?passage .
  OPTIONAL { ?derivation dcterms:conformsTo ?rule }
}
"""
)

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
    graphs: dict[Triple, set[Term]] = field(default_factory=lambda: defaultdict(set))
    _out: dict[Term, dict[Term, list[Triple]]] = field(default_factory=dict)
    _in: dict[tuple[Term, Term], list[Triple]] = field(default_factory=dict)
    _labels: Labels = field(default_factory=Labels)
    _passages: dict[Term, Passage] = field(default_factory=dict)
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
        wanted: set[Term] = {node for node in nodes if isinstance(node, NamedNode)}
        pointing = {place.property for place in places if place.incoming}
        self._load_out(wanted - self._out.keys())
        for predicate in pointing:
            self._load_in({node for node in wanted if (node, predicate) not in self._in}, predicate)

    def know(self, terms: Iterable[Term], facts: Iterable[Triple]) -> None:
        """Read what the terms are called, and what vouches for the facts."""
        named = {term for term in terms if isinstance(term, NamedNode)}
        if named:
            query = _insert(_LABELS, values("thing", sorted(named, key=str)))
            for row in self.catalogue.store.select(query):
                self._labels.add(row["thing"], row["label"], int(row["rank"].value))  # type: ignore[arg-type, union-attr]
        facts = set(facts)
        derived = [fact for fact in facts if self.graphs[fact] <= {self.catalogue.inferred}]
        self._load_sources(derived)
        graphs = {graph for fact in facts for graph in self.graphs[fact]}
        graphs |= {graph for fact in derived for graph in self._sources[fact]}
        if graphs:
            query = _insert(_QUOTES, values("passage", sorted(graphs, key=str)))
            self._passages.update(passages(self.catalogue.store.select(query)))

    def name(self, term: Term) -> Named:
        """Return a term under its label; `know` it first."""
        return self._labels.name(term, self.language) or (
            self.catalogue.term(term, self.language)
            if isinstance(term, NamedNode)
            else spelled(term)
        )

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
        return self._rules.get(fact) == {_GENERAL} and self.graphs[fact] <= {
            self.catalogue.inferred
        }

    def _step(self, front: list[Reached], place: Place) -> list[Reached]:
        self.load((one.term for one in front), (place,))
        if place.incoming:
            return [
                Reached(one.start, fact.subject, (*one.steps, fact))
                for one in front
                for fact in self._in.get((one.term, place.property), ())
            ]
        return [
            Reached(one.start, fact.object, (*one.steps, fact))
            for one in front
            for fact in self._out.get(one.term, {}).get(place.property, ())
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

    def _load_out(self, nodes: set[Term]) -> None:
        if not nodes:
            return
        self._out.update({node: defaultdict(list) for node in nodes})
        query = _insert(_OUT, values("node", sorted(nodes, key=str)))
        for row in self.catalogue.store.select(query):
            fact = Triple(row["node"], row["property"], row["value"])  # type: ignore[arg-type]
            self._add(fact, row, self._out[row["node"]][row["property"]])

    def _load_in(self, nodes: set[Term], predicate: Term) -> None:
        if not nodes:
            return
        self._in.update({(node, predicate): [] for node in nodes})
        clause = values("node", sorted(nodes, key=str)) + " " + values("property", [predicate])
        found = self.catalogue.store.select(_insert(_IN, clause))
        if len(found.rows) > MOST_POINTING:
            # A column that shows a part of what there is would be taken for the whole.
            raise ParameterError(
                f"More than {MOST_POINTING:,} facts of {predicate} point to the things shown.",
                remedy="Leave that column out, or show fewer things; the page of each has all.",
            )
        for row in found:
            if isinstance(row["value"], NamedNode | BlankNode):
                fact = Triple(row["value"], row["property"], row["node"])  # type: ignore[arg-type]
                self._add(fact, row, self._in[row["node"], predicate])

    def _add(self, fact: Triple, row: Mapping[str, Term], held: list[Triple]) -> None:
        if fact not in held:
            held.append(fact)
        self.graphs[fact].add(row["graph"])

    def _load_sources(self, facts: Iterable[Triple]) -> None:
        """Read from which passages derived facts follow: of all facts of their subjects at once."""
        subjects = {fact.subject for fact in facts if isinstance(fact.subject, NamedNode)}
        if not subjects:
            return
        query = _insert(_SOURCES, values("subject", sorted(subjects, key=str)))
        for row in self.catalogue.store.select(query):
            fact = Triple(row["subject"], row["property"], row["object"])  # type: ignore[arg-type]
            self._sources[fact].add(row["passage"])
            self._rules[fact].add(row.get("rule"))


def _insert(query: str, clause: str) -> str:
    """Return the query with its clause; what the clause holds is `graphsvc.browse.patterns`'."""
    return query.replace("%s", clause, 1)
