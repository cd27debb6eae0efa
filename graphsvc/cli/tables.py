"""Answers as tables in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode
from rich.table import Table as Grid
from rich.text import Text

from graphsvc.findings import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from graphsvc.namespaces import Prefixes
    from graphsvc.queries import Query
    from graphsvc.store.base import Table, Term


def show_queries(queries: Sequence[Query], console: Console) -> None:
    """List the queries: name, parameters, and the question."""
    grid = Grid("query", "parameters", "question", box=None, pad_edge=False)
    for query in queries:
        grid.add_row(
            Text(query.name, style="bold"),
            Text(" ".join(query.params), style="cyan"),
            Text(query.summary),
        )
    console.print(grid)


def show_table(table: Table, prefixes: Prefixes, console: Console) -> None:
    """Print a table: IRIs with prefixes, literals as texts, and the number of rows."""
    grid = Grid(*table.variables, header_style="bold")
    for row in table.rows:
        grid.add_row(*(_cell(term, prefixes) for term in row))
    console.print(grid)
    count = len(table.rows)
    console.print(f"{count} row{'' if count == 1 else 's'}", style="dim")


def _cell(term: Term | None, prefixes: Prefixes) -> Text:
    if term is None:
        return Text()
    if isinstance(term, NamedNode):
        return Text(printable(prefixes.compact(term.value)), style="cyan")
    if isinstance(term, Literal):
        return Text(printable(term.value))
    return Text(printable(str(term)), style="dim")
