"""What all things have, read once, for releases that are small.

A page of such a release has its facets counted, and its things sorted, without any query: terms
and properties are numbers here, and to count is to walk along rows of them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, TypeVar

from pyoxigraph import Literal, NamedNode

from graphsvc.browse.counting import Counts, Listed, Used
from graphsvc.browse.ordering import by_label, by_values, sort_key
from graphsvc.browse.patterns import things_query
from graphsvc.browse.state import BY_LABEL, Absent, Is, Present
from graphsvc.entities.labels import LABELLING, Labels, spelled
from graphsvc.entities.layout import Place
from graphsvc.entities.prologue import PROLOGUE
from graphsvc.namespaces import RDF, XSD

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from graphsvc.browse.state import Condition, State
    from graphsvc.entities.catalogue import Catalogue
    from graphsvc.store.base import Term

_LANGUAGES, _STATES = 8, 64
"""In how many languages the order of all things is kept, and for how many states which fit."""

_TYPE = Place(RDF.type)
_CLASSES = PROLOGUE + "SELECT ?ontology ?class WHERE { ?class rdfs:isDefinedBy ?ontology }"

Found = TypeVar("Found")

#: A property and its values, by their numbers.
_Row = tuple[int, tuple[int, ...]]


class Holdings:
    """Things, each with its properties and their values, both ways; see `Counting`."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._terms: dict[Term, int] = {}
        self._places: dict[Place, int] = {}
        self._rows: dict[Term, Sequence[_Row]] = self._read()
        self._term = list(self._terms)
        self._place = list(self._places)
        self._having: dict[Place, list[Term]] = defaultdict(list)
        self._of_class: dict[Term, list[Term]] = defaultdict(list)
        for thing, rows in self._rows.items():
            for place, _ in rows:
                self._having[self._place[place]].append(thing)
            for cls in self._values(thing, self._places.get(_TYPE)):
                self._of_class[self._term[cls]].append(thing)
        defined = catalogue.store.select(_CLASSES, {"ontology": catalogue.ontology})
        self._own = self._of([row["class"] for row in defined])
        self._ranks = lru_cache(_LANGUAGES)(self._in_order)
        self._fitting = lru_cache(_STATES)(self._find)

    @property
    def things(self) -> Iterator[NamedNode]:
        """Return the things of the ontology's classes that have names."""
        return (thing for thing in self._own if isinstance(thing, NamedNode))

    def covers(self, state: State) -> bool:
        """Tell whether all that can fit a state is held: what only points to a text is not."""
        return bool(state.classes) or not any(place.incoming for place, _ in state.conditions)

    def listed(self, state: State, language: str) -> Listed:
        """Return which things fit, in the order of the state."""
        ranks = self._ranks(language)
        sort = state.sort or BY_LABEL
        is_by_label = sort.place == BY_LABEL.place
        descending = sort.descending and is_by_label
        things = sorted(self._fitting(state.filter), key=ranks.__getitem__, reverse=descending)
        if is_by_label:
            return Listed(len(things), tuple(things))
        at = self._places.get(sort.place)
        keys = (
            (thing, sort_key(term, self._catalogue.name(term, language).label))
            for thing in things
            for term in map(self._term.__getitem__, self._values(thing, at))
        )
        return Listed(len(things), by_values(things, keys, sort))

    def used(self, state: State) -> dict[Place, Used]:
        """Return which properties the things have, read either way."""
        having: Counter[int] = Counter()
        links: Counter[int] = Counter()
        values: dict[int, set[int]] = defaultdict(set)
        for thing in self._fitting(state.filter):
            for place, held in self._rows[thing]:
                having[place] += 1
                links[place] += len(held)
                values[place].update(held)
        return {
            self._place[place]: Used(
                things, len(values[place]), links[place], self._term[min(values[place])]
            )
            for place, things in having.items()
        }

    def counts(self, state: State, places: Iterable[Place]) -> Counts:
        """Return how many things have each value, whatever the state asks of that property."""
        found: Counts = {}
        for place in places:
            at = self._places.get(place)
            things = self._fitting(state.without(place).filter)
            counted = Counter(chain.from_iterable(self._values(thing, at) for thing in things))
            found[place] = {
                term: count
                for value, count in counted.items()
                if isinstance(term := self._term[value], NamedNode | Literal)
            }
        return found

    def classes(self, state: State) -> Mapping[Term, int]:
        """Return how many of the things are of each class."""
        return self.counts(state, (_TYPE,))[_TYPE]

    def _read(self) -> dict[Term, Sequence[_Row]]:
        held: dict[Term, dict[int, list[int]]] = {}
        for quad in self._catalogue.near.triples():
            subject, value = quad.subject, quad.object
            self._add(held, subject, Place(quad.predicate), value)
            if not isinstance(value, Literal):
                self._add(held, value, Place(quad.predicate, incoming=True), subject)
        return {
            thing: tuple((place, tuple(values)) for place, values in rows.items())
            for thing, rows in held.items()
        }

    def _add(
        self, held: dict[Term, dict[int, list[int]]], thing: Term, place: Place, value: Term
    ) -> None:
        rows = held.setdefault(thing, {})
        at = self._number(self._places, place)
        rows.setdefault(at, []).append(self._number(self._terms, value))

    @staticmethod
    def _number(numbers: dict[Found, int], found: Found) -> int:
        return numbers.setdefault(found, len(numbers))

    def _values(self, thing: Term, place: int | None) -> Sequence[int]:
        return next((values for at, values in self._rows[thing] if at == place), ())

    def _in_order(self, language: str) -> dict[Term, int]:
        """Return the place of each thing in the order of their labels."""
        labels = Labels()
        for rank, labelling in enumerate(LABELLING):
            at = self._places.get(Place(labelling))
            for thing in self._rows:
                for value in self._values(thing, at):
                    if isinstance(label := self._term[value], Literal):
                        labels.add(thing, label, rank)

        def key(thing: Term) -> tuple[str, str]:
            return by_label((labels.name(thing, language) or spelled(thing)).label, thing)

        return {thing: number for number, thing in enumerate(sorted(self._rows, key=key))}

    def _of(self, classes: Iterable[Term]) -> frozenset[Term]:
        return frozenset(chain.from_iterable(self._of_class.get(cls, ()) for cls in classes))

    def _find(self, state: State) -> frozenset[Term]:
        """Return the things that fit; the engine compares numbers and dates."""
        if not all(_is_easy(one) for _, held in state.conditions for one in held):
            query = things_query(state, self._catalogue.ontology)
            found = (row["thing"] for row in self._catalogue.store.select(query))
            return frozenset(thing for thing in found if thing in self._rows)
        return frozenset(
            thing
            for thing in self._candidates(state)
            if all(self._fits(thing, place, held) for place, held in state.conditions)
        )

    def _candidates(self, state: State) -> Iterable[Term]:
        """Return things among which are those that fit."""
        if state.classes:
            return self._of(state.classes)
        present = (place for place, held in state.conditions if Absent() not in held)
        place = next(present, None)
        return self._own if place is None else self._having.get(place, ())

    def _fits(self, thing: Term, place: Place, conditions: Iterable[Condition]) -> bool:
        values = self._values(thing, self._places.get(place))
        return any(
            bool(values)
            if isinstance(one, Present)
            else not values
            if isinstance(one, Absent)
            else isinstance(one, Is) and self._terms.get(one.value) in values
            for one in conditions
        )


def _is_easy(condition: Condition) -> bool:
    """Tell whether terms alone decide: what is a number or a date is compared by its value."""
    if not isinstance(condition, Is):
        return isinstance(condition, Present | Absent)
    value = condition.value
    return isinstance(value, NamedNode) or value.datatype == XSD.string
