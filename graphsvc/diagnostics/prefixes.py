"""Prefixes that are not declared, and declared ones that are similar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsvc import sparql
from graphsvc.diagnostics.context import Diagnostic
from graphsvc.sparql import TokenKind
from graphsvc.spelling import similar_spellings

if TYPE_CHECKING:
    from collections.abc import Mapping

#: With these an address begins, not a name.
_SCHEMES = frozenset(("http", "https", "urn", "mailto", "ftp", "file", "tag", "doi", "ni"))


def undeclared_prefix(query: str, prefixes: Mapping[str, str]) -> Diagnostic | None:
    """Return a diagnostic of the first name whose prefix is not declared."""
    declared = {**prefixes, **sparql.declared_prefixes(query)}
    for token in sparql.code(query):
        if token.kind is TokenKind.NAME and (prefix := sparql.prefix_of(token)) not in declared:
            return _diagnostic(prefix, declared, token.start)
    return None


def _diagnostic(prefix: str, declared: Mapping[str, str], offset: int) -> Diagnostic:
    if prefix.lower() in _SCHEMES:
        return Diagnostic(
            "This IRI is not in < >.", f"Write it in angle brackets: <{prefix}:…>.", offset
        )
    suggestions = similar_spellings(prefix, declared, most=2)
    question = (
        f"Did you mean {' or '.join(f'{name}:' for name in suggestions)}? " if suggestions else ""
    )
    return Diagnostic(
        f"The prefix {prefix}: is not declared.",
        f"{question}Declare it at the top: PREFIX {prefix}: <…>",
        offset,
    )
