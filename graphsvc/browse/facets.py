"""By what things can be narrowed: their classes, and every property that they have, with counts.

Counts are of distinct things. Those of a facet in which something is chosen are what choosing
otherwise there would give: its own conditions are left out, all others hold. What narrows well
stands first, and its values are counted; all other properties are named, and counted when opened.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import IntEnum
from math import inf
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, Literal, NamedNode

from graphsvc.browse.ordering import is_date, is_number, sort_key
from graphsvc.browse.state import Absent, Is, Present, Span
from graphsvc.entities.labels import LABELLING, spelled
from graphsvc.namespaces import OA, PROV, RDF
from graphsvc.phrases import Phrase

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from graphsvc.browse.browser import Browser
    from graphsvc.browse.counting import Used
    from graphsvc.browse.lanes import Lane
    from graphsvc.browse.state import Condition, State
    from graphsvc.entities.layout import Place
    from graphsvc.entities.model import ClassCount, Named
    from graphsvc.store.base import Term

FACETS = 12
"""Of how many properties the values are shown, unless more are asked for."""

SHOWN = 8
"""How many values a facet shows before it is opened."""

OPENED = 500
"""How many values an opened facet shows at most."""

_FEW = 50
"""Up to so many values can be taken in as a list."""

_COUNTED_VALUES = 400
"""Of a property with more values than these, no value tells much: it is counted when opened."""

_REPEATED = 1.5
"""How often a value is had on average, where values are said to repeat."""

# The names of things, and the nodes that speak about facts, are not what things are told apart by.
_PASSED_OVER = frozenset({RDF.type, *LABELLING})
_PASSED_OVER_IN = frozenset(
    {RDF.type, RDF.subject, RDF.object, RDF.predicate, OA.hasTarget, PROV.wasDerivedFrom}
)


class _Use(IntEnum):
    """How well the values of a property narrow things down, the best first."""

    GROUPS = 0
    """Few values that several things share, or numbers and dates, of which a span is asked."""
    POINTS = 1
    """Things and codes that are many, or hardly shared."""
    TELLS_APART = 2
    """Texts that are nearly all different, and what has too many values to choose from."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a facet: how many things have it, and whether it is chosen."""

    condition: Condition
    label: Named | None
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """A property and its values, counted; ``total`` is how many values there are in all."""

    place: Place
    name: str
    definition: str
    choices: tuple[Choice, ...]
    total: int
    things: int
    missing: int
    is_scale: bool
    is_open: bool
    has_chosen: bool

    @property
    def tells(self) -> bool:
        """Tell whether some value is that of several things."""
        return any(choice.count > 1 for choice in self.choices)

    @property
    def ends(self) -> tuple[str, str]:
        """Return the least and the greatest value of a facet of numbers or dates."""
        terms = [
            choice.condition.value
            for choice in self.choices
            if isinstance(choice.condition, Is) and isinstance(choice.condition.value, Literal)
        ]
        ordered = sorted(terms, key=lambda term: sort_key(term, term.value))
        return (ordered[0].value, ordered[-1].value) if ordered else ("", "")


@dataclass(frozen=True, slots=True)
class Property:
    """A property that is named only: how many things have it."""

    place: Place
    name: str
    definition: str
    things: int


@dataclass(frozen=True, slots=True)
class Chosen:
    """A condition that holds, under its names; ``without`` counts the things without it."""

    place: Place | None
    name: str
    label: str
    condition: Condition | NamedNode
    without: int | None = None


@dataclass(frozen=True, slots=True)
class Facets:
    """The facets that are shown, and the other properties; the classes; what is chosen."""

    classes: tuple[ClassCount, ...]
    class_counts: Mapping[Term, int]
    shown: tuple[Facet, ...]
    more: tuple[Property, ...]
    chosen: tuple[Chosen, ...]
    is_counted: bool


def facets(browser: Browser, state: State, language: str) -> Facets:
    """Return the facets of the things that fit a state."""
    listed = browser.listed(state, language)
    making = _Making(browser, state, language, listed.total)
    shown, more = making.divided()
    return Facets(
        classes=browser.classes(language),
        class_counts=_class_counts(browser, state),
        shown=tuple(making.facets(shown)),
        more=tuple(making.properties(more)),
        chosen=tuple(_chosen(browser, state, language, listed.total)),
        is_counted=listed.order is not None,
    )


def used(browser: Browser, state: State) -> dict[Place, Used]:
    """Return the properties that the things of a state have; too many things are not counted."""
    if browser.listed(state, "en").order is None:
        return {}
    return {
        place: counted
        for place, counted in browser.counting(state).used(state).items()
        if place.property not in (_PASSED_OVER_IN if place.incoming else _PASSED_OVER)
    }


def types(browser: Browser, state: State) -> list[Term]:
    """Return the classes of the things of a state, if all of them have them."""
    listed = browser.listed(state, "en")
    if not listed.order:
        return []
    counted = browser.counting(state).classes(state)
    return [cls for cls, things in counted.items() if things == listed.total]


def count(browser: Browser, state: State) -> int:
    """Return how many things fit a state."""
    return browser.listed(state, "en").total


def condition_label(browser: Browser, condition: Condition, language: str) -> str:
    """Return a condition in words."""
    if isinstance(condition, Is):
        return _named(browser, condition.value, language).label
    if isinstance(condition, Span):
        return _span(condition.low, condition.high)
    return Phrase("any value") if isinstance(condition, Present) else Phrase("no value")


def _span(low: str, high: str) -> Phrase:
    if low and high:
        return Phrase("%(low)s to %(high)s", low=low, high=high)
    return Phrase("from %(low)s", low=low) if low else Phrase("up to %(high)s", high=high)


class _Making:
    """The answers from which the facets of one state are made."""

    def __init__(self, browser: Browser, state: State, language: str, total: int) -> None:
        self._browser = browser
        self._state = state
        self._language = language
        self._total = total
        self._lanes = {
            lane.id: (number, lane)
            for number, lane in enumerate(browser.choices(state, language))
            if lane.is_plain
        }
        self._used = browser.used(state)

    def divided(self) -> tuple[list[Place], list[Place]]:
        """Return the properties whose values are shown, and those that are only named."""
        asked = [place for place, _ in self._state.conditions]
        opened = self._state.facet
        if opened is not None and opened not in asked:
            asked.insert(0, opened)
        rest = sorted((place for place in self._used if place not in asked), key=self._rank)
        rest = [place for place in rest if self._narrows(self._used[place])]
        good = [
            place
            for place in rest
            if self._is_main(place) and _use(self._used[place]) is not _Use.TELLS_APART
        ]
        shown = sorted((*asked, *good[: max(FACETS - len(asked), 0)]), key=self._rank)
        return shown, [place for place in rest if place not in shown]

    def facets(self, places: Iterable[Place]) -> Iterator[Facet]:
        """Yield some properties with their values."""
        counts = self._browser.counting(self._state).counts(self._state, places)
        for place in places:
            yield self._facet(place, counts[place])

    def properties(self, places: Iterable[Place]) -> Iterator[Property]:
        """Yield some properties without their values."""
        for place in places:
            lane = self._lane(place)
            yield Property(place, lane.name, lane.definition, self._used[place].things)

    def _narrows(self, held: Used) -> bool:
        """Tell whether to choose a value, or none, leaves anything out."""
        if isinstance(held.sample, BlankNode):
            return 0 < held.things < self._total
        return held.values > 1 or 0 < held.things < self._total

    def _is_main(self, place: Place) -> bool:
        """Tell whether a property is one of those that shapes place, or else of the ontology."""
        if self._lanes:
            return place in self._lanes
        base = self._browser.catalogue.base
        is_own = isinstance(place.property, NamedNode) and place.property.value.startswith(base)
        return is_own and not place.incoming

    def _rank(self, place: Place) -> tuple[object, ...]:
        """Return the order of a facet: by its use, then as the shapes have it, or how many have it.

        What is asked for stands where it would stand otherwise, so that nothing jumps.
        """
        held = self._used.get(place)
        use = _Use.POINTS if held is None else _use(held)
        number, lane = self._lanes.get(place, (inf, None))
        name = lane.name if lane else self._lane(place).name
        return (not self._is_main(place), use, number, -(held.things if held else 0), name)

    def _lane(self, place: Place) -> Lane:
        _, lane = self._lanes.get(place, (0, None))
        return lane or self._browser.lanes.plain(place, self._language)

    def _shown(self, place: Place, counts: Mapping[Term, int]) -> list[Term]:
        """Return the values that are shown: the most frequent, and those that are chosen."""
        most = OPENED if place == self._state.facet else SHOWN
        chosen = {one.value for one in self._state.on(place) if isinstance(one, Is)}
        ordered = sorted(counts, key=lambda term: (term not in chosen, -counts[term], str(term)))
        return ordered[: max(most, len(chosen))]

    def _facet(self, place: Place, counts: Mapping[Term, int]) -> Facet:
        lane = self._lane(place)
        conditions = self._state.on(place)
        things = self._used[place].things if place in self._used else 0
        chosen_absent = Absent() in conditions
        return Facet(
            place=place,
            name=lane.name,
            definition=lane.definition,
            choices=tuple(self._choices(place, counts)),
            total=len(counts),
            things=things,
            missing=0 if conditions and not chosen_absent else self._total - things,
            is_scale=bool(counts) and all(is_number(term) or is_date(term) for term in counts),
            is_open=place == self._state.facet,
            has_chosen=bool(conditions),
        )

    def _choices(self, place: Place, counts: Mapping[Term, int]) -> list[Choice]:
        conditions = self._state.on(place)
        found = [
            Choice(
                Is(term),  # type: ignore[arg-type]
                _named(self._browser, term, self._language),
                counts[term],
                Is(term) in conditions,  # type: ignore[arg-type]
            )
            for term in self._shown(place, counts)
        ]
        for one in conditions:
            if isinstance(one, Is) and one.value not in counts:
                named = _named(self._browser, one.value, self._language)
                found.append(Choice(one, named, 0, chosen=True))
        return sorted(found, key=_by_count)


def _use(held: Used) -> _Use:
    if held.values > _COUNTED_VALUES:
        return _Use.TELLS_APART
    if is_number(held.sample) or is_date(held.sample):
        return _Use.GROUPS
    repeats = held.links >= _REPEATED * held.values
    if repeats and held.values <= _FEW:
        return _Use.GROUPS
    return _Use.TELLS_APART if isinstance(held.sample, Literal) else _Use.POINTS


def _by_count(choice: Choice) -> tuple[object, ...]:
    term = choice.condition.value if isinstance(choice.condition, Is) else None
    label = choice.label.label if choice.label else ""
    if term is not None and (is_number(term) or is_date(term)):
        return (0, *sort_key(term, label), 0)
    return (1, -choice.count, 0.0, label.casefold(), 0)


def _named(browser: Browser, term: Term, language: str) -> Named:
    named = browser.catalogue.name(term, language)
    is_spelled = isinstance(term, NamedNode) and named == spelled(term)
    return browser.catalogue.term(term, language) if is_spelled else named


def _class_counts(browser: Browser, state: State) -> Mapping[Term, int]:
    """Return how many things of each class fit all else that is asked."""
    if not state.conditions:
        return _flat(browser.classes("en"))
    return browser.class_counts(type(state)(conditions=state.conditions))


def _flat(tree: Sequence[ClassCount]) -> dict[Term, int]:
    counts: dict[Term, int] = defaultdict(int)
    for entry in tree:
        counts[entry.cls.term] = entry.count
        counts.update(_flat(entry.subclasses))
    return counts


def _chosen(browser: Browser, state: State, language: str, total: int) -> Iterator[Chosen]:
    """Yield what is chosen; if nothing fits, with how many would fit without it."""

    def without(less: State) -> int | None:
        return count(browser, less) if not total else None

    for cls in state.classes:
        less = type(state)(conditions=state.conditions)
        name = browser.catalogue.term(cls, language).label
        yield Chosen(None, Phrase("Class"), name, cls, without(less))
    lanes = {lane.id: lane for lane in browser.choices(state, language)}
    for place, held in state.conditions:
        lane = lanes.get(place) or browser.lanes.plain(place, language)
        remaining = without(state.without(place))
        for one in held:
            words = condition_label(browser, one, language)
            yield Chosen(place, lane.name, words, one, remaining)
