"""The classes and properties of a graph, read once, since every page needs some of them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from pyoxigraph import Literal, NamedNode

from graphsvc.naming import ALSO
from graphsvc.views.labels import Labels, best_definition, spell_term
from graphsvc.views.layout import Layout
from graphsvc.views.queries import view_query
from graphsvc.views.values import as_int

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from graphsvc.naming import Naming
    from graphsvc.queries import BoundQuery
    from graphsvc.store.base import Table, Term
    from graphsvc.views.model import Named

    _Fact: TypeAlias = tuple[Term, Term, Term]

LABELS = view_query("terms/labels")
DEFINITIONS = view_query("terms/definitions")
NAMINGS = view_query("terms/namings")
DIMENSIONS = view_query("terms/dimensions")
SHAPES = view_query("terms/shapes")
TARGETS = view_query("terms/targets")
SUPERCLASSES = view_query("terms/superclasses")
MEMBERS = view_query("terms/members")
TEMPLATES = view_query("terms/templates")
SUPERPROPERTIES = view_query("terms/superproperties")
CHAINS = view_query("terms/chains")
INVERSES = view_query("terms/inverses")


@dataclass(frozen=True, slots=True)
class Chain:
    """A property chain: a property that replaces two properties, one after the other.

    https://www.w3.org/TR/owl2-syntax/#Object_Subproperties
    """

    shortcut: Term
    first: Term
    second: Term


@dataclass(frozen=True)
class Terms:
    """The classes and properties: their labels, definitions, and shapes.

    ``namings`` are the properties for other names of things, ``dimensions`` the quality dimensions
    of classes of notes, ``chains`` the property chains.
    """

    namings: frozenset[Term]
    dimensions: Mapping[Term, AbstractSet[Term]]
    layout: Layout
    chains: Sequence[Chain]
    _naming: Naming
    _labels: Labels
    _definitions: Mapping[Term, AbstractSet[Term]]
    _above: Mapping[Term, AbstractSet[Term]]
    _members: Mapping[Term, int]
    _more_general: Mapping[Term, AbstractSet[Term]]
    _inverses: Mapping[Term, AbstractSet[Term]]

    @classmethod
    def read(cls, rows: Callable[[BoundQuery], Table], naming: Naming) -> Terms:
        """Read them with a function that answers queries."""
        labels = Labels()
        for row in rows(LABELS.bind({"labelling": naming.plain})):
            label, rank = row["label"], row["rank"]
            if isinstance(label, Literal) and isinstance(rank, Literal):
                labels.add(row["term"], label, int(rank.value))
        return cls(
            namings=frozenset(row["naming"] for row in rows(NAMINGS.bind({"root": ALSO}))),
            dimensions=_pairs(rows(DIMENSIONS.bind({}))),
            layout=Layout(*(rows(query.bind({})) for query in (TARGETS, SHAPES, TEMPLATES))),
            chains=tuple(
                Chain(row["shortcut"], row["first"], row["second"]) for row in rows(CHAINS.bind({}))
            ),
            _naming=naming,
            _labels=labels,
            _definitions=_pairs(rows(DEFINITIONS.bind({}))),
            _above=_pairs(rows(SUPERCLASSES.bind({}))),
            _members={
                row["class"]: as_int(row["members"]) or 0
                for row in rows(MEMBERS.bind({}))
                if "class" in row
            },
            _more_general=_transitive_closure(_pairs(rows(SUPERPROPERTIES.bind({})))),
            _inverses=_pairs(rows(INVERSES.bind({}))),
        )

    def has(self, term: Term) -> bool:
        """Tell whether a term is a class or property with a label."""
        return bool(self._labels.all(term))

    def labels(self, term: Term) -> Sequence[str]:
        """Return every label of a class or property."""
        return self._labels.all(term)

    def name(self, term: Term, languages: str) -> Named | None:
        """Return a class or property with its label; None if it has none."""
        return self._labels.name(term, languages)

    def named(self, term: Term, languages: str) -> Named:
        """Return a class or property with its label, or else with its prefixed name."""
        return self.name(term, languages) or spell_term(term, self._naming.prefixes)

    def definition(self, term: Term, languages: str) -> str:
        """Return the definition of a class or property; empty if there is none."""
        return best_definition(term, self._definitions.get(term, ()), languages)

    def members(self, cls: Term) -> int:
        """Return the number of things of a class, from the graph's statistics."""
        return self._members.get(cls, 0)

    @property
    def classes(self) -> Collection[Term]:
        """Return the classes in the graph's statistics."""
        return self._members.keys()

    def most_specific(self, classes: Iterable[Term]) -> list[Term]:
        """Return the most specific ones of some classes, in their order.

        Of equivalent classes only the first one is returned.
        """
        candidates = [cls for cls in dict.fromkeys(classes) if isinstance(cls, NamedNode)]
        above = {cls: set(self.superclasses(cls)) for cls in candidates}
        specific: list[Term] = []
        for cls in candidates:
            under = [other for other in candidates if other != cls and cls in above[other]]
            equal = {other for other in under if other in above[cls]}
            if len(under) == len(equal) and equal.isdisjoint(specific):
                specific.append(cls)
        return specific

    def is_more_special(self, prop: Term, other: Term) -> bool:
        """Tell whether a property is a strict subproperty of another one."""
        above = self._more_general.get(prop, frozenset())
        return other in above and prop not in self._more_general.get(other, frozenset())

    def most_special(self, facts: Sequence[_Fact]) -> list[_Fact]:
        """Return the facts (subject, property, value) that no more specific one implies."""
        properties: dict[tuple[Term, Term], list[Term]] = defaultdict(list)
        for subject, prop, value in facts:
            properties[subject, value].append(prop)
        return [
            (subject, prop, value)
            for subject, prop, value in facts
            if not any(self.is_more_special(other, prop) for other in properties[subject, value])
        ]

    def inverses(self, prop: Term) -> AbstractSet[Term]:
        """Return the inverse properties of a property."""
        return self._inverses.get(prop, frozenset())

    def directly_above(self, cls: Term) -> AbstractSet[Term]:
        """Return the stated superclasses of a class."""
        return self._above.get(cls, frozenset())

    def superclasses(self, cls: Term) -> Iterator[Term]:
        """Yield all superclasses of a class, direct and indirect, each once."""
        queue: list[Term] = [cls]
        visited: set[Term] = set()
        while queue:
            for each in sorted(self._above.get(queue.pop(), set()) - visited, key=str):
                visited.add(each)
                queue.append(each)
                yield each


def _pairs(table: Table) -> Mapping[Term, AbstractSet[Term]]:
    """Group the terms of the second column by those of the first."""
    groups: dict[Term, set[Term]] = defaultdict(set)
    for first, second in table.rows:
        if first is not None and second is not None:
            groups[first].add(second)
    return groups


def _transitive_closure(
    above: Mapping[Term, AbstractSet[Term]],
) -> Mapping[Term, AbstractSet[Term]]:
    """Return all terms above each term, direct and indirect."""
    closure: dict[Term, AbstractSet[Term]] = {}
    for term in above:
        ancestors: set[Term] = set()
        queue = [term]
        while queue:
            new = above.get(queue.pop(), frozenset()) - ancestors
            ancestors |= new
            queue += new
        closure[term] = ancestors
    return closure
