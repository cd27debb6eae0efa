"""Candidates for a name: which things may be meant, how well each fits, and whether it is sure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graphsvc.entities.prologue import PROLOGUE
from graphsvc.reconciliation.reading import MOST_CANDIDATES, Query, Thing
from graphsvc.reconciliation.values import node, number, values_of
from graphsvc.search import Kind, Search
from graphsvc.search.ranking import EXACT, Asked
from graphsvc.search.words import key, split

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from graphsvc.entities import Catalogue, Named
    from graphsvc.reconciliation.reading import Value, Wanted
    from graphsvc.search import Hit, Index
    from graphsvc.store.base import Term

#: How much of the score the properties make up, where there are a name and properties.
_OF_PROPERTIES = 0.4

#: How many candidates are looked at for their properties.
_LOOKED_AT = 25

# How much a candidate keeps of its score that is not of the class that it should be of.
_OF_ANOTHER_CLASS = 0.6

# From which score on a value is taken to be like another one, and what that is worth.
_ALIKE, _ALIKE_WORTH = 60, 0.8

_WITH_VALUE = (
    PROLOGUE
    + """
SELECT DISTINCT ?property ?value ?entity WHERE { ?entity ?property ?value }
ORDER BY ?entity LIMIT 100
"""
)
_WITH_WORDS = (
    PROLOGUE
    + """
SELECT DISTINCT ?property ?words ?entity WHERE {
  ?entity ?property ?value FILTER(LCASE(STR(?value)) = LCASE(STR(?words)))
}
ORDER BY ?entity LIMIT 100
"""
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A thing that may be meant. ``named`` tells that it is called just so; both parts to 100."""

    hit: Hit
    score: float
    named: bool
    held: float | None
    of_class: bool


def reconcile(
    catalogue: Catalogue, index: Index, query: Query, language: str = "en"
) -> list[dict[str, object]]:
    """Return the candidates for a query as the API writes them, the best first.

    ``match`` is true for at most one: the only thing of the classes asked for that is called
    just so, or the only one of these that has all the values asked for.
    """
    with index.in_time():
        found = _found(catalogue, index, query, language)
    candidates = [_weighed(catalogue, index, query, hit, language) for hit in found]
    candidates.sort(key=lambda one: (-one.score, not one.named))
    sure = _sure(candidates, query)
    return [_written(catalogue, one, sure, language) for one in candidates[: query.limit]]


def _found(catalogue: Catalogue, index: Index, query: Query, language: str) -> list[Hit]:
    most = _LOOKED_AT if query.properties else MOST_CANDIDATES
    if not query.text.strip():
        return _by_properties(catalogue, index, query, language)[:most]
    asked = Search(index, query.text, [Kind.THING], query.types)
    hits = list(asked.hits(most, languages=language))
    if query.strictness == "all":
        hits = [hit for hit in hits if set(query.types) <= set(hit.all_types)]
    if query.types and query.strictness == "should":
        known = {hit.iri for hit in hits}
        others = Search(index, query.text, [Kind.THING]).hits(most, languages=language)
        hits += [hit for hit in others if hit.iri not in known]
    return hits


def _by_properties(catalogue: Catalogue, index: Index, query: Query, language: str) -> list[Hit]:
    """Return the things that have one of the values asked for, in the order of their IRIs."""
    subjects: dict[str, None] = {}
    for wanted in query.properties:
        for value in wanted.values:
            for iri in _having(catalogue, index, wanted.property, value):
                subjects[iri] = None
    hits = []
    for iri in subjects:
        classes = () if query.strictness == "should" else query.types
        hits += [
            replace(hit, exact=False)
            for hit in Search(index, iri, [Kind.THING], classes).hits(1, languages=language)
            if hit.iri == iri
        ]
    if query.strictness == "all":
        return [hit for hit in hits if set(query.types) <= set(hit.all_types)]
    return hits


def _having(catalogue: Catalogue, index: Index, prop: str, value: Value) -> Iterable[str]:
    """Yield the things that have a value of a property."""
    predicate = node(prop)
    if predicate is None:
        return
    nodes = [value.id] if isinstance(value, Thing) else []
    if isinstance(value, str):
        named = Search(index, value, [Kind.THING, Kind.TERM]).hits(5)
        nodes += [hit.iri for hit in named if hit.exact]
    bindings: list[tuple[str, dict[str, Term]]] = [
        (_WITH_VALUE, {"value": other}) for iri in nodes if (other := node(iri)) is not None
    ]
    if not isinstance(value, Thing):
        bindings.append((_WITH_WORDS, {"words": Literal(_spoken(value))}))
    for text, bound in bindings:
        for row in catalogue.store.select(text, {"property": predicate, **bound}):
            if isinstance(row["entity"], NamedNode):
                yield row["entity"].value


def _weighed(
    catalogue: Catalogue, index: Index, query: Query, hit: Hit, language: str
) -> Candidate:
    """Return a candidate with its score: of its name, its properties, and its class."""
    held = None
    if query.properties:
        values = values_of(catalogue, hit.iri, language)
        worth = [
            _worth(index, wanted, values.get(wanted.property, [])) for wanted in query.properties
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
    asked = Asked(value, tuple(split(value)[:12]), fuzzy=True)
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


def _written(
    catalogue: Catalogue, candidate: Candidate, sure: Candidate | None, language: str
) -> dict[str, object]:
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
        "type": [
            {"id": iri, "name": catalogue.term(NamedNode(iri), language).label} for iri in hit.types
        ],
        "features": features,
    }
    about = hit.description or hit.sentence
    return {**written, "description": about} if about else written
