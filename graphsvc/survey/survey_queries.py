"""Reads and runs the queries of a survey."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from graphsvc import queries

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from graphsvc.queries import Query
    from graphsvc.store.base import Store, Term

_FOLDER = Path(__file__).parent


@cache
def survey_query(name: str) -> Query:
    """Return the query in the file of this name. Errors: InputError if it cannot be read."""
    file = _FOLDER / f"{name}.rq"
    return queries.from_text(file.read_text("utf-8"), f"survey/{file.name}")


def query_rows(
    store: Store, name: str, terms: Mapping[str, Term | Iterable[Term]] | None = None
) -> Iterator[dict[str, Term]]:
    """Yield the rows of a query's answer, its parameters bound. Errors: StoreError."""
    query = survey_query(name).bind(terms or {})
    if not query.is_empty:
        yield from store.select_trusted(query.text)
