"""``GRAPH ?g { }``, which matches every named graph, for engines that do not support it.

https://www.w3.org/TR/sparql11-query/#sparqlAlgebraEval (Evaluation of Graph)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsvc import sparql
from graphsvc.sparql import TokenKind
from graphsvc.store.repair import Edit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphsvc.sparql import Token

_GRAPH = ("GRAPH",)
_ANY_TRIPLE = "{ ?graphsvcS ?graphsvcP ?graphsvcO }"


def repairs(query: str) -> list[Edit]:
    """Return the edits after which a query finds the graphs that have a triple."""
    if not sparql.mentions(query, _GRAPH):
        return []
    code = sparql.code(query)
    places = [at for at, token in enumerate(code) if token.kind is TokenKind.WORD]
    names = [at for at in places if code[at].text.upper() in _GRAPH]
    return [edit for at in names if (edit := empty_graph(code, at)) is not None]


def empty_graph(code: Sequence[Token], at: int) -> Edit | None:
    """Return the edit for the word GRAPH at a place, if it has an empty pattern."""
    if texts_of(code, at + 2, 2) != ["{", "}"]:
        return None
    name = code[at + 1].text
    graphs = f"{{ SELECT DISTINCT {name} WHERE {{ GRAPH {name} {_ANY_TRIPLE} }} }}"
    return Edit(code[at].start, code[at + 3].end, graphs)


def texts_of(code: Sequence[Token], start: int, number: int) -> list[str]:
    """Return the texts of so many tokens from a place on, fewer at the end."""
    return [token.text for token in code[start : start + number]]
