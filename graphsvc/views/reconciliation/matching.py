"""Candidates for a name: the things that match, their scores, and the certain match."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graphsvc.search import EntryKind, Search
from graphsvc.search.ranking import EXACT, NameMatcher
from graphsvc.search.words import key, split
from graphsvc.views.names import Names
from graphsvc.views.queries import view_query
from graphsvc.views.reconciliation.reading import MOST_CANDIDATES, ReconciliationQuery, ThingValue
from graphsvc.views.reconciliation.values import node, nodes, number, values_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from graphsvc.search import Hit, Index
    from graphsvc.views.graph import Graph
    from graphsvc.views.model import Named
    from graphsvc.views.reconciliation.reading import Criterion, CriterionValue

#: The kinds of entries that names are matched to.
MATCHED_KINDS = (EntryKind.THING, EntryKind.CONCEPT)

#: The share of the properties in the score, if there are a name and properties.
_OF_PROPERTIES = 0.4

#: The most candidates whose properties are read.
_LOOKED_AT = 25

# The factor for the score of a candidate of another class.
_OF_ANOTHER_CLASS = 0.6

# The least score of similar values, and the factor for such a value.
_ALIKE, _ALIKE_WORTH = 60, 0.8

WITH_VALUE = view_query("reconciliation/with-value")
WITH_WORDS = view_query("reconciliation/with-words")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A thing that may match; ``named`` if it has exactly this name. Scores are up to 100."""

    hit: Hit
    score: float
    named: bool
    property_score: float | None
    of_class: bool


def reconcile(
    graph: Graph, index: Index, query: ReconciliationQuery, languages: str = "en"
) -> list[dict[str, object]]:
    """Return the candidates for a query in the form of the API, the best first.

    ``match`` is true for at most one: the only thing of the requested classes with exactly this
    name, or the only one of these with all requested values.
    """
    with index.in_time():
        hits = _find(graph, index, query, languages)
    properties = [criterion.property for criterion in query.properties]
    values = values_of(graph, [hit.iri for hit in hits], properties, languages)
    candidates = [_rate(index, query, hit, values) for hit in hits]
    candidates.sort(key=lambda one: (-one.score, not one.named))
    sure = _sure(candidates, query)
    best = candidates[: query.limit]
    classes = Names(graph, nodes(iri for one in best for iri in one.hit.types), languages)
    return [_as_json(one, sure, classes) for one in best]


def _find(graph: Graph, index: Index, query: ReconciliationQuery, languages: str) -> list[Hit]:
    most = _LOOKED_AT if query.properties else MOST_CANDIDATES
    if not query.text.strip():
        return _by_properties(graph, index, query, languages)[:most]
    search = Search(index, query.text, MATCHED_KINDS, query.types)
    hits = list(search.hits(most, languages=languages))
    if query.strictness == "all":
        hits = [hit for hit in hits if set(query.types) <= set(hit.all_types)]
    if query.types and query.strictness == "should":
        iris = {hit.iri for hit in hits}
        others = Search(index, query.text, MATCHED_KINDS).hits(most, languages=languages)
        hits += [hit for hit in others if hit.iri not in iris]
    return hits


def _by_properties(
    graph: Graph, index: Index, query: ReconciliationQuery, languages: str
) -> list[Hit]:
    """Return the things that have one of the requested values."""
    subjects: dict[str, None] = {}
    for criterion in query.properties:
        for value in criterion.values:
            for iri in _things_with_value(graph, index, criterion.property, value):
                subjects[iri] = None
    hits = []
    for iri in subjects:
        classes = () if query.strictness == "should" else query.types
        hits += [
            replace(hit, exact=False)
            for hit in Search(index, iri, MATCHED_KINDS, classes).hits(1, languages=languages)
            if hit.iri == iri
        ]
    if query.strictness == "all":
        return [hit for hit in hits if set(query.types) <= set(hit.all_types)]
    return hits


def _things_with_value(
    graph: Graph, index: Index, prop: str, value: CriterionValue
) -> Iterable[str]:
    """Yield the IRIs of the things with a value of a property."""
    predicate = node(prop)
    if predicate is None:
        return
    iris = [value.id] if isinstance(value, ThingValue) else []
    if isinstance(value, str):
        named = Search(index, value, [*MATCHED_KINDS, EntryKind.TERM]).hits(5)
        iris += [hit.iri for hit in named if hit.exact]
    queries = [WITH_VALUE.bind({"property": predicate, "value": each}) for each in nodes(iris)]
    if not isinstance(value, ThingValue):
        words = Literal(_as_text(value))
        queries.append(WITH_WORDS.bind({"property": predicate, "words": words}))
    for row in (row for each in queries for row in graph.rows(each)):
        if isinstance(row["thing"], NamedNode):
            yield row["thing"].value


def _rate(
    index: Index,
    query: ReconciliationQuery,
    hit: Hit,
    values: Mapping[tuple[str, str], list[Named]],
) -> Candidate:
    """Return a candidate with its score from its name, its properties, and its class."""
    property_score = None
    if query.properties:
        worth = [
            _worth(index, criterion, values.get((hit.iri, criterion.property), ()))
            for criterion in query.properties
        ]
        property_score = 100 * sum(worth) / len(worth)
    score = hit.score
    if property_score is not None:
        by_name = query.text.strip() != ""
        score = (
            (1 - _OF_PROPERTIES) * score + _OF_PROPERTIES * property_score
            if by_name
            else property_score
        )
    of_class = not query.types or not set(query.types).isdisjoint(hit.all_types)
    return Candidate(
        hit=hit,
        score=round(score if of_class else score * _OF_ANOTHER_CLASS, 1),
        named=hit.exact,
        property_score=property_score,
        of_class=of_class,
    )


def _worth(index: Index, criterion: Criterion, values: Sequence[Named]) -> float:
    """Return the score, from 0 to 1, of the best of some values for a criterion."""
    worth = [_fit(index, value, named) for value in criterion.values for named in values]
    return max(worth, default=0.0)


def _fit(index: Index, value: CriterionValue, named: Named) -> float:
    if isinstance(value, ThingValue):
        return float(named.iri == value.id)
    if isinstance(value, bool) or not isinstance(value, str):
        own_number = number(named.term)
        same = own_number == value and not isinstance(value, bool)
        return float(same or getattr(named.term, "value", "") == _as_text(value))
    if named.iri == value or key(named.label) == key(value):
        return 1.0
    entry = index.number_of(named.iri) if named.iri else None
    names = [name.text for name in index.names([entry])[entry]] if entry is not None else []
    request = NameMatcher(value, tuple(split(value)[:12]), fuzzy=True)
    best = max(request.score(name) for name in [named.label, *names])
    if best == EXACT:
        return 1.0
    return _ALIKE_WORTH * best / 100 if best >= _ALIKE else 0.0


def _as_text(value: str | float) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _sure(candidates: Sequence[Candidate], query: ReconciliationQuery) -> Candidate | None:
    """Return the certain match, or None if there is none."""
    if not query.text.strip():
        return None
    named = [one for one in candidates if one.named and one.of_class]
    if query.properties:
        named = [one for one in named if one.property_score == EXACT]
    return named[0] if len(named) == 1 else None


def _as_json(candidate: Candidate, sure: Candidate | None, classes: Names) -> dict[str, object]:
    """Return a candidate in the form of the API.

    https://reconciliation-api.github.io/specs/0.2/#reconciliation-query-responses
    """
    hit = candidate.hit
    features: list[dict[str, object]] = [
        {"id": "name_score", "value": hit.score},
        {"id": "exact_name", "value": candidate.named},
        {"id": "type_match", "value": candidate.of_class},
    ]
    if candidate.property_score is not None:
        features.append({"id": "property_score", "value": round(candidate.property_score, 1)})
    entry: dict[str, object] = {
        "id": hit.iri,
        "name": hit.label,
        "score": candidate.score,
        "match": candidate is sure,
        "type": [{"id": each.value, "name": classes[each].label} for each in nodes(hit.types)],
        "features": features,
    }
    about = hit.description or hit.sentence
    return {**entry, "description": about} if about else entry
