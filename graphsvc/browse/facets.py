"""By what things can be narrowed: their classes, and every property that they have, with counts.

Counts are of distinct things. Those of a facet in which something is chosen are what choosing
otherwise there would give: its own conditions are left out, all others hold.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graphsvc.browse.patterns import fitting, link, values
from graphsvc.browse.state import Absent, Is, Present, Span
from graphsvc.browse.table import SORTED_THINGS, is_date, is_number, sort_key
from graphsvc.entities.evidence import place as whole_number
from graphsvc.entities.labels import LABEL_CLAUSE, Labels, spelled
from graphsvc.entities.layout import Place
from graphsvc.entities.prologue import PROLOGUE
from graphsvc.namespaces import DCTERMS, FOAF, OA, PROV, RDF, RDFS, SKOS
from graphsvc.phrases import Phrase

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from graphsvc.browse.browser import Browser
    from graphsvc.browse.state import Condition, State
    from graphsvc.entities.model import ClassCount, Named
    from graphsvc.store.base import Term

SHOWN = 8
"""How many values a facet shows before it is opened."""

OPENED = 500
"""How many values an opened facet shows at most."""

_COUNTED_VALUES = 400
"""Of a property with more values than these, no value tells much: it is counted when opened."""

# The names of things, and the nodes that speak about facts, are not what things are told apart by.
_PASSED_OVER = frozenset({RDF.type, RDFS.label, SKOS.prefLabel, DCTERMS.title, FOAF.name, OA.exact})
_PASSED_OVER_IN = frozenset(
    {RDF.type, RDF.subject, RDF.object, RDF.predicate, OA.hasTarget, PROV.wasDerivedFrom}
)

_OUT, _IN = "?thing ?property ?value .", "?value ?property ?thing ."


@dataclass(frozen=True, slots=True)
class Used:
    """How many things have a property, and how many values it has among them."""

    things: int
    values: int


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
    rank: tuple[object, ...] = ()

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
class Chosen:
    """A condition that holds, under its names; ``without`` counts the things without it."""

    place: Place | None
    name: str
    label: str
    condition: Condition | NamedNode
    without: int | None = None


@dataclass(frozen=True, slots=True)
class Facets:
    """All facets: those that the shapes place, then the others; the classes; what is chosen."""

    classes: tuple[ClassCount, ...]
    class_counts: Mapping[Term, int]
    placed: tuple[Facet, ...]
    others: tuple[Facet, ...]
    chosen: tuple[Chosen, ...]
    is_counted: bool


def facets(browser: Browser, state: State, language: str) -> Facets:
    """Return the facets of the things that fit a state."""
    total = browser.listed(state, language).total
    made = list(_Making(browser, state, language, total).facets())
    own = [facet for facet in made if facet.rank[0] == 0]
    own.sort(key=lambda facet: facet.rank)
    others = sorted((facet for facet in made if facet.rank[0] != 0), key=lambda facet: facet.rank)
    return Facets(
        classes=browser.classes(language),
        class_counts=_class_counts(browser, state),
        placed=tuple(own),
        others=tuple(others),
        chosen=tuple(_chosen(browser, state, language, total)),
        is_counted=total <= SORTED_THINGS,
    )


def used(browser: Browser, state: State) -> dict[Place, Used]:
    """Return the properties that the things of a state have; too many things are not counted."""
    if browser.listed(state, "en").total > SORTED_THINGS:
        return {}
    found: dict[Place, Used] = {}
    inner = fitting(state, browser.catalogue.ontology)
    for incoming, pattern in ((False, _OUT), (True, _IN)):
        query = f"""{PROLOGUE}SELECT ?property (COUNT(DISTINCT ?thing) AS ?things)
          (COUNT(DISTINCT ?value) AS ?values) WHERE {{ {inner} {pattern} }} GROUP BY ?property"""
        left_out = _PASSED_OVER_IN if incoming else _PASSED_OVER
        for row in browser.catalogue.store.select(query):
            if "property" in row and row["property"] not in left_out:
                counts = Used(whole_number(row["things"]) or 0, whole_number(row["values"]) or 0)
                found[Place(row["property"], incoming)] = counts
    return found


def types(browser: Browser, state: State) -> list[Term]:
    """Return the classes of the things of a state, if all of them have them."""
    listed = browser.listed(state, "en")
    if listed.order is None or not listed.order:
        return []
    query = f"""{PROLOGUE}SELECT ?type (COUNT(DISTINCT ?thing) AS ?count) WHERE {{
      {fitting(state, browser.catalogue.ontology)} ?thing a ?type . }} GROUP BY ?type"""
    return [
        row["type"]
        for row in browser.catalogue.store.select(query)
        if "type" in row and whole_number(row["count"]) == listed.total
    ]


def count(browser: Browser, state: State) -> int:
    """Return how many things fit a state."""
    return browser.listed(state, "en").total


def condition_label(browser: Browser, condition: Condition, labels: Labels, language: str) -> str:
    """Return a condition in words."""
    if isinstance(condition, Is):
        return _named(browser, labels, condition.value, language).label
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
        self._counts = self._count()
        self._labels = self._read_labels()

    def facets(self) -> Iterator[Facet]:
        for place, counts in self._counts.items():
            facet = self._facet(place, counts)
            if len(facet.choices) > 1 or facet.has_chosen or 0 < facet.missing < self._total:
                yield facet

    def _count(self) -> dict[Place, dict[Term, int]]:
        """Return how many things have each value of each facet."""
        asked = [place for place, _ in self._state.conditions]
        if self._state.facet is not None and self._state.facet not in asked:
            asked.append(self._state.facet)
        counts: dict[Place, dict[Term, int]] = {place: self._count_at(place) for place in asked}
        for incoming, pattern in ((False, _OUT), (True, _IN)):
            wanted = [
                place.property
                for place, held in self._used.items()
                if place.incoming is incoming
                and place not in counts
                and held.values <= _COUNTED_VALUES
            ]
            self._count_all(wanted, pattern, incoming, counts)
        return counts

    def _count_at(self, place: Place) -> dict[Term, int]:
        rest = fitting(self._state.without(place), self._browser.catalogue.ontology)
        query = f"""{PROLOGUE}SELECT ?value (COUNT(DISTINCT ?thing) AS ?count) WHERE {{
          {rest} {link(place, "value")} }} GROUP BY ?value"""
        return {
            row["value"]: whole_number(row["count"]) or 0
            for row in self._browser.catalogue.store.select(query)
            if isinstance(row.get("value"), NamedNode | Literal)
        }

    def _count_all(
        self,
        wanted: list[Term],
        pattern: str,
        incoming: bool,  # noqa: FBT001 - it is what a place is made of
        counts: dict[Place, dict[Term, int]],
    ) -> None:
        if not wanted:
            return
        inner = fitting(self._state, self._browser.catalogue.ontology)
        query = f"""{PROLOGUE}SELECT ?property ?value (COUNT(DISTINCT ?thing) AS ?count) WHERE {{
          {inner} {values("property", sorted(wanted, key=str))} {pattern}
        }} GROUP BY ?property ?value"""
        for row in self._browser.catalogue.store.select(query):
            if isinstance(row.get("value"), NamedNode | Literal):
                held = counts.setdefault(Place(row["property"], incoming), {})
                held[row["value"]] = whole_number(row["count"]) or 0

    def _shown(self, place: Place, counts: Mapping[Term, int]) -> list[Term]:
        """Return the values that are shown: the most frequent, and those that are chosen."""
        most = OPENED if place == self._state.facet else SHOWN
        chosen = {one.value for one in self._state.on(place) if isinstance(one, Is)}
        ordered = sorted(counts, key=lambda term: (term not in chosen, -counts[term], str(term)))
        return ordered[: max(most, len(chosen))]

    def _read_labels(self) -> Labels:
        shown = {
            term for place, counts in self._counts.items() for term in self._shown(place, counts)
        }
        shown |= {
            one.value for _, held in self._state.conditions for one in held if isinstance(one, Is)
        }
        return _labels(self._browser, shown)

    def _facet(self, place: Place, counts: Mapping[Term, int]) -> Facet:
        number, lane = self._lanes.get(place, (0, None))
        lane = lane or self._browser.lanes.plain(place, self._language)
        conditions = self._state.on(place)
        is_scale = bool(counts) and all(is_number(term) or is_date(term) for term in counts)
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
            is_scale=is_scale,
            is_open=place == self._state.facet,
            has_chosen=bool(conditions),
            rank=self._rank(place, number, lane.name, things),
        )

    def _rank(self, place: Place, number: int, name: str, things: int) -> tuple[object, ...]:
        """Return the order of a facet: as the shapes have it, else by how many have it."""
        if place in self._lanes:
            return (0, number, name)
        base = self._browser.catalogue.base
        is_own = isinstance(place.property, NamedNode) and place.property.value.startswith(base)
        is_main = is_own and not self._lanes and not place.incoming
        return (0 if is_main else 1, -things, name)

    def _choices(self, place: Place, counts: Mapping[Term, int]) -> Iterator[Choice]:
        conditions = self._state.on(place)
        found = [
            Choice(
                Is(term),  # type: ignore[arg-type]
                _named(self._browser, self._labels, term, self._language),
                counts[term],
                Is(term) in conditions,  # type: ignore[arg-type]
            )
            for term in self._shown(place, counts)
        ]
        for one in conditions:
            if isinstance(one, Is) and one.value not in counts:
                named = _named(self._browser, self._labels, one.value, self._language)
                found.append(Choice(one, named, 0, chosen=True))
        yield from sorted(found, key=_by_count)


def _by_count(choice: Choice) -> tuple[object, ...]:
    term = choice.condition.value if isinstance(choice.condition, Is) else None
    label = choice.label.label if choice.label else ""
    if term is not None and (is_number(term) or is_date(term)):
        return (0, *sort_key(term, label), 0)
    return (1, -choice.count, 0.0, label.casefold(), 0)


def _named(browser: Browser, labels: Labels, term: Term, language: str) -> Named:
    named = labels.name(term, language)
    if named is None and isinstance(term, NamedNode):
        return browser.catalogue.term(term, language)
    return named or spelled(term)


def _labels(browser: Browser, terms: Iterable[Term]) -> Labels:
    nodes = sorted((term for term in terms if isinstance(term, NamedNode)), key=str)
    if not nodes:
        return Labels()
    query = f"""{PROLOGUE}SELECT DISTINCT ?thing ?rank ?label WHERE {{
      {values("thing", nodes)} {LABEL_CLAUSE} }}"""
    return Labels.read(browser.catalogue.store.select(query))


def _class_counts(browser: Browser, state: State) -> Mapping[Term, int]:
    """Return how many things of each class fit all else that is asked."""
    if not state.conditions:
        return _flat(browser.classes("en"))
    bare = type(state)(conditions=state.conditions)
    inner = fitting(bare, browser.catalogue.ontology)
    query = f"""{PROLOGUE}SELECT ?kind (COUNT(DISTINCT ?thing) AS ?count) WHERE {{
      {inner} ?thing a ?kind . }} GROUP BY ?kind"""
    if browser.listed(bare, "en").total > SORTED_THINGS:
        return {}
    return {
        row["kind"]: whole_number(row["count"]) or 0
        for row in browser.catalogue.store.select(query)
        if "kind" in row
    }


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

    terms = {one.value for _, held in state.conditions for one in held if isinstance(one, Is)}
    labels = _labels(browser, terms)
    for cls in state.classes:
        less = type(state)(conditions=state.conditions)
        name = browser.catalogue.term(cls, language).label
        yield Chosen(None, Phrase("Class"), name, cls, without(less))
    lanes = {lane.id: lane for lane in browser.choices(state, language)}
    for place, held in state.conditions:
        lane = lanes.get(place) or browser.lanes.plain(place, language)
        remaining = without(state.without(place))
        for one in held:
            words = condition_label(browser, one, labels, language)
            yield Chosen(place, lane.name, words, one, remaining)
