"""A tokenizer for SPARQL, and what can be told of a query without parsing it.

It knows the terminals of the grammar (https://www.w3.org/TR/sparql11-query/#rTerminals) and
nothing of its rules, so it reads any text, right or wrong, and never raises. TriG shares these
terminals, so the project's data files are read with it too.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from graphsvc.errors import Position

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping


class Kind(Enum):
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

    kind: Kind
    text: str
    start: int
    line: int
    column: int

    @property
    def end(self) -> int:
        """Return the offset just after the token."""
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class Forbidden:
    """A word that a read-only service refuses, and where it stands."""

    word: str
    position: Position


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
_TERMINALS: tuple[tuple[Kind, str], ...] = (
    (Kind.COMMENT, r"#[^\r\n]*"),
    (Kind.IRI, rf"<(?:[^\x00-\x20<>\"{{}}|^`\\]|{_CODEPOINT})*>"),
    (Kind.STRING, r'"""(?:"{0,2}(?:[^"\\]|\\.))*"""|' r"'''(?:'{0,2}(?:[^'\\]|\\.))*'''"),
    (Kind.UNCLOSED, r"\"\"\".*|'''.*"),
    (Kind.STRING, r'"(?:[^"\\\r\n]|\\[^\r\n])*"|' r"'(?:[^'\\\r\n]|\\[^\r\n])*'"),
    (Kind.UNCLOSED, r"[\"'][^\r\n]*"),
    (Kind.VARIABLE, f"[?$][{_BASE}_0-9](?:[{_BASE}_0-9{_MARKS}])*"),
    (Kind.BLANK, f"_:[{_BASE}_0-9](?:(?:{_CHAR}|\\.)*{_CHAR})?"),
    (Kind.LANGUAGE, r"@[A-Za-z]+(?:-[A-Za-z0-9]+)*"),
    (Kind.NAME, f"{_PREFIX}:{_LOCAL}"),
    (Kind.NUMBER, r"(?:[0-9]+\.[0-9]*|\.?[0-9]+)[eE][+-]?[0-9]+|[0-9]*\.[0-9]+|[0-9]+"),
    (Kind.WORD, r"[A-Za-z][A-Za-z0-9_]*"),
    (Kind.PUNCTUATION, r"\^\^|&&|\|\||[<>!]=|<<|>>|[{}()\[\].,;*/+\-=<>!|^?&]"),
    (Kind.OTHER, r"[^ \t\r\n]"),
)
_KINDS = {f"t{number}": kind for number, (kind, _) in enumerate(_TERMINALS)}
_MASTER = re.compile(
    "|".join(f"(?P<t{number}>{pattern})" for number, (_, pattern) in enumerate(_TERMINALS)),
    re.DOTALL,
)
_RUN = re.compile(f"[{_BASE}](?:{_CHAR}|\\.)*")
#: The same without names that have a prefix, for runs in which none can end.
_UNPREFIXED = re.compile(_MASTER.pattern.replace(f"{_PREFIX}:{_LOCAL}", f":{_LOCAL}"), re.DOTALL)
_CODEPOINTS = re.compile(_CODEPOINT)
_OF_NO_PREFIX = re.compile(r"[^\w.-]")
_LOCAL_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
# https://www.w3.org/TR/sparql11-query/#rECHAR
_STRING_ESCAPE = re.compile(rf"{_CODEPOINT}|\\(.)", re.DOTALL)
_ESCAPED = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}

_FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
#: How most queries begin: with nothing before their form but declarations of prefixes.
_PLAIN_BEGINNING = re.compile(
    rf"(?:\s*PREFIX\s+[\w.-]*:\s*<[^<>\x00-\x20]*>)*\s*({'|'.join(_FORMS)})(?![\w:.-])",
    re.IGNORECASE,
)
_PROLOGUE = ("PREFIX", "BASE", "VERSION")
#: The words that begin an update (https://www.w3.org/TR/sparql11-update/#grammar).
_UPDATES = frozenset(
    ("LOAD", "CLEAR", "DROP", "ADD", "MOVE", "COPY", "CREATE", "INSERT", "DELETE", "WITH")
)
#: What a text holds at least in which `forbidden` finds something; most queries hold nothing of it.
_SUSPICIOUS = frozenset(("SERVICE", *_UPDATES, "\\U"))
_GRAPH = frozenset(("GRAPH", "\\U"))
_FROM = frozenset(("FROM",))

NOTICED = (
    *sorted(_SUSPICIOUS | _GRAPH | _FROM),
    *("NOW", "RAND", "UUID", "BNODE"),
    *("REGEX", "REPLACE", "COUNT", "LANG", "TRUE", "FALSE"),
)
"""The words, in capitals, without which a query needs no closer look."""

_OPENING = {"{": "}", "(": ")", "[": "]"}
_CLOSING = {closing: opening for opening, closing in _OPENING.items()}


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


def _matches(text: str) -> Iterator[tuple[Kind, re.Match[str]]]:
    """Yield each terminal with its kind.

    A letter with which no prefix begins is followed by a run of letters and dots in which none
    ends: to look for one again after each dot would take time in the square of the run's length.
    """
    at, no_prefix_before = 0, 0
    while match := (_UNPREFIXED if at < no_prefix_before else _MASTER).search(text, at):
        kind = _KINDS[str(match.lastgroup)]
        if kind in (Kind.WORD, Kind.OTHER) and match.start() >= no_prefix_before:
            run = _RUN.match(text, match.start())
            no_prefix_before = run.end() if run else no_prefix_before
        at = match.end()
        yield kind, match


def code(text: str) -> list[Token]:
    """Return the tokens that mean something: all but the comments."""
    return [token for token in tokens(text) if token.kind is not Kind.COMMENT]


def position(text: str, offset: int) -> Position:
    """Return the place of an offset, with the words of its line."""
    start = text.rfind("\n", 0, offset) + 1
    end = text.find("\n", offset)
    words = text[start : len(text) if end < 0 else end].rstrip("\r")
    return Position(text.count("\n", 0, offset) + 1, offset - start + 1, words)


def iri_of(token: Token) -> str:
    r"""Return the IRI that an IRI token writes, its ``\u`` escapes resolved."""
    return _resolve_codepoints(token.text[1:-1])


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


def forbidden(text: str) -> Forbidden | None:
    r"""Return the first SERVICE, LOAD or update operation in a query, or None.

    Words inside strings, comments, IRIs, variables and the local parts of names do not count.
    Code point escapes may stand anywhere in a query
    (https://www.w3.org/TR/sparql11-query/#codepointEscape), so a text that holds them is
    looked at twice: as it is written, and with its escapes resolved.
    """
    if not mentions(text, _SUSPICIOUS):
        return None
    found = _forbidden(text)
    if found is None and _CODEPOINTS.search(text):
        return _forbidden(_resolve_codepoints(text))
    return found


def form(text: str) -> str | None:
    """Return SELECT, ASK, CONSTRUCT or DESCRIBE, or None if the text is no query."""
    if plain := _PLAIN_BEGINNING.match(text):
        return plain[1].upper()
    for token in tokens(text):
        word = token.text.upper()
        if token.kind is Kind.WORD and word not in _PROLOGUE:
            return word if word in _FORMS else None
    return None


def mentions(text: str, words: Iterable[str]) -> bool:
    """Tell whether one of some words stands anywhere in a text, in any case.

    The words are among `NOTICED`. Most queries hold none of them, which this tells at once.
    """
    return not _noticed(text).isdisjoint(words)


@lru_cache(maxsize=32)
def _noticed(text: str) -> frozenset[str]:
    """Return which of the words that need a closer look stand in a text.

    Several parts of the program ask that of the same query, one after the other.
    """
    capitals = text.upper()
    return frozenset([word for word in NOTICED if word in capitals])


def may_name_graphs(text: str) -> bool:
    """Tell whether a query may use GRAPH: without the word it does not."""
    return mentions(text, _GRAPH)


def prologue(text: str) -> str:
    """Return the declarations of BASE and PREFIX at the beginning of a query."""
    for token in tokens(text):
        if token.kind is Kind.WORD and token.text.upper() not in _PROLOGUE:
            return text[: token.start]
    return ""


def may_name_dataset(text: str) -> bool:
    """Tell whether a query may use FROM: without the word it does not."""
    return mentions(text, _FROM)


def dataset_clauses(text: str) -> tuple[list[str], list[str]]:
    """Return the names after FROM and after FROM NAMED as they are written.

    A name is ``<iri>`` or ``prefix:name``. The engine's parser wants no white space before and
    between the two words.
    """
    default: list[str] = []
    named: list[str] = []
    significant = code(text)
    for at, name in enumerate(significant):
        if name.kind not in (Kind.IRI, Kind.NAME):
            continue
        before = significant[max(0, at - 2) : at]
        words = "".join(token.text.upper() for token in before if token.kind is Kind.WORD)
        if words.endswith("FROMNAMED"):
            named.append(name.text)
        elif words.endswith("FROM"):
            default.append(name.text)
    return default, named


def declared_prefixes(text: str) -> dict[str, str]:
    """Return the prefixes that the text declares, with their namespaces, in order.

    Both ``PREFIX p: <…>`` and Turtle's ``@prefix p: <…> .`` count; the last one wins, as in the
    engine.
    """
    return {prefix_of(name): iri_of(iri) for name, iri in _declarations(code(text))}


def mentioned_prefixes(text: str) -> set[str]:
    """Return whatever stands before a colon: the prefixes of a query are among it."""
    # Split, not searched for: a search begins anew at each character of a long word.
    return {_OF_NO_PREFIX.split(before)[-1] for before in text.split(":")[:-1]}


def used_prefixes(text: str) -> dict[str, Position]:
    """Return the prefixes of the names that are used, each with its first place."""
    significant = code(text)
    declaring = {name.start for name, _ in _declarations(significant)}
    used: dict[str, Position] = {}
    for token in significant:
        if token.kind is Kind.NAME and token.start not in declaring:
            prefix = prefix_of(token)
            if prefix not in used:
                used[prefix] = position(text, token.start)
    return used


def named_iris(text: str, known: Mapping[str, str]) -> set[str]:
    """Return the IRIs that a query names, written out or with a prefix, declared or known."""
    namespaces = {**known, **declared_prefixes(text)}
    significant = code(text)
    iris = {iri_of(token) for token in significant if token.kind is Kind.IRI}
    names = [token for token in significant if token.kind is Kind.NAME]
    return iris | {
        namespaces[prefix_of(token)] + local_of(token)
        for token in names
        if prefix_of(token) in namespaces
    }


def rewrite_iris(text: str, rewrite: Callable[[str], str]) -> str:
    """Return the text with every IRI replaced by what ``rewrite`` makes of it.

    All else stays as it is written: strings, comments, white space. A prefixed name follows
    its declaration; one whose own IRI changes while its namespace does not is written out.
    """
    namespaces = declared_prefixes(text)
    pieces: list[str] = []
    done = 0
    for token in tokens(text):
        pieces.append(text[done : token.start])
        pieces.append(_rewritten(token, namespaces, rewrite))
        done = token.end
    pieces.append(text[done:])
    return "".join(pieces)


def deepest(text: str) -> tuple[int, Position]:
    """Return how deep the brackets are nested at most, and where.

    The engine's parser recurses once or more for each level, on a stack that ends.
    """
    depth, most, where = 0, 0, 0
    for token in code(text):
        if token.text in _OPENING:
            depth += 1
            if depth > most:
                most, where = depth, token.start
        elif token.text in _CLOSING:
            depth -= 1
    return most, position(text, where)


def _forbidden(text: str) -> Forbidden | None:
    significant = code(text)
    for number, token in enumerate(significant):
        before = significant[number - 1] if number else None
        after = significant[number + 1] if number + 1 < len(significant) else None
        if word := _refused_word(before, token, after):
            return Forbidden(word, position(text, token.start))
    return None


def _refused_word(before: Token | None, token: Token, after: Token | None) -> str | None:
    """Return the operation that a token begins, if a read-only service refuses it.

    The engine's parser wants no white space between a keyword and what follows: it takes
    ``trueSERVICESILENT<x>`` and ``SERVICEex:y`` for a SERVICE clause. No other keyword or
    function contains the word, and a name before a group is an endpoint unless GRAPH is said.
    """
    word = token.text.upper()
    if token.kind is Kind.WORD:
        return "SERVICE" if "SERVICE" in word else word if word in _UPDATES else None
    opens_group = after is not None and after.text == "{"
    if token.kind is Kind.NAME and opens_group and "SERVICE" in prefix_of(token).upper():
        is_graph = before is not None and before.text.upper() == "GRAPH"
        return None if is_graph else "SERVICE"
    return None


def _declarations(significant: list[Token]) -> Iterator[tuple[Token, Token]]:
    """Yield the name and the IRI of each prefix declaration."""
    for keyword, (name, iri) in zip(significant, pairwise(significant[1:]), strict=False):
        declares = keyword.text.upper() in ("PREFIX", "@PREFIX")
        if declares and name.kind is Kind.NAME and iri.kind is Kind.IRI:
            yield name, iri


def _rewritten(token: Token, namespaces: dict[str, str], rewrite: Callable[[str], str]) -> str:
    if token.kind is Kind.IRI:
        old = iri_of(token)
        new = rewrite(old)
        return token.text if new == old else f"<{new}>"
    if token.kind is Kind.NAME and prefix_of(token) in namespaces:
        namespace, local = namespaces[prefix_of(token)], local_of(token)
        new = rewrite(namespace + local)
        return token.text if new == rewrite(namespace) + local else f"<{new}>"
    return token.text


def _resolve_codepoints(text: str) -> str:
    return _CODEPOINTS.sub(_character, text)


def _string_character(match: re.Match[str]) -> str:
    escaped = match.group(1)
    return _character(match) if escaped is None else _ESCAPED.get(escaped, escaped)


def _character(match: re.Match[str]) -> str:
    number = int(match.group().lstrip("\\uU"), base=16)
    # A surrogate and a number beyond Unicode name no character: the text is wrong, and stays.
    is_character = number <= sys.maxunicode and not 0xD800 <= number < 0xE000  # noqa: PLR2004
    return chr(number) if is_character else match.group()
