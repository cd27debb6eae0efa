"""The parser of requests: JSON text to queries; errors name the place of the mistake."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from graphsvc.errors import Position, QueryError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

#: The most queries of a batch, things of an extension, properties of each, candidates of each.
BATCH_SIZE, MOST_IDS, MOST_PROPERTIES, MOST_CANDIDATES = 50, 500, 50, 100

#: The candidates for a query without a limit.
_CANDIDATES = 10

_STRICTNESS = ("any", "all", "should")

#: A requested value of a property: text, a number, true or false, or a thing by its identifier.
CriterionValue: TypeAlias = "str | float | bool | ThingValue"


class TooMany(QueryError):  # noqa: N818 - the request is too large
    """The request is larger than the limits."""


@dataclass(frozen=True, slots=True)
class ThingValue:
    """A value that is a thing of the graph, from an earlier reconciliation."""

    id: str


@dataclass(frozen=True, slots=True)
class Criterion:
    """A property, and the values of which a candidate should have one."""

    property: str
    values: tuple[CriterionValue, ...]


@dataclass(frozen=True, slots=True)
class ReconciliationQuery:
    """One reconciliation query: https://reconciliation-api.github.io/specs/0.2/#structure-of-a-reconciliation-query.

    ``strictness`` says how ``types`` are used: a candidate must have ``any`` or ``all`` of them, or
    ``should`` have one, which improves its score.
    """

    text: str = ""
    types: tuple[str, ...] = ()
    strictness: str = "any"
    limit: int = _CANDIDATES
    properties: tuple[Criterion, ...] = ()


@dataclass(frozen=True, slots=True)
class ExtensionColumn:
    """A property to fetch, with its settings."""

    property: str
    settings: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Extension:
    """A data extension query: properties of things."""

    ids: tuple[str, ...]
    columns: tuple[ExtensionColumn, ...]


def read_batch(text: str) -> dict[str, ReconciliationQuery]:
    """Return the queries of a batch by their keys. Errors: QueryError with the place."""
    queries = _object(_json(text), "queries")
    if len(queries) > BATCH_SIZE:
        raise TooMany(
            f"The batch has {len(queries)} queries.",
            remedy=f"Send at most {BATCH_SIZE} at a time.",
        )
    return {key: _query(value, f"queries.{key}") for key, value in queries.items()}


def read_query(text: str) -> ReconciliationQuery:
    """Return a single query of version 0.1: an object, or only the name."""
    if not text.lstrip().startswith("{"):
        return ReconciliationQuery(text=_text(text, "query"))
    return _query(_json(text), "query")


def read_extension(text: str) -> Extension:
    """Return a data extension query. Errors: QueryError with the place."""
    document = _object(_json(text), "extend")
    ids = _list(document.get("ids"), "extend.ids")
    columns = _list(document.get("properties"), "extend.properties")
    if len(ids) > MOST_IDS or len(columns) > MOST_PROPERTIES:
        raise TooMany(
            f"The request asks for {len(columns)} properties of {len(ids)} things.",
            remedy=f"Ask for at most {MOST_PROPERTIES} of {MOST_IDS} at a time.",
        )
    return Extension(
        tuple(_text(each, f"extend.ids[{at}]") for at, each in enumerate(ids)),
        tuple(_column(each, f"extend.properties[{at}]") for at, each in enumerate(columns)),
    )


def _column(value: object, place: str) -> ExtensionColumn:
    entry = _object(value, place)
    settings = _object(entry.get("settings") or {}, f"{place}.settings")
    return ExtensionColumn(_text(entry.get("id"), f"{place}.id"), settings)


def _query(value: object, place: str) -> ReconciliationQuery:
    entry = _object(value, place)
    # Null is the same as a missing member: some clients send it.
    text = "" if entry.get("query") is None else _text(entry["query"], f"{place}.query")
    criteria = _list(entry.get("properties") or [], f"{place}.properties")
    # An empty cell of a table is a valid query without candidates.
    if entry.get("query") is None and not criteria:
        raise _wrong(place, "has neither a query nor properties", "Give one of them.")
    if len(criteria) > MOST_PROPERTIES:
        raise TooMany(
            f"{place} has {len(criteria)} properties.", remedy=f"Give at most {MOST_PROPERTIES}."
        )
    strictness = entry.get("type_strict") or "any"
    if strictness not in _STRICTNESS:
        raise _wrong(f"{place}.type_strict", "is none of these words", "Say any, all or should.")
    return ReconciliationQuery(
        text=text,
        types=_types(entry.get("type"), f"{place}.type"),
        strictness=str(strictness),
        limit=_limit(entry.get("limit"), f"{place}.limit"),
        properties=tuple(_criteria(criteria, f"{place}.properties")),
    )


def _types(value: object, place: str) -> tuple[str, ...]:
    if not value:
        return ()
    entries = value if isinstance(value, list) else [value]
    types = []
    for each in entries:
        # OpenRefine once sent a type as an object with its name.
        iri = each.get("id") if isinstance(each, dict) else each
        types.append(_text(iri, place))
    return tuple(types)


def _limit(value: object, place: str) -> int:
    if value is None:
        return _CANDIDATES
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 1:
        raise _wrong(place, "is not a positive number", "Say how many candidates are wanted.")
    return int(min(value, MOST_CANDIDATES))


def _criteria(entries: Sequence[object], place: str) -> Iterator[Criterion]:
    """Yield the criteria with values: an empty cell of a table is no criterion."""
    for at, each in enumerate(entries):
        criterion = _criterion(each, f"{place}[{at}]")
        if criterion.values:
            yield criterion


def _criterion(value: object, place: str) -> Criterion:
    entry = _object(value, place)
    if "v" not in entry:
        raise _wrong(place, "has no value", "Give it as v.")
    values = entry["v"] if isinstance(entry["v"], list) else [entry["v"]]
    return Criterion(
        _text(entry.get("pid"), f"{place}.pid"),
        tuple(_value(each, f"{place}.v") for each in values if not _is_empty(each)),
    )


def _is_empty(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _value(value: object, place: str) -> CriterionValue:
    if isinstance(value, dict):
        return ThingValue(_text(value.get("id"), f"{place}.id"))
    if isinstance(value, str | bool | int | float):
        return value
    raise _wrong(place, "is no value", "Give text, a number, true, false, or an object with an id.")


def _json(text: str) -> Any:
    try:
        # A single surrogate is no character, so no name contains it.
        text.encode()
        document = json.loads(text, parse_constant=_no_number)
        json.dumps(document, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        line = text.split("\n")[error.lineno - 1] if text else ""
        raise QueryError(
            f"This is not JSON: {error.msg}.",
            remedy="Mend it at the place that is marked.",
            position=Position(error.lineno, error.colno, line),
        ) from error
    except (ValueError, RecursionError) as error:
        raise QueryError(
            "This is not JSON that can be read: a number, a character or its depth is too much.",
            remedy="Send what the API describes.",
        ) from error
    return document


def _no_number(name: str) -> float:
    raise ValueError(name)


def _object(value: object, place: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _wrong(place, "is not an object", "Send what the API describes.")
    return value


def _list(value: object, place: str) -> list[Any]:
    if not isinstance(value, list):
        raise _wrong(place, "is not a list", "Send what the API describes.")
    return value


def _text(value: object, place: str) -> str:
    if not isinstance(value, str):
        raise _wrong(place, "is not text", "Write it in quotation marks.")
    return value


def _wrong(place: str, what: str, remedy: str) -> QueryError:
    return QueryError(f"{place} {what}.", remedy=remedy)
