"""What is said of a blank node of a release, much as Turtle writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from graphsvc.changes.terms import term
from graphsvc.namespaces import RDF

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from graphsvc.changes import Diff
    from graphsvc.store.base import Term

Piece: TypeAlias = "str | Term"
"""Punctuation, or a term that is shown by its name."""

_FIRST, _REST = str(RDF.first), str(RDF.rest)

#: How far a blank node is written out; deeper ones are told by their names.
_DEEPEST = 40


def expression(diff: Diff, node: str, sign: int, deepest: int = _DEEPEST) -> Iterator[Piece]:
    """Yield the pieces of what is said of a blank node, in the release that ``sign`` stands for."""
    said = diff.blank(node, sign) if deepest else []
    if not said:
        yield "[ … ]"
    elif {change.statement.predicate for change in said} == {_FIRST, _REST}:
        yield "("
        yield from _members(diff, node, sign, deepest)
        yield ")"
    else:
        for number, change in enumerate(said):
            yield "; " if number else "[ "
            yield term(change.statement.predicate)
            yield " "
            yield from _value(diff, change.statement.object, sign, deepest)
        yield " ]"


def _members(diff: Diff, node: str, sign: int, deepest: int) -> Iterator[Piece]:
    for number in range(deepest):
        values = _values(diff, node, sign)
        if _FIRST not in values:
            return
        if number:
            yield " "
        yield from _value(diff, values[_FIRST], sign, deepest)
        node = values.get(_REST, "")
    yield " …"


def _values(diff: Diff, node: str, sign: int) -> Mapping[str, str]:
    statements = (change.statement for change in diff.blank(node, sign))
    return {statement.predicate: statement.object for statement in statements}


def _value(diff: Diff, written: str, sign: int, deepest: int) -> Iterator[Piece]:
    if written.startswith("_:"):
        yield from expression(diff, written, sign, deepest - 1)
    else:
        yield term(written)
