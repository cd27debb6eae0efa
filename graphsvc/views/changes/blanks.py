"""The facts of a blank node of a release, in a form similar to Turtle."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from graphsvc.changes.terms import term
from graphsvc.namespaces import RDF

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from graphsvc.changes import Diff
    from graphsvc.store.base import Term

ExpressionPart: TypeAlias = "str | Term"
"""Punctuation, or a term that is shown with its name."""

_FIRST, _REST = str(RDF.first), str(RDF.rest)

#: The most levels of nested blank nodes; deeper ones are shown as an ellipsis.
_DEEPEST = 40


def expression(
    diff: Diff, node: str, sign: int, deepest: int = _DEEPEST
) -> Iterator[ExpressionPart]:
    """Yield the pieces of a blank node's text; ``sign`` selects the release."""
    changes = diff.blank(node, sign) if deepest else []
    if not changes:
        yield "[ … ]"
    elif {change.statement.predicate for change in changes} == {_FIRST, _REST}:
        yield "("
        yield from _members(diff, node, sign, deepest)
        yield ")"
    else:
        for number, change in enumerate(changes):
            yield "; " if number else "[ "
            yield term(change.statement.predicate)
            yield " "
            yield from _value(diff, change.statement.object, sign, deepest)
        yield " ]"


def _members(diff: Diff, node: str, sign: int, deepest: int) -> Iterator[ExpressionPart]:
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


def _value(diff: Diff, term_text: str, sign: int, deepest: int) -> Iterator[ExpressionPart]:
    if term_text.startswith("_:"):
        yield from expression(diff, term_text, sign, deepest - 1)
    else:
        yield term(term_text)
