"""Candidates for a name: which things may be meant, how well each fits, and whether it is sure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graphsvc.search import EntryKind, Search
from graphsvc.search.ranking import EXACT, NameMatcher
from graphsvc.search.words import key, split
from graphsvc.views.names import Names
from graphsvc.views.queries import view_query
from graphsvc.views.reconciliation.reading import MOST_CANDIDATES, Query, Thing
from graphsvc.views.reconciliation.values import node, nodes, number, values_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from graphsvc.search import Hit, Index
    from graphsvc.views.graph import Graph
    from graphsvc.views.model import Named
    from graphsvc.views.reconciliation.reading import Value, Wanted

#: What names are matched to.
FOUND = (EntryKind.THING, EntryKind.CONCEPT)

#: How much of the score the properties make up, where there are a name and properties.
_OF_PROPERTIES = 0.4

#: How many candidates are looked at for their properties.
_LOOKED_AT = 25

# How much a candidate keeps of its score that is not of the class that it should be of.
_OF_ANOTHER_CLASS = 0.6

# From which score on a value is taken to be like another one, and what that is worth.
_ALIKE, _ALIKE_WORTH = 60, 0.8

WITH_VALUE = view_query("reconciliation/with-value")
WITH_WORDS = view_query("reconciliation/with-words")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A thing that may be meant. ``named`` tells that it is called just so; both parts to 100."""

    hit: Hit
    score: float
    named: bool
    held: float | None
    of_class: bool


def reconcile(
    graph: Graph, index: Index, query: Query, languages: str = "en"
) -> list[dict[str, object]]:
    """Return the candidates for a query as the API writes them, the best first.

    ``match`` is true for at most one: the only thing of the classes asked for that is called
    just so, or the only one of these that has all the values asked for.
    """
    with index.in_time():
        found = _found(graph, index, query, languages)
    properties = [wanted.property for wanted in query.properties]
    values = values_of(graph, [hit.iri for hit in found], properties, languages)
    candidates = [_weighed(index, query, hit, values) for hit in found]
    candidates.sort(key=lambda one: (-one.score, not one.named))
    sure = _sure(candidates, query)
    shown = candidates[: query.limit]
    classes = Names(graph, nodes(iri for one in shown for iri in one.hit.types), languages)
    return [_written(one, sure, classes) for one in shown]


def _found(graph: Graph, index: Index, query: Query, languages: str) -> list[Hit]:
    most = _LOOKED_AT if query.properties else MOST_CANDIDATES
    if not query.text.strip():
        return _by_properties(graph, index, query, languages)[:most]
    asked = Search(index, query.text, FOUND, query.types)
    hits = list(asked.hits(most, languages=languages))
    if query.strictness == "all":
        hits = [hit for hit in hits if set(query.types) <= set(hit.all_types)]
    if query.types and query.strictness == "should":
        known = {hit.iri for hit in hits}
        others = Search(index, query.text, FOUND).hits(most, languages=languages)
        hits += [hit for hit in others if hit.iri not in known]
    return hits


def _by_properties(graph: Graph, index: Index, query: Query, languages: str) -> list[Hit]:
    """Return the things that have one of the values asked for, in the order of their IRIs."""
    subjects: dict[str, None] = {}
    for wanted in query.properties:
        for value in wanted.values:
            for iri in _having(graph, index, wanted.property, value):
                subjects[iri] = None
    hits = []
    for iri in subjects:
        classes = () if query.strictness == "should" else query.types
        hits += [
            replace(hit, exact=False)
            for hit in Search(index, iri, FOUND, classes).hits(1, languages=languages)
            if hit.iri == iri
        ]
    if query.strictness == "all":
        return [hit for hit in hits if set(query.types) <= set(hit.all_types)]
    return hits


def _having(graph: Graph, index: Index, prop: str, value: Value) -> Iterable[str]:
    """Yield the things that have a value of a property."""
    predicate = node(prop)
    if predicate is None:
        return
    iris = [value.id] if isinstance(value, Thing) else []
    if isinstance(value, str):
        named = Search(index, value, [*FOUND, EntryKind.TERM]).hits(5)
        iris += [hit.iri for hit in named if hit.exact]
    asked = [WITH_VALUE.bind({"property": predicate, "value": each}) for each in nodes(iris)]
    if not isinstance(value, Thing):
        words = Literal(_spoken(value))
        asked.append(WITH_WORDS.bind({"property": predicate, "words": words}))
    for row in (row for each in asked for row in graph.rows(each)):
        if isinstance(row["thing"], NamedNode):
            yield row["thing"].value


def _weighed(
    index: Index, query: Query, hit: Hit, values: Mapping[tuple[str, str], list[Named]]
) -> Candidate:
    """Return a candidate with its score: of its name, its properties, and its class."""
    held = None
    if query.properties:
        worth = [
            _worth(index, wanted, values.get((hit.iri, wanted.property), ()))
            for wanted in query.properties
        ]
        held = 100 * sum(worth) / len(worth)
    score = hit.score
    if held is not None:
        by_name = query.text.strip() != ""
        score = (1 - _OF_PROPERTIES) * score + _OF_PROPERTIES * held if by_name else held
    of_class = not query.types or not set(query.types).isdisjoint(hit.all_types)
    return Candidate(
        hit=hit,
        score=round(score if of_class else score * _OF_ANOTHER_CLASS, 1),
        named=hit.exact,
        held=held,
        of_class=of_class,
    )


def _worth(index: Index, wanted: Wanted, values: Sequence[Named]) -> float:
    """Return from 0 to 1 how well some values fit what a property should be."""
    worth = [_fit(index, value, named) for value in wanted.values for named in values]
    return max(worth, default=0.0)


def _fit(index: Index, value: Value, named: Named) -> float:
    if isinstance(value, Thing):
        return float(named.iri == value.id)
    if isinstance(value, bool) or not isinstance(value, str):
        held = number(named.term)
        same = held == value and not isinstance(value, bool)
        return float(same or getattr(named.term, "value", "") == _spoken(value))
    if named.iri == value or key(named.label) == key(value):
        return 1.0
    entry = index.number_of(named.iri) if named.iri else None
    names = [name.text for name in index.names([entry])[entry]] if entry is not None else []
    asked = NameMatcher(value, tuple(split(value)[:12]), fuzzy=True)
    best = max(asked.score(name) for name in [named.label, *names])
    if best == EXACT:
        return 1.0
    return _ALIKE_WORTH * best / 100 if best >= _ALIKE else 0.0


def _spoken(value: str | float) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _sure(candidates: Sequence[Candidate], query: Query) -> Candidate | None:
    """Return the candidate that is certainly meant, or None if none is."""
    if not query.text.strip():
        return None
    named = [one for one in candidates if one.named and one.of_class]
    if query.properties:
        named = [one for one in named if one.held == EXACT]
    return named[0] if len(named) == 1 else None


def _written(candidate: Candidate, sure: Candidate | None, classes: Names) -> dict[str, object]:
    """Return a candidate as the API writes it.

    https://reconciliation-api.github.io/specs/0.2/#reconciliation-query-responses
    """
    hit = candidate.hit
    features: list[dict[str, object]] = [
        {"id": "name_score", "value": hit.score},
        {"id": "exact_name", "value": candidate.named},
        {"id": "type_match", "value": candidate.of_class},
    ]
    if candidate.held is not None:
        features.append({"id": "property_score", "value": round(candidate.held, 1)})
    written: dict[str, object] = {
        "id": hit.iri,
        "name": hit.label,
        "score": candidate.score,
        "match": candidate is sure,
        "type": [{"id": each.value, "name": classes[each].label} for each in nodes(hit.types)],
        "features": features,
    }
    about = hit.description or hit.sentence
    return {**written, "description": about} if about else written
