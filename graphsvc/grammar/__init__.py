"""The grammar of SPARQL: the first syntax error of a query, and the parse tree of a valid one.

The engine parses too, but it gives no access to its tree, nor says which token is wrong. Nothing
here raises, whatever the text, and the time it takes is linear in the text's length.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsvc import sparql
from graphsvc.grammar.machine import Grammar, Node, ParseFailure, ParseResult
from graphsvc.grammar.rules import GRAMMAR
from graphsvc.sparql import Token, TokenKind

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["KEYWORDS", "SPARQL", "Node", "ParseFailure", "ParseResult", "read"]

SPARQL = Grammar(GRAMMAR)

#: Every keyword and every function, in capitals.
KEYWORDS = frozenset(name for name in SPARQL.terminals if name[0].isupper() and len(name) > 1)

_TERMINALS = {
    TokenKind.IRI: frozenset({"iri"}),
    TokenKind.STRING: frozenset({"string"}),
    TokenKind.VARIABLE: frozenset({"var"}),
    TokenKind.BLANK: frozenset({"blank"}),
    TokenKind.LANGUAGE: frozenset({"lang"}),
    TokenKind.NAME: frozenset({"name"}),
    TokenKind.NUMBER: frozenset({"number"}),
    TokenKind.UNCLOSED: frozenset[str](),
}
_PREFIX = frozenset({"name", "prefix"})
_END = frozenset({"end"})
#: Marks of two or three tokens: https://www.w3.org/TR/sparql11-query/#rNIL and its like may hold
#: white space, the others may not.
_JOINED = {"()": "nil", "[]": "anon", "{|": "{|", "|}": "|}", "<<(": "<<(", ")>>": ")>>"}
_SPACED = {"()", "[]"}


def read(text: str) -> ParseResult:
    """Read a text as a SPARQL query."""
    tokens, kinds = _joined(sparql.code(text))
    return SPARQL.read(tokens, [*kinds, _END])


def _joined(tokens: Sequence[Token]) -> tuple[list[Token], list[frozenset[str]]]:
    """Return the tokens that the grammar knows, and which terminals each can be."""
    joined: list[Token] = []
    kinds: list[frozenset[str]] = []
    at = 0
    while at < len(tokens):
        token, following = tokens[at], tokens[at + 1] if at + 1 < len(tokens) else None
        mark = token.text + following.text if following else ""
        if following and mark in _JOINED and (mark in _SPACED or token.end == following.start):
            joined.append(Token(token.kind, mark, token.start, token.line, token.column))
            kinds.append(frozenset({_JOINED[mark]}))
            at += 2
        else:
            joined.append(token)
            kinds.append(_terminals(token))
            at += 1
    return joined, kinds


def _terminals(token: Token) -> frozenset[str]:
    if token.kind is TokenKind.NAME and token.text.endswith(":") and token.text.count(":") == 1:
        return _PREFIX
    if (names := _TERMINALS.get(token.kind)) is not None:
        return names
    # ``a`` is the one keyword that must be written in lower case.
    if token.kind is TokenKind.WORD and token.text != "a":
        return frozenset({token.text.upper()} - {"A"})
    return frozenset({token.text})
