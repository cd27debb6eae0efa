"""The nodes between a thing and the end of a shortcut: the office between a body and its host.

A property chain replaces two properties, one after the other, by one
(https://www.w3.org/TR/owl2-syntax/#Object_Subproperties). A page shows them as one row: the end of
the chain beside the node in the middle.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import islice
from typing import TYPE_CHECKING, TypeAlias

from pyoxigraph import Literal, NamedNode

from graphsvc.views.collection.facts import FACTS
from graphsvc.views.collection.members import reverse_properties
from graphsvc.views.layout import PropertyRef

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from graphsvc.queries import Query
    from graphsvc.store.base import Term
    from graphsvc.views.graph import Graph
    from graphsvc.views.queries import Row
    from graphsvc.views.terms import Chain

    Ends: TypeAlias = Mapping[Term, Mapping[Term, None]]
    #: A property, and a value in its row.
    FactKey: TypeAlias = tuple[PropertyRef, Term]

_MOST_MIDDLES, _MOST_ROWS = 200, 2000
"""The most middle nodes whose second step is read, and the most rows of that query."""


class Shortcuts:
    """The nodes between a thing and the ends of its shortcuts, by property and end."""

    def __init__(
        self,
        graph: Graph,
        facts: Iterable[Row],
        pointing: Iterable[Row],
        key_properties: Collection[PropertyRef],
    ) -> None:
        """Read the missing steps of the chains; a key property keeps its own row."""
        self._graph = graph
        self._key_properties = key_properties
        self._between: dict[PropertyRef, dict[Term, dict[Term, None]]] = defaultdict(dict)
        self._implying: dict[PropertyRef, dict[Term, FactKey]] = defaultdict(dict)
        self._read_second_steps(_ends(facts, "value"))
        self._read_first_steps(_ends(pointing, "subject"))

    def between(self, ref: PropertyRef, end: Term) -> Sequence[Term]:
        """Return the nodes between the thing and an end of a property."""
        return tuple(self._between.get(ref, {}).get(end, ()))

    def containing_row(self, ref: PropertyRef, end: Term) -> FactKey | None:
        """Return the row and value of another property that contain a fact."""
        return self._implying.get(ref, {}).get(end)

    def terms(self) -> Iterator[Term]:
        """Yield every term that needs a name."""
        for ends in self._between.values():
            for middles in ends.values():
                yield from middles

    def _read_second_steps(self, out: Ends) -> None:
        """Put the values of the first step of a chain beside the values of its shortcut."""
        chains = [
            chain
            for chain in self._graph.terms.chains
            if chain.shortcut in out and chain.first in out and not self._has_leading_row(chain)
        ]
        middles = [middle for chain in chains for middle in out[chain.first]]
        covered: dict[Term, dict[Term, FactKey]] = defaultdict(dict)
        for row in self._steps(FACTS, middles, [chain.second for chain in chains]):
            for chain in chains:
                is_step = row["property"] == chain.second and row["thing"] in out[chain.first]
                if is_step and row["value"] in out[chain.shortcut]:
                    shortcut = PropertyRef(chain.shortcut)
                    self._put(shortcut, row["value"], row["thing"])
                    covered[chain.first][row["thing"]] = (shortcut, row["value"])
        for first, rows in covered.items():
            if rows.keys() >= out[first].keys():
                self._implying[PropertyRef(first)].update(rows)

    def _has_leading_row(self, chain: Chain) -> bool:
        """Tell whether the row of a key property has the values of the first step of a chain."""
        first, is_special = chain.first, self._graph.terms.is_more_special
        own = (ref.property for ref in self._key_properties if not ref.incoming)
        return first == chain.shortcut or any(
            prop == first or is_special(prop, first) or is_special(first, prop) for prop in own
        )

    def _read_first_steps(self, into: Ends) -> None:
        """Put the start of an incoming shortcut beside the middle node of the chain."""
        chains = [
            chain
            for chain in self._graph.terms.chains
            if chain.shortcut in into
            and chain.second in into
            and PropertyRef(chain.second, incoming=True) in self._key_properties
        ]
        middles = [middle for chain in chains for middle in into[chain.second]]
        firsts = [chain.first for chain in chains]
        for row in self._steps(reverse_properties(FACTS), middles, firsts):
            for chain in chains:
                is_step = row["property"] == chain.first and row["thing"] in into[chain.second]
                if is_step and row["value"] in into[chain.shortcut]:
                    second = PropertyRef(chain.second, incoming=True)
                    self._put(second, row["thing"], row["value"])
                    implied = self._implying[PropertyRef(chain.shortcut, incoming=True)]
                    implied[row["value"]] = (second, row["thing"])

    def _put(self, ref: PropertyRef, end: Term, middle: Term) -> None:
        self._between[ref].setdefault(end, {})[middle] = None

    def _steps(
        self, query: Query, middles: Iterable[Term], properties: Iterable[Term]
    ) -> list[Row]:
        named = (middle for middle in dict.fromkeys(middles) if isinstance(middle, NamedNode))
        bound = query.bind(
            {
                "thing": islice(named, _MOST_MIDDLES),
                "property": dict.fromkeys(properties),
                "limit": Literal(_MOST_ROWS),
            }
        )
        return sorted(
            self._graph.rows(bound), key=lambda row: (str(row["thing"]), str(row["value"]))
        )


def _ends(rows: Iterable[Row], end: str) -> Ends:
    ends: dict[Term, dict[Term, None]] = defaultdict(dict)
    for row in rows:
        ends[row["property"]][row[end]] = None
    return dict(ends)
