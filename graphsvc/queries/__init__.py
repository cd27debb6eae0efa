"""Queries as files: one ``.rq`` file is the question, its documentation and its parameters.

The header stands in the first lines of the file, each beginning with ``#+``; what follows the
``#+ `` is YAML::

    #+ summary: Which organisations provide the secretariats of each mechanism?
    #+ group: who
    #+ tags: [secretariats]
    #+ params:
    #+   side: {type: iri, example: "https://example.org/id/country/finland", about: A side}
    PREFIX …
    SELECT ?side … WHERE { … } ORDER BY …

It is read strictly: an unknown key or a missing summary is a finding with file and line. The store
binds a parameter as an RDF term (``bindings``); it is never pasted into the text. Its ``example``
is used if there is no argument.

A check (``checks/*.rq``) has the header of `Check`; each row of its answer is a fault.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from graphsvc import spelling
from graphsvc.errors import InputError, UnknownQuery
from graphsvc.queries.binding import BoundQuery
from graphsvc.queries.header import Header
from graphsvc.queries.model import MARK, PARAM_TYPES, Check, Param, Query

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from graphsvc.findings import Finding
    from graphsvc.formats import Content, Format
    from graphsvc.store.base import Answer, Store, Table, Term

__all__ = [
    "MARK",
    "PARAM_TYPES",
    "BoundQuery",
    "Check",
    "Param",
    "Query",
    "ReadResult",
    "answer",
    "from_text",
    "load_checks",
    "load_queries",
    "query_named",
    "read_checks",
    "read_queries",
    "run",
]

#: The folder of a project's checks, below its queries.
CHECKS = "checks/"

_OPTIONAL = ("description", "group", "tags", "params")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ReadResult(Generic[T]):
    """The result of reading a folder of query files: the valid items, and the findings."""

    items: tuple[T, ...]
    findings: tuple[Finding, ...]


def read_queries(folder: Path) -> ReadResult[Query]:
    """Read ``*.rq`` of a folder, in the order of their names, and collect the findings."""
    return _read(folder, "", _query)


def read_checks(folder: Path, below: str = CHECKS) -> ReadResult[Check]:
    """Read the checks of a folder of queries in the same way: those in a folder ``below`` it."""
    return _read(folder, below, _check)


def load_queries(folder: Path) -> tuple[Query, ...]:
    """Return the queries of a folder; raise InputError with every finding if one cannot be read."""
    return _all_or_nothing(read_queries(folder))


def load_checks(folder: Path, below: str = CHECKS) -> tuple[Check, ...]:
    """Return the checks of a folder of queries in the same way."""
    return _all_or_nothing(read_checks(folder, below))


def from_text(text: str, path: str) -> Query:
    """Return the query in a text, with or without a header.

    InputError if there is a header that cannot be read.
    """
    header = Header(path=path)
    if not text.startswith(MARK):
        return Query(name=header.name, summary="", text=text, path=path)
    query = _query(header, text)
    return _all_or_nothing(ReadResult((query,) if query else (), tuple(header.findings)))[0]


def query_named(queries: Sequence[Query], name: str) -> Query:
    """Return the query of this name; UnknownQuery, with similar names, if there is none."""
    for query in queries:
        if query.name == name:
            return query
    suggestions = spelling.similar_texts(name, [query.name for query in queries], 0.6, 3)
    raise UnknownQuery(
        f"There is no query named “{name}”.",
        remedy=f"Did you mean {' or '.join(suggestions)}?"
        if suggestions
        else "List them: graphsvc query",
    )


def run(
    store: Store,
    query: Query,
    arguments: Mapping[str, str] | None = None,
    prefixes: Mapping[str, str] | None = None,
) -> Table:
    """Run a SELECT query with its arguments or examples, and return a table."""
    return store.select(query.text, query.bindings(arguments or {}, prefixes))


def answer(
    store: Store,
    query: Query,
    formats: Mapping[Content, Sequence[Format]],
    bindings: Mapping[str, Term],
) -> Answer:
    """Run a query of any form, and return the answer in the first possible format."""
    return store.answer(query.text, formats, bindings=bindings)


def _all_or_nothing(reading: ReadResult[T]) -> tuple[T, ...]:
    if reading.findings:
        count = len(reading.findings)
        raise InputError(
            f"The query files cannot be used ({count} {'error' if count == 1 else 'errors'}).",
            reading.findings,
            remedy="Run `graphsvc check` and mend what it lists.",
        )
    return reading.items


def _read(folder: Path, below: str, make: Callable[[Header, str], T | None]) -> ReadResult[T]:
    items: list[T] = []
    findings: list[Finding] = []
    for file in sorted((folder / below).glob("*.rq")):
        header = Header(path=f"{folder.name}/{below}{file.name}")
        item = make(header, header.decode(file.read_bytes()))
        findings.extend(header.findings)
        if item is not None and not header.findings:
            items.append(item)
    return ReadResult(tuple(items), tuple(findings))


def _query(header: Header, text: str) -> Query | None:
    fields = header.fields(text, required=("summary",), optional=_OPTIONAL)
    if fields is None:
        return None
    return Query(
        name=header.name,
        summary=header.text(fields.get("summary")),
        description=header.text(fields.get("description")),
        group=header.text(fields.get("group")),
        tags=tuple(header.texts(fields.get("tags"))),
        params={param.name: param for param in header.params(fields.get("params"))},
        text=text,
        path=header.path,
    )


def _check(header: Header, text: str) -> Check | None:
    fields = header.fields(text, required=("problem", "remedy"), optional=("severity", "code"))
    if fields is None:
        return None
    return Check(
        name=header.name,
        problem=header.text(fields.get("problem")),
        remedy=header.text(fields.get("remedy")),
        severity=header.severity(fields.get("severity")),
        code=header.text(fields.get("code")),
        text=text,
        path=header.path,
    )
