"""Positions in Turtle and TriG files: the lines of subjects, and graph blocks with their quotes.

The engine's parser gives no positions. This module reads the same text as tokens, so that a message
about an entity can name the line that describes it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphsvc import sparql
from graphsvc.sparql import Token, TokenKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

#: The beginning of a comment that quotes the passage of the block below it.
QUOTE_MARK = "#>"

_QUOTED_IRI = re.compile(r"\"([A-Za-z][A-Za-z0-9+.-]*:[^\s\"<>]+)\"")
_STATEMENT_ENDS = frozenset((".", "{", "}"))
_BRACKETS = frozenset("[(")


@dataclass(frozen=True, slots=True)
class Block:
    """A graph's block: its IRI, its line, and the words quoted directly above it, if any."""

    graph: str
    line: int
    quote: str | None


@dataclass(frozen=True, slots=True)
class BlankNodeMark:
    """A blank node or a list in the text, and its position."""

    text: str
    line: int
    column: int


def blocks(text: str) -> list[Block]:
    """Return the graph blocks of a TriG text, in order."""
    namespaces = sparql.declared_prefixes(text)
    graph_blocks: list[Block] = []
    quoted: list[Token] = []
    head: Token | None = None
    depth = 0
    for token in sparql.tokens(text):
        if token.kind is TokenKind.COMMENT:
            quoted = continued(quoted, token)
            continue
        if token.text == "{":
            if depth == 0 and head is not None:
                graph_blocks.append(
                    Block(iri_of(head, namespaces), head.line, _quote(quoted, head))
                )
            depth += 1
        elif token.text == "}":
            depth -= 1
        head = token if token.kind in (TokenKind.IRI, TokenKind.NAME) else None
        if token.text.upper() != "GRAPH" and head is None:
            quoted = []
    return graph_blocks


def subjects(text: str) -> dict[str, int]:
    """Return the IRIs that the text describes, each with the line of its first statement."""
    namespaces = sparql.declared_prefixes(text)
    lines: dict[str, int] = {}
    before = "."
    declaration = 0
    for token in sparql.code(text):
        if token.text.upper() in ("PREFIX", "BASE"):
            declaration = 2 if token.text.upper() == "PREFIX" else 1
        elif declaration:
            declaration -= 1
            before = "."
            continue
        elif before in _STATEMENT_ENDS and token.kind in (TokenKind.IRI, TokenKind.NAME):
            lines.setdefault(iri_of(token, namespaces), token.line)
        before = token.text
    return lines


def mentions(text: str) -> dict[str, int]:
    """Return every IRI that the text names, each with the first line where it does."""
    namespaces = sparql.declared_prefixes(text)
    lines: dict[str, int] = {}
    for token in sparql.code(text):
        if token.kind in (TokenKind.IRI, TokenKind.NAME):
            lines.setdefault(iri_of(token, namespaces), token.line)
    return lines


def quoted_iris(text: str) -> dict[str, int]:
    """Return the IRIs in quotation marks, as in XML and JSON, each with its first line."""
    lines: dict[str, int] = {}
    number, done = 1, 0
    for match in _QUOTED_IRI.finditer(text):
        number += text.count("\n", done, match.start())
        done = match.start()
        lines.setdefault(match[1], number)
    return lines


def declaration_lines(text: str) -> dict[str, int]:
    """Return the prefixes that the text declares, each with its line."""
    lines: dict[str, int] = {}
    before = ""
    for token in sparql.code(text):
        if before in ("PREFIX", "@PREFIX") and token.kind is TokenKind.NAME:
            lines.setdefault(sparql.prefix_of(token), token.line)
        before = token.text.upper()
    return lines


def blank_nodes(text: str) -> list[BlankNodeMark]:
    """Return the blank nodes in the text: ``[…]``, ``(…)`` or ``_:name``."""
    return [
        BlankNodeMark(token.text, token.line, token.column)
        for token in sparql.code(text)
        if token.kind is TokenKind.BLANK or token.text in _BRACKETS
    ]


def normalised(text: str) -> str:
    """Return the text with every run of white space as one space."""
    return " ".join(text.split())


def iri_of(token: Token, namespaces: Mapping[str, str]) -> str:
    """Return the IRI that a token names: one in angle brackets, or a name with a prefix."""
    if token.kind is TokenKind.IRI:
        return sparql.iri_of(token)
    return namespaces.get(sparql.prefix_of(token), "") + sparql.local_of(token)


def continued(quoted: list[Token], comment: Token) -> list[Token]:
    """Return the quote with one more line, or a new one, or none if the comment is no quote."""
    if not comment.text.startswith(QUOTE_MARK):
        return []
    follows = quoted and quoted[-1].line == comment.line - 1
    return [*quoted, comment] if follows else [comment]


def _quote(quoted: Iterable[Token], head: Token) -> str | None:
    lines = list(quoted)
    if not lines or lines[-1].line != head.line - 1:
        return None
    return normalised(" ".join(line.text.removeprefix(QUOTE_MARK) for line in lines))
