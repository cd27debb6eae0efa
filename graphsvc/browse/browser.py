"""A graph that is browsed: what stays the same from page to page, and what was found lately."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from graphsvc.browse import facets, table
from graphsvc.browse.at_hand import AtHand
from graphsvc.browse.counting import Engine
from graphsvc.browse.facts import Facts
from graphsvc.browse.holdings import Holdings
from graphsvc.browse.lanes import Lanes
from graphsvc.browse.lately import Lately
from graphsvc.browse.state import BY_LABEL, State
from graphsvc.entities.model import PAGE_SIZE
from graphsvc.entities.overview import classes
from graphsvc.entities.prologue import PROLOGUE
from graphsvc.namespaces import GENERALISING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphsvc.browse.counting import Counting, Listed, Used
    from graphsvc.browse.facets import Facets
    from graphsvc.browse.lanes import Lane
    from graphsvc.browse.state import Sort
    from graphsvc.browse.table import Table
    from graphsvc.entities.catalogue import Catalogue
    from graphsvc.entities.layout import Place
    from graphsvc.entities.model import ClassCount
    from graphsvc.store.base import Term

_GENERAL = (
    PROLOGUE
    + f"""
SELECT DISTINCT ?property WHERE {{
  ?step rdf:predicate ?property ;
    dcterms:conformsTo {GENERALISING} .
}}
"""
)

_DERIVED = (
    PROLOGUE
    + """
SELECT DISTINCT ?property WHERE { ?step rdf:predicate ?property ; prov:wasDerivedFrom ?source }
"""
)

HELD_QUADS = 50_000
"""Of releases up to so many quads the facts are held in memory, in each process."""

_KEPT = 64
"""How many answers are kept: a table's pages and orders share what they have in common."""


class Browser:
    """A catalogue, its lanes, and the answers that the pages of one release share."""

    def __init__(self, catalogue: Catalogue, quads: int) -> None:
        """Take a catalogue, and how many quads it has: few are held in memory."""
        self.catalogue = catalogue
        self.lanes = Lanes(catalogue)
        self._engine = Engine(catalogue)
        self._is_small = quads <= HELD_QUADS
        self._kept = Lately(_KEPT)

    @cached_property
    def facts(self) -> Facts:
        """Return the facts of all things."""
        near = self.catalogue.near
        return Facts(AtHand(near.quads()) if self._is_small else near)

    @cached_property
    def _holdings(self) -> Holdings | None:
        return Holdings(self.catalogue) if self._is_small else None

    def read_ahead(self, language: str) -> None:
        """Read what pages share, in a language, so that no visitor waits for it."""
        _ = self.facts, self.general
        if self._holdings is not None:
            self._holdings.listed(State(), language)
            for thing in self._holdings.things:
                self.catalogue.name(thing, language)
                self.lanes.of(self.facts.types(thing), language)

    def counting(self, state: State) -> Counting:
        """Return what counts the things of a state."""
        held = self._holdings
        return held if held is not None and held.covers(state) else self._engine

    @cached_property
    def general(self) -> frozenset[Term]:
        """Return the properties of which something follows from a more special property."""
        return frozenset(row["property"] for row in self.catalogue.store.select(_GENERAL))

    @cached_property
    def derived(self) -> frozenset[Term]:
        """Return the properties of which rules reach something."""
        return frozenset(row["property"] for row in self.catalogue.store.select(_DERIVED))

    def table(self, state: State, language: str, size: int = PAGE_SIZE) -> Table:
        """Return a page of the things that fit a state."""
        return table.table(self, state, language, size=size)

    def facets(self, state: State, language: str) -> Facets:
        """Return by what the things that fit a state can be narrowed further."""
        key = ("facets", state.filter, state.facet, language)
        return self._kept.one(key, lambda: facets.facets(self, state, language))

    def listed(self, state: State, language: str) -> Listed:
        """Return which things fit a state, in its order: that of their names if it says none."""
        wanted = replace(state.filter, sort=state.sort or BY_LABEL)
        key = ("listed", wanted, language)
        return self._kept.one(key, lambda: self.counting(wanted).listed(wanted, language))

    def order(self, state: State, language: str) -> Sort:
        """Return by what the things of a state are sorted: as it says, or as suits them."""
        return state.sort or self._kept.one(
            ("order", state.filter, language), lambda: table.order(self, state, language)
        )

    def used(self, state: State) -> dict[Place, Used]:
        """Return which properties the things have that fit a state."""
        return self._kept.one(("used", state.filter), lambda: facets.used(self, state))

    def choices(self, state: State, language: str) -> tuple[Lane, ...]:
        """Return the columns that the shapes offer for the things of a state, in order."""

        def find() -> tuple[Lane, ...]:
            types = state.classes or facets.types(self, state)
            return self.lanes.of(types, language)

        return self._kept.one(("choices", state.filter, language), find)

    def classes(self, language: str) -> tuple[ClassCount, ...]:
        """Return the tree of the classes that have members."""
        return self._kept.one(("classes", language), lambda: classes(self.catalogue, language))

    def class_counts(self, state: State) -> Mapping[Term, int]:
        """Return how many things of each class of the ontology fit a state without classes."""
        if self._holdings is not None:
            return self._holdings.classes(state)
        if self.listed(state, "en").order is None:
            return {}
        return self._engine.classes(state)
