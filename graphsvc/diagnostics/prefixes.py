"""Prefixes that nothing declares, and near ones that something does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsvc import sparql
from graphsvc.diagnostics.context import Advice
from graphsvc.nearness import near
from graphsvc.sparql import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

#: With these an address begins, not a name.
_SCHEMES = frozenset(("http", "https", "urn", "mailto", "ftp", "file", "tag", "doi", "ni"))


def undeclared(query: str, known: Mapping[str, str]) -> Advice | None:
    """Return advice on the first name whose prefix is neither declared nor known."""
    declared = {**known, **sparql.declared_prefixes(query)}
    for token in sparql.code(query):
        if token.kind is Kind.NAME and (prefix := sparql.prefix_of(token)) not in declared:
            return _advice(prefix, declared, token.start)
    return None


def _advice(prefix: str, declared: Mapping[str, str], offset: int) -> Advice:
    if prefix.lower() in _SCHEMES:
        return Advice(
            "This IRI is not in < >.", f"Write it in angle brackets: <{prefix}:…>.", offset
        )
    meant = near(prefix, declared, most=2)
    question = f"Did you mean {' or '.join(f'{name}:' for name in meant)}? " if meant else ""
    return Advice(
        f"The prefix {prefix}: is not declared.",
        f"{question}Declare it at the top: PREFIX {prefix}: <…>",
        offset,
    )
