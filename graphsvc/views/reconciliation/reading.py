"""Requests as they come: JSON text to queries, with the place of whatever is wrong."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from graphsvc.errors import Position, QueryError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

#: How many queries a batch may have, things an extension, properties each, and candidates each.
BATCH_SIZE, MOST_IDS, MOST_PROPERTIES, MOST_CANDIDATES = 50, 500, 50, 100

#: How many candidates a query gets that names no limit.
_CANDIDATES = 10

_STRICTNESS = ("any", "all", "should")

#: What a property may be asked to be: text, a number, true or false, or a thing by its identifier.
Value: TypeAlias = "str | float | bool | Thing"


class TooMany(QueryError):  # noqa: N818 - it names what was asked
    """The request asks for more at once than is answered."""


@dataclass(frozen=True, slots=True)
class Thing:
    """A value that is a thing of the graph: it has been reconciled before."""

    id: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """A property that a candidate should have with one of some values."""

    property: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """One reconciliation query: https://reconciliation-api.github.io/specs/0.2/#structure-of-a-reconciliation-query.

    ``strictness`` says what ``types`` mean: a candidate is of ``any`` of them, of ``all``, or
    ``should`` be of one, and is the better for it.
    """

    text: str = ""
    types: tuple[str, ...] = ()
    strictness: str = "any"
    limit: int = _CANDIDATES
    properties: tuple[Wanted, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A property to fetch, and how: its settings."""

    property: str
    settings: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Extension:
    """A data extension query: which properties of which things."""

    ids: tuple[str, ...]
    columns: tuple[Column, ...]


def read_batch(text: str) -> dict[str, Query]:
    """Return the queries of a batch by their keys; QueryError, with the place, if it is none."""
    given = _object(_json(text), "queries")
    if len(given) > BATCH_SIZE:
        raise TooMany(
            f"The batch has {len(given)} queries.",
            remedy=f"Send at most {BATCH_SIZE} at a time.",
        )
    return {key: _query(value, f"queries.{key}") for key, value in given.items()}


def read_query(text: str) -> Query:
    """Return a single query as version 0.1 has it: an object, or no more than the name."""
    if not text.lstrip().startswith("{"):
        return Query(text=_text(text, "query"))
    return _query(_json(text), "query")


def read_extension(text: str) -> Extension:
    """Return what is to be fetched; QueryError, with the place, if that is not said."""
    given = _object(_json(text), "extend")
    ids = _list(given.get("ids"), "extend.ids")
    columns = _list(given.get("properties"), "extend.properties")
    if len(ids) > MOST_IDS or len(columns) > MOST_PROPERTIES:
        raise TooMany(
            f"The request asks for {len(columns)} properties of {len(ids)} things.",
            remedy=f"Ask for at most {MOST_PROPERTIES} of {MOST_IDS} at a time.",
        )
    return Extension(
        tuple(_text(each, f"extend.ids[{at}]") for at, each in enumerate(ids)),
        tuple(_column(each, f"extend.properties[{at}]") for at, each in enumerate(columns)),
    )


def _column(given: object, place: str) -> Column:
    said = _object(given, place)
    settings = _object(said.get("settings") or {}, f"{place}.settings")
    return Column(_text(said.get("id"), f"{place}.id"), settings)


def _query(given: object, place: str) -> Query:
    said = _object(given, place)
    # Null is nothing: some clients write out what they leave open.
    text = "" if said.get("query") is None else _text(said["query"], f"{place}.query")
    wanted = _list(said.get("properties") or [], f"{place}.properties")
    # A blank cell of a table is a query as well: nothing is called so.
    if said.get("query") is None and not wanted:
        raise _wrong(place, "has neither a query nor properties", "Give one of them.")
    if len(wanted) > MOST_PROPERTIES:
        raise TooMany(
            f"{place} has {len(wanted)} properties.", remedy=f"Give at most {MOST_PROPERTIES}."
        )
    strictness = said.get("type_strict") or "any"
    if strictness not in _STRICTNESS:
        raise _wrong(f"{place}.type_strict", "is none of these words", "Say any, all or should.")
    return Query(
        text=text,
        types=_types(said.get("type"), f"{place}.type"),
        strictness=str(strictness),
        limit=_limit(said.get("limit"), f"{place}.limit"),
        properties=tuple(_filled(wanted, f"{place}.properties")),
    )


def _types(given: object, place: str) -> tuple[str, ...]:
    if not given:
        return ()
    listed = given if isinstance(given, list) else [given]
    types = []
    for each in listed:
        # OpenRefine once sent a type as an object with its name.
        named = each.get("id") if isinstance(each, dict) else each
        types.append(_text(named, place))
    return tuple(types)


def _limit(given: object, place: str) -> int:
    if given is None:
        return _CANDIDATES
    if isinstance(given, bool) or not isinstance(given, int | float) or given < 1:
        raise _wrong(place, "is not a positive number", "Say how many candidates are wanted.")
    return int(min(given, MOST_CANDIDATES))


def _filled(given: Sequence[object], place: str) -> Iterator[Wanted]:
    """Yield the properties with a value: an empty cell of a table asks for nothing."""
    for at, each in enumerate(given):
        wanted = _wanted(each, f"{place}[{at}]")
        if wanted.values:
            yield wanted


def _wanted(given: object, place: str) -> Wanted:
    said = _object(given, place)
    if "v" not in said:
        raise _wrong(place, "has no value", "Give it as v.")
    values = said["v"] if isinstance(said["v"], list) else [said["v"]]
    return Wanted(
        _text(said.get("pid"), f"{place}.pid"),
        tuple(_value(each, f"{place}.v") for each in values if not _is_empty(each)),
    )


def _is_empty(given: object) -> bool:
    return given is None or (isinstance(given, str) and not given.strip())


def _value(given: object, place: str) -> Value:
    if isinstance(given, dict):
        return Thing(_text(given.get("id"), f"{place}.id"))
    if isinstance(given, str | bool | int | float):
        return given
    raise _wrong(place, "is no value", "Give text, a number, true, false, or an object with an id.")


def _json(text: str) -> Any:
    try:
        # Half a pair of surrogates is no character: nothing can be called so.
        text.encode()
        given = json.loads(text, parse_constant=_no_number)
        json.dumps(given, ensure_ascii=False).encode()
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
    return given


def _no_number(name: str) -> float:
    raise ValueError(name)


def _object(given: object, place: str) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise _wrong(place, "is not an object", "Send what the API describes.")
    return given


def _list(given: object, place: str) -> list[Any]:
    if not isinstance(given, list):
        raise _wrong(place, "is not a list", "Send what the API describes.")
    return given


def _text(given: object, place: str) -> str:
    if not isinstance(given, str):
        raise _wrong(place, "is not text", "Write it in quotation marks.")
    return given


def _wrong(place: str, what: str, remedy: str) -> QueryError:
    return QueryError(f"{place} {what}.", remedy=remedy)
