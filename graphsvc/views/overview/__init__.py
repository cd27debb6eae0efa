"""The overview of a graph: its texts, and the things that they are about.

It is the same for every request, so it is read once.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphsvc.views.queries import view_query
from graphsvc.views.values import as_int

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyoxigraph import NamedNode

    from graphsvc.queries import BoundQuery, Query
    from graphsvc.store.base import Table, Term

    Rows = Callable[[BoundQuery], Table]

TEXTS = view_query("overview/texts")
SUBJECTS = view_query("overview/subjects")
ROOTS = view_query("overview/roots")


@dataclass(frozen=True, slots=True)
class SourceText:
    """A text, its number of passages, and its descriptions in every language."""

    document: Term
    passages: int
    descriptions: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """The texts and the main things, in every language, with the queries for them.

    ``leading`` are the subjects of the texts, or else the roots of the dataset.
    """

    texts: tuple[SourceText, ...]
    texts_query: BoundQuery
    leading: tuple[NamedNode, ...]
    leading_query: BoundQuery

    @classmethod
    def read(cls, rows: Rows) -> Overview:
        """Read it with a function that answers queries."""
        texts_query = TEXTS.bind({})
        leading_query, leading = _first_with_answer(rows, SUBJECTS, ROOTS)
        return cls(
            texts=tuple(_texts(rows(texts_query))),
            texts_query=texts_query,
            leading=tuple(row["thing"] for row in leading),  # type: ignore[misc]
            leading_query=leading_query,
        )


def _first_with_answer(rows: Rows, *queries: Query) -> tuple[BoundQuery, Table]:
    """Return the first query with rows, or else the last one."""
    for query in queries:
        bound = query.bind({})
        table = rows(bound)
        if table.rows:
            break
    return bound, table


def _texts(table: Table) -> list[SourceText]:
    descriptions: dict[Term, list[Term]] = defaultdict(list)
    passages: dict[Term, int] = {}
    for row in table:
        # Without any text there is still one row, with the number 0.
        if "text" in row:
            passages[row["text"]] = as_int(row["passages"]) or 0
            descriptions[row["text"]] += [row["description"]] if "description" in row else []
    return [SourceText(text, count, tuple(descriptions[text])) for text, count in passages.items()]
