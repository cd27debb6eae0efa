"""A tokenizer for SPARQL.

It knows the terminals of the grammar (https://www.w3.org/TR/sparql11-query/#rTerminals) and
not its rules, so it reads any text, valid or not, and never raises. TriG has the same terminals, so
the project's data files are also read with it.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from graphsvc.errors import Position

if TYPE_CHECKING:
    from collections.abc import Iterator


class TokenKind(Enum):
    """What a token is. ``UNCLOSED`` is a string that nothing ends; ``OTHER`` fits nothing."""

    COMMENT = "comment"
    IRI = "iri"
    STRING = "string"
    UNCLOSED = "unclosed"
    VARIABLE = "variable"
    BLANK = "blank"
    LANGUAGE = "language"
    NAME = "name"
    NUMBER = "number"
    WORD = "word"
    PUNCTUATION = "punctuation"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Token:
    """A token as it is written, where it starts, and its line and column, counted from 1."""

    kind: TokenKind
    text: str
    start: int
    line: int
    column: int

    @property
    def end(self) -> int:
        """Return the offset just after the token."""
        return self.start + len(self.text)


# https://www.w3.org/TR/sparql11-query/#rPN_CHARS_BASE and the productions after it
_BASE = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d"
    "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_START = f"[{_BASE}_]"
_MARKS = "\u00b7\u0300-\u036f\u203f-\u2040"
_CHAR = f"[{_BASE}_0-9{_MARKS}-]"
_PREFIX = f"(?:[{_BASE}](?:(?:{_CHAR}|\\.)*{_CHAR})?)?"
_ESCAPE = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
_LOCAL = f"(?:(?:[{_BASE}_:0-9]|{_ESCAPE})(?:(?:{_CHAR}|[.:]|{_ESCAPE})*(?:{_CHAR}|:|{_ESCAPE}))?)?"
_CODEPOINT = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"

#: Tried in this order: long strings before short ones, names before words.
_TERMINALS: tuple[tuple[TokenKind, str], ...] = (
    (TokenKind.COMMENT, r"#[^\r\n]*"),
    (TokenKind.IRI, rf"<(?:[^\x00-\x20<>\"{{}}|^`\\]|{_CODEPOINT})*>"),
    (TokenKind.STRING, r'"""(?:"{0,2}(?:[^"\\]|\\.))*"""|' r"'''(?:'{0,2}(?:[^'\\]|\\.))*'''"),
    (TokenKind.UNCLOSED, r"\"\"\".*|'''.*"),
    (TokenKind.STRING, r'"(?:[^"\\\r\n]|\\[^\r\n])*"|' r"'(?:[^'\\\r\n]|\\[^\r\n])*'"),
    (TokenKind.UNCLOSED, r"[\"'][^\r\n]*"),
    (TokenKind.VARIABLE, f"[?$][{_BASE}_0-9](?:[{_BASE}_0-9{_MARKS}])*"),
    (TokenKind.BLANK, f"_:[{_BASE}_0-9](?:(?:{_CHAR}|\\.)*{_CHAR})?"),
    (TokenKind.LANGUAGE, r"@[A-Za-z]+(?:-[A-Za-z0-9]+)*"),
    (TokenKind.NAME, f"{_PREFIX}:{_LOCAL}"),
    (TokenKind.NUMBER, r"(?:[0-9]+\.[0-9]*|\.?[0-9]+)[eE][+-]?[0-9]+|[0-9]*\.[0-9]+|[0-9]+"),
    (TokenKind.WORD, r"[A-Za-z][A-Za-z0-9_]*"),
    (TokenKind.PUNCTUATION, r"\^\^|&&|\|\||[<>!]=|<<|>>|[{}()\[\].,;*/+\-=<>!|^?&]"),
    (TokenKind.OTHER, r"[^ \t\r\n]"),
)
_KINDS = {f"t{number}": kind for number, (kind, _) in enumerate(_TERMINALS)}
_MASTER = re.compile(
    "|".join(f"(?P<t{number}>{pattern})" for number, (_, pattern) in enumerate(_TERMINALS)),
    re.DOTALL,
)
_RUN = re.compile(f"[{_BASE}](?:{_CHAR}|\\.)*")
#: The same without names that have a prefix, for runs in which none can end.
_UNPREFIXED = re.compile(_MASTER.pattern.replace(f"{_PREFIX}:{_LOCAL}", f":{_LOCAL}"), re.DOTALL)
CODEPOINTS = re.compile(_CODEPOINT)
r"""Finds ``\u`` escapes: https://www.w3.org/TR/sparql11-query/#codepointEscape."""

_LOCAL_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
# https://www.w3.org/TR/sparql11-query/#rECHAR
_STRING_ESCAPE = re.compile(rf"{_CODEPOINT}|\\(.)", re.DOTALL)
_ESCAPED = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of any text; between them stands nothing but white space."""
    line, line_start, counted = 1, 0, 0
    for kind, match in _matches(text):
        start = match.start()
        breaks = text.count("\n", counted, start)
        if breaks:
            line += breaks
            line_start = text.rindex("\n", counted, start) + 1
        counted = start
        yield Token(kind, match.group(), start, line, start - line_start + 1)


def _matches(text: str) -> Iterator[tuple[TokenKind, re.Match[str]]]:
    """Yield each terminal with its kind.

    A letter with which no prefix begins is followed by a run of letters and dots in which none
    ends: to look for one again after each dot would take time in the square of the run's length.
    """
    at, no_prefix_before = 0, 0
    while match := (_UNPREFIXED if at < no_prefix_before else _MASTER).search(text, at):
        kind = _KINDS[str(match.lastgroup)]
        if kind in (TokenKind.WORD, TokenKind.OTHER) and match.start() >= no_prefix_before:
            run = _RUN.match(text, match.start())
            no_prefix_before = run.end() if run else no_prefix_before
        at = match.end()
        yield kind, match


def code(text: str) -> list[Token]:
    """Return the tokens that mean something: all but the comments."""
    return [token for token in tokens(text) if token.kind is not TokenKind.COMMENT]


def position(text: str, offset: int) -> Position:
    """Return the place of an offset, with the words of its line."""
    start = text.rfind("\n", 0, offset) + 1
    end = text.find("\n", offset)
    words = text[start : len(text) if end < 0 else end].rstrip("\r")
    return Position(text.count("\n", 0, offset) + 1, offset - start + 1, words)


def iri_of(token: Token) -> str:
    r"""Return the IRI that an IRI token writes, its ``\u`` escapes resolved."""
    return resolve_codepoints(token.text[1:-1])


def string_of(token: Token) -> str:
    """Return the text that a string token writes, its escapes resolved."""
    quotes = 3 if token.text.startswith(('"""', "'''")) else 1
    return _STRING_ESCAPE.sub(_string_character, token.text[quotes:-quotes])


def prefix_of(token: Token) -> str:
    """Return the prefix of a prefixed name, without its colon."""
    return token.text.partition(":")[0]


def local_of(token: Token) -> str:
    """Return the local part of a prefixed name, its backslash escapes resolved."""
    return _LOCAL_ESCAPE.sub(r"\1", token.text.partition(":")[2])


def resolve_codepoints(text: str) -> str:
    r"""Return a text with its ``\u`` escapes resolved."""
    return CODEPOINTS.sub(_character, text)


def _string_character(match: re.Match[str]) -> str:
    escaped = match.group(1)
    return _character(match) if escaped is None else _ESCAPED.get(escaped, escaped)


def _character(match: re.Match[str]) -> str:
    number = int(match.group().lstrip("\\uU"), base=16)
    # A surrogate and a number beyond Unicode name no character: the text is wrong, and stays.
    is_character = number <= sys.maxunicode and not 0xD800 <= number < 0xE000  # noqa: PLR2004
    return chr(number) if is_character else match.group()
