"""What is counted of the things that fit a state, and the engine that counts any of them.

A small release is counted at hand instead, by `graphsvc.browse.holdings`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from pyoxigraph import Literal, NamedNode

from graphsvc.browse.ordering import by_label, by_values, sort_key
from graphsvc.browse.patterns import fitting, link, things_query, values
from graphsvc.browse.state import BY_LABEL, State
from graphsvc.entities.evidence import place as whole_number
from graphsvc.entities.labels import LABEL_CLAUSE, Labels, spelled
from graphsvc.entities.layout import Place
from graphsvc.entities.prologue import PROLOGUE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from graphsvc.browse.ordering import Key
    from graphsvc.entities.catalogue import Catalogue
    from graphsvc.store.base import Term

SORTED_THINGS = 10_000
"""How many things are sorted, and their facets counted: to sort takes reading all of them."""

_OUT, _IN = "?thing ?property ?value .", "?value ?property ?thing ."


@dataclass(frozen=True, slots=True)
class Listed:
    """Which things fit: how many in all, and their order, or None if they are too many to sort."""

    total: int
    order: tuple[Term, ...] | None


@dataclass(frozen=True, slots=True)
class Used:
    """How many things have a property, how many values there are, and how often they are had."""

    things: int
    values: int
    links: int
    sample: Term
    """One of the values: those of a property are all of a kind, or nearly so."""


Counts = dict[Place, "Mapping[Term, int]"]


class Counting(Protocol):
    """Counts the things that fit a state: things that are distinct, in the merge of all graphs."""

    def listed(self, state: State, language: str) -> Listed:
        """Return which things fit, in the order of the state."""
        ...

    def used(self, state: State) -> dict[Place, Used]:
        """Return which properties the things have, read either way."""
        ...

    def counts(self, state: State, places: Iterable[Place]) -> Counts:
        """Return how many things have each value, whatever the state asks of that property."""
        ...

    def classes(self, state: State) -> Mapping[Term, int]:
        """Return how many of the things are of each class."""
        ...


class Engine:
    """Counts by asking the store."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._store = catalogue.store

    def listed(self, state: State, language: str) -> Listed:
        """Return which things fit, in the order of the state."""
        total = self._total(state)
        if total > SORTED_THINGS:
            return Listed(total, None)
        wanted = things_query(state, self._catalogue.ontology)
        things = [row["thing"] for row in self._store.select(wanted)]
        labels = self._labels(state)
        sort = state.sort or BY_LABEL
        is_by_label = sort.place == BY_LABEL.place

        def key(thing: Term) -> tuple[str, str]:
            return by_label((labels.name(thing, language) or spelled(thing)).label, thing)

        things.sort(key=key, reverse=sort.descending and is_by_label)
        if is_by_label:
            return Listed(len(things), tuple(things))
        return Listed(len(things), by_values(things, self._keys(state, sort.place, language), sort))

    def used(self, state: State) -> dict[Place, Used]:
        """Return which properties the things have, read either way."""
        found: dict[Place, Used] = {}
        inner = fitting(state, self._catalogue.ontology)
        for incoming, pattern in ((False, _OUT), (True, _IN)):
            query = f"""{PROLOGUE}SELECT ?property (COUNT(DISTINCT ?thing) AS ?things)
              (COUNT(DISTINCT ?value) AS ?values) (COUNT(*) AS ?links) (SAMPLE(?value) AS ?sample)
              WHERE {{ {{ SELECT DISTINCT ?thing WHERE {{ {inner} }} }} {pattern} }}
              GROUP BY ?property"""
            for row in self._store.select(query):
                if "property" in row:
                    things, held, links = (
                        whole_number(row[name]) or 0 for name in ("things", "values", "links")
                    )
                    place = Place(row["property"], incoming)
                    found[place] = Used(things, held, links, row["sample"])
        return found

    def counts(self, state: State, places: Iterable[Place]) -> Counts:
        """Return how many things have each value, whatever the state asks of that property."""
        places = list(places)
        counts: Counts = {}
        for incoming, pattern in ((False, _OUT), (True, _IN)):
            wanted = [
                place for place in places if place.incoming is incoming and not state.on(place)
            ]
            if wanted:
                counts |= self._counted(state, wanted, pattern)
        counts |= {
            place: self._counted_without(state, place) for place in places if state.on(place)
        }
        return counts

    def classes(self, state: State) -> Mapping[Term, int]:
        """Return how many of the things are of each class."""
        query = f"""{PROLOGUE}SELECT ?value (COUNT(DISTINCT ?thing) AS ?count) WHERE {{
          {fitting(state, self._catalogue.ontology)} ?thing a ?value . }} GROUP BY ?value"""
        return dict(self._values(query))

    def _counted(self, state: State, places: Iterable[Place], pattern: str) -> Counts:
        named = {place.property: place for place in places}
        counts: dict[Place, dict[Term, int]] = {place: {} for place in named.values()}
        query = f"""{PROLOGUE}SELECT ?property ?value (COUNT(DISTINCT ?thing) AS ?count) WHERE {{
          {fitting(state, self._catalogue.ontology)}
          {values("property", sorted(named, key=str))} {pattern}
        }} GROUP BY ?property ?value"""
        for row in self._store.select(query):
            if isinstance(row.get("value"), NamedNode | Literal):
                counts[named[row["property"]]][row["value"]] = whole_number(row["count"]) or 0
        return dict(counts)

    def _counted_without(self, state: State, place: Place) -> Mapping[Term, int]:
        rest = fitting(state.without(place), self._catalogue.ontology)
        return dict(
            self._values(
                f"""{PROLOGUE}SELECT ?value (COUNT(DISTINCT ?thing) AS ?count) WHERE {{
          {rest} {link(place, "value")} }} GROUP BY ?value"""
            )
        )

    def _values(self, query: str) -> Iterator[tuple[Term, int]]:
        for row in self._store.select(query):
            if isinstance(row.get("value"), NamedNode | Literal):
                yield row["value"], whole_number(row["count"]) or 0

    def _total(self, state: State) -> int:
        inner = fitting(state, self._catalogue.ontology)
        query = f"{PROLOGUE}SELECT (COUNT(DISTINCT ?thing) AS ?count) WHERE {{ {inner} }}"
        return next((whole_number(row["count"]) or 0 for row in self._store.select(query)), 0)

    def _labels(self, state: State) -> Labels:
        inner = fitting(state, self._catalogue.ontology)
        query = f"{PROLOGUE}SELECT DISTINCT ?thing ?rank ?label WHERE {{ {inner} {LABEL_CLAUSE} }}"
        return Labels.read(self._store.select(query))

    def _keys(self, state: State, place: Place, language: str) -> Iterator[tuple[Term, Key]]:
        """Yield each thing with what it is sorted by, for each of its values."""
        inner = fitting(state, self._catalogue.ontology)
        query = f"""{PROLOGUE}SELECT DISTINCT ?thing ?key ?rank ?label WHERE {{
          {inner} {link(place, "key")}
          OPTIONAL {{ {LABEL_CLAUSE.replace("?thing", "?key")} }}
        }}"""
        table = list(self._store.select(query))
        names = Labels.read({**row, "thing": row["key"]} for row in table if "label" in row)
        for row in table:
            named = names.name(row["key"], language) or spelled(row["key"])
            yield row["thing"], sort_key(row["key"], named.label)
