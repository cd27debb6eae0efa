"""What fits a parameter of a query: a query for the values that its column has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsvc import grammar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphsvc.grammar import Node


def values_query(text: str, name: str, others: Iterable[str], most: int) -> str | None:
    """Return a SELECT of the distinct values that a column of a SELECT has, at most so many.

    ``others`` are columns that are kept, for a value to be given. The answer has all that it would
    have without an order, and to find an order takes the time of all rows: an order is left out
    where it does not decide which rows there are. None for what is no SELECT that can be read.
    """
    reading = grammar.read(text)
    selects = [node for query in reading.root.nodes("Query") for node in query.nodes("Select")]
    if reading.failure or not selects:
        return None
    (whole,), (select,) = reading.root.nodes("Query"), selects
    inner = (
        *select.nodes("SelectClause", "Where"),
        *_deciding(select.nodes("Modifiers")),
        *whole.nodes("ValuesClause"),
    )
    columns = " ".join(f"?{column}" for column in (name, *others))
    return "\n".join(
        (
            *(_source(text, node) for node in whole.nodes("Prologue")),
            f"SELECT DISTINCT {columns}",
            *(_source(text, node) for node in select.nodes("Dataset")),
            "WHERE { {",
            *(_source(text, node) for node in inner),
            f"}} }} LIMIT {most}",
        )
    )


def _deciding(modifiers: Iterable[Node]) -> Iterable[Node]:
    """Yield the modifiers that decide which rows there are."""
    for node in modifiers:
        parts = node.nodes()
        is_cut = any(part.rule in ("Limit", "Offset") for part in parts)
        yield from (part for part in parts if is_cut or part.rule != "OrderBy")


def _source(text: str, node: Node) -> str:
    leaves = list(node.leaves())
    return text[leaves[0].start : leaves[-1].end] if leaves else ""
