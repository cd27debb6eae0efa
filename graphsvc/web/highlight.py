"""SPARQL as HTML: each token has a colour, and names of this graph are links."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from graphsvc import sparql
from graphsvc.sparql import TokenKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from graphsvc.sparql import Token

_CLASSES = {
    TokenKind.COMMENT: "comment",
    TokenKind.IRI: "iri",
    TokenKind.STRING: "string",
    TokenKind.VARIABLE: "variable",
    TokenKind.NAME: "name",
    TokenKind.NUMBER: "number",
    TokenKind.WORD: "keyword",
}


def highlighted(
    text: str, prefixes: Mapping[str, str], address: Callable[[str], str | None]
) -> Markup:
    """Return any text as HTML, coloured as SPARQL.

    ``prefixes`` are prefixes that need no declaration; ``address`` gives where a link to an IRI
    leads, or None for none.
    """
    namespaces = {**prefixes, **sparql.declared_prefixes(text)}
    pieces: list[str] = []
    done = 0
    for token in sparql.tokens(text):
        pieces += [escape(text[done : token.start]), _marked(token, namespaces, address)]
        done = token.end
    return Markup("").join([*pieces, escape(text[done:])])


def _marked(
    token: Token, namespaces: Mapping[str, str], address: Callable[[str], str | None]
) -> Markup:
    kind = _CLASSES.get(token.kind)
    if kind is None:
        return escape(token.text)
    target = _iri(token, namespaces)
    leads_to = address(target) if target else None
    if leads_to is None:
        return Markup('<span class="{}">{}</span>').format(kind, token.text)
    return Markup('<a class="{}" href="{}">{}</a>').format(kind, leads_to, token.text)


def _iri(token: Token, namespaces: Mapping[str, str]) -> str | None:
    if token.kind is TokenKind.IRI:
        return sparql.iri_of(token)
    prefix = sparql.prefix_of(token)
    if token.kind is TokenKind.NAME and prefix in namespaces and sparql.local_of(token):
        return namespaces[prefix] + sparql.local_of(token)
    return None
