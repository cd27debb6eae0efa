"""The queries of the views: files beside the modules, in the format of ``queries/``."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from graphsvc import queries
from graphsvc.queries.groups import BEHIND_PAGES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphsvc.queries import Query
    from graphsvc.store.base import Term

Row: TypeAlias = "Mapping[str, Term]"
"""A row of an answer: terms by the names of their columns."""

_FOLDER = Path(__file__).parent


@cache
def view_query(name: str) -> Query:
    """Return the query with a name such as ``thing/facts``: the view and the file.

    Errors: InputError if its header cannot be read.
    """
    file = _FOLDER / f"{name}.rq"
    query = queries.from_text(file.read_text("utf-8"), f"views/{name}.rq")
    return replace(query, name=name, tags=(BEHIND_PAGES, *query.tags))


def view_queries() -> tuple[Query, ...]:
    """Return the queries of all views, in the order of their names."""
    names = (file.relative_to(_FOLDER).with_suffix("") for file in _FOLDER.glob("*/*.rq"))
    return tuple(view_query(name.as_posix()) for name in sorted(names))
