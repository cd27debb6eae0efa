"""Makes the query for the possible values of a parameter: those of its column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsvc import grammar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphsvc.grammar import Node


def values_query(text: str, name: str, others: Iterable[str], most: int) -> str | None:
    """Return a SELECT of the distinct values that a column of a SELECT has, at most so many.

    ``others`` are further columns, so that parameters can be bound. ORDER BY is left out, because
    sorting takes the time of all rows, unless a LIMIT or OFFSET depends on it. None for a text that
    is not a valid SELECT.
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
