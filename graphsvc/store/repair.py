"""Repairs of queries for which the engine deviates from the standard.

These are rewritten before the engine gets the query: TRUE in capitals, COUNT of an expression that
may fail, constant patterns and replacements, and language tags that are compared with LANG. A
constant pattern that the engine cannot read is refused, because it would match nothing without an
error. Other deviations are listed in ``docs/endpoint.md``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from pyoxigraph import Literal

from graphsvc import sparql
from graphsvc.errors import QueryError
from graphsvc.sparql import TokenKind
from graphsvc.store import xpath

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphsvc.sparql import Token

#: Queries without these words need no repair of the kind.
_PATTERNS = frozenset(("REGEX", "REPLACE"))
_TRUTHS = frozenset(("TRUE", "FALSE"))
_COUNTS = frozenset(("COUNT",))
_LANGS = frozenset(("LANG",))

_CAPITALS = re.compile(r"\b(?!true\b|false\b)(?i:true|false)\b")
_COUNT = re.compile(r"COUNT\s*\((?!\s*(?:DISTINCT\s*)?(?:\*|[?$]\w+)\s*\))", re.IGNORECASE)
_LANG = re.compile(r"LANG\s*\(", re.IGNORECASE)
_CAPITAL_TAG = re.compile(r"[\"'][a-z0-9-]*[A-Z]")

_TAG = re.compile(r"([\"'])[A-Za-z0-9-]+\1")
_BRACKETS = {")": "(", "}": "{", "]": "["}
_EQUALITY = ("=", "!=")

#: Stands for the values of an expression that fails, which are not counted.
_FAILURE = "<tag:graphsvc,2026:failure>"


@dataclass(frozen=True, slots=True)
class Edit:
    """A replacement of the text between two offsets of a query."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class RepairedQuery:
    """The original query, the text for the engine, and the edits between them."""

    query: str
    text: str
    edits: tuple[Edit, ...] = ()

    def original_offset(self, offset: int) -> int:
        """Return the offset in the original query for an offset in the text."""
        moved = 0
        for edit in self.edits:
            start = edit.start + moved
            if offset < start:
                break
            if offset < start + len(edit.text):
                return edit.start
            moved += len(edit.text) - (edit.end - edit.start)
        return offset - moved


@dataclass(frozen=True, slots=True)
class _Call:
    """A call of a function or aggregate: the numbers of its tokens, and its arguments."""

    name: int
    closing: int
    arguments: tuple[Sequence[Token], ...]


def repair(query: str) -> RepairedQuery:
    """Return the query with its repairs for the engine.

    Errors: QueryError, with its place, for a constant pattern that the engine cannot read, and for
    a constant replacement that is wrong.
    """
    if not _is_suspicious(query):
        return RepairedQuery(query, query)
    return apply_edits(query, _Repair(query).edits())


def apply_edits(query: str, edits: Sequence[Edit]) -> RepairedQuery:
    """Return a query with edits that are in the order of their places."""
    return RepairedQuery(query, _apply(query, edits, 0, len(query)), tuple(edits))


def _is_suspicious(query: str) -> bool:
    """Tell whether a query may need a repair; most lack the words for it."""
    return (
        sparql.mentions(query, _PATTERNS)
        or (sparql.mentions(query, _TRUTHS) and _CAPITALS.search(query) is not None)
        or (sparql.mentions(query, _COUNTS) and _COUNT.search(query) is not None)
        or (
            sparql.mentions(query, _LANGS)
            and _LANG.search(query) is not None
            and _CAPITAL_TAG.search(query) is not None
        )
    )


def _apply(query: str, edits: Sequence[Edit], start: int, end: int) -> str:
    """Return a part of the query with the edits in it."""
    pieces: list[str] = []
    for edit in edits:
        pieces += [query[start : edit.start], edit.text]
        start = edit.end
    return "".join(pieces) + query[start:end]


class _Repair:
    """Reads a query from its beginning to its end, and collects the edits."""

    def __init__(self, query: str) -> None:
        self._query = query
        self._code = sparql.code(query)
        self._edits: list[Edit] = []

    def edits(self) -> list[Edit]:
        """Return the edits in the order of their places."""
        open_brackets: list[tuple[int, list[int]]] = []
        for at, token in enumerate(self._code):
            if token.kind is TokenKind.WORD and token.text.lower() in ("true", "false"):
                self._replace(token, token.text.lower())
            elif token.text in _BRACKETS.values():
                open_brackets.append((at, [at]))
            elif token.text == "," and open_brackets:
                open_brackets[-1][1].append(at)
            elif token.text in _BRACKETS and open_brackets:
                opening, commas = open_brackets.pop()
                self._close(opening, [*commas, at])
        return sorted(self._edits, key=_place)

    def _close(self, opening: int, ends: list[int]) -> None:
        """Repair the call with a pair of brackets; ``ends`` are the brackets and its commas."""
        name = self._code[opening - 1] if opening else None
        if name is None or name.kind is not TokenKind.WORD or self._code[opening].text != "(":
            return
        repair = _REPAIRS.get(name.text.upper())
        if repair is not None:
            arguments = tuple(self._code[start + 1 : end] for start, end in pairwise(ends))
            repair(self, _Call(opening - 1, ends[-1], arguments))

    def _replace(self, token: Token, text: str) -> None:
        if text != token.text:
            self._edits.append(Edit(token.start, token.end, text))

    def regex(self, call: _Call) -> None:
        """Translate the pattern of ``REGEX(text, pattern, flags)``."""
        self._pattern(call.arguments[1:])

    def replace(self, call: _Call) -> None:
        """Translate the pattern and the replacement of ``REPLACE(text, pattern, by, flags)``."""
        arguments = call.arguments
        flags = self._flags(arguments[3:])
        pattern = self._pattern((*arguments[1:2], *arguments[3:]))
        by = _constant(arguments[2:3])
        if by is None or flags is None:
            return
        text = sparql.string_of(by)
        groups = None if pattern is None else xpath.groups_in(pattern)
        translated = xpath.replacement(text, groups, flags)
        if translated is None:
            raise QueryError(
                f"{by.text} is no replacement: $ stands before the number of a group, and a "
                "backslash before $ or another backslash.",
                remedy=r'Write "\\$" for a dollar sign, and "\\\\" for a backslash.',
                position=sparql.position(self._query, by.start),
            )
        if translated != text:
            self._replace(by, str(Literal(translated)))

    def _pattern(self, arguments: Sequence[Sequence[Token]]) -> str | None:
        """Translate a pattern with optional flags; return the original if it is constant."""
        token, flags = _constant(arguments[:1]), self._flags(arguments[1:])
        if token is None or flags is None:
            return None
        pattern = sparql.string_of(token)
        translated = xpath.translate(pattern, flags)
        if not xpath.is_read(translated, flags):
            raise self._unread(token, pattern)
        if translated != pattern:
            self._replace(token, str(Literal(translated)))
        return pattern

    def _flags(self, arguments: Sequence[Sequence[Token]]) -> str | None:
        """Return the optional flags, or None if they are not constant."""
        if not arguments:
            return ""
        token = _constant(arguments)
        if token is None:
            return None
        flags = sparql.string_of(token)
        if wrong := xpath.wrong_flags(flags):
            raise QueryError(
                f"There is no flag {wrong!r}.",
                remedy="The flags are i, s, m, x and q: "
                "https://www.w3.org/TR/xpath-functions/#flags.",
                position=sparql.position(self._query, token.start),
            )
        return flags

    def _unread(self, token: Token, pattern: str) -> QueryError:
        missing = xpath.unsupported(pattern)
        return QueryError(
            f"This service cannot match {token.text}: it has {missing}."
            if missing
            else f"{token.text} is no regular expression.",
            remedy="Write the pattern without it; several conditions can be joined by && and !."
            if missing
            else "The syntax is at https://www.w3.org/TR/xpath-functions/#regex-syntax.",
            position=sparql.position(self._query, token.start),
        )

    def lang(self, call: _Call) -> None:
        """Write the tags with which ``LANG(…)`` is compared in lower case, as the engine has them.

        "The value space of language tags is always in lower case"
        (https://www.w3.org/TR/rdf11-concepts/#section-Graph-Literal).
        """
        code, name, after = self._code, call.name, call.closing + 1
        compared = [code[name - 2]] if name > 1 and code[name - 1].text in _EQUALITY else []
        following = [token.text.upper() for token in code[after : after + 3]]
        if following and following[0] in _EQUALITY:
            compared += code[after + 1 : after + 2]
        elif following[:2] == ["IN", "("] or following == ["NOT", "IN", "("]:
            for token in code[after + following.index("(") + 1 :]:
                if token.kind is not TokenKind.STRING and token.text != ",":
                    break
                compared.append(token)
        for token in compared:
            if _TAG.fullmatch(token.text):
                self._replace(token, token.text.lower())

    def count(self, call: _Call) -> None:
        """Let COUNT leave out the solutions for which its expression fails.

        "Count counts the number of times a given expression has a bound, and non-error value"
        (https://www.w3.org/TR/sparql11-query/#defn_aggCount). For the engine the whole fails.
        """
        code = self._code
        inside = code[call.name + 2 : call.closing]
        is_distinct = bool(inside) and inside[0].text.upper() == "DISTINCT"
        expression = inside[1:] if is_distinct else inside
        if not expression or (
            len(expression) == 1
            and (expression[0].kind is TokenKind.VARIABLE or expression[0].text == "*")
        ):
            return
        start, end = expression[0].start, expression[-1].end
        if is_distinct:
            first = len(self._edits)
            while first and self._edits[first - 1].start >= start:
                first -= 1
            inner = sorted(self._edits[first:], key=_place)
            if any(_FAILURE in edit.text for edit in inner):
                # A COUNT in a COUNT is not SPARQL, and its repair would double the text at each
                # level.
                return
            del self._edits[first:]
            text = _apply(self._query, inner, start, end)
            values = f"COUNT(DISTINCT COALESCE({text},{_FAILURE}))"
            failures = f"COALESCE(MAX(COALESCE(IF(isIRI({text}),0,0),1)),0)"
            whole = Edit(code[call.name].start, code[call.closing].end, f"({values}-{failures})")
            self._edits.append(whole)
        else:
            self._replace(code[call.name], "SUM")
            self._edits.append(Edit(start, start, "COALESCE(IF(isIRI("))
            self._edits.append(Edit(end, end, "),1,1),0)"))


_REPAIRS = {
    "REGEX": _Repair.regex,
    "REPLACE": _Repair.replace,
    "LANG": _Repair.lang,
    "COUNT": _Repair.count,
}


def _place(edit: Edit) -> tuple[int, int]:
    return edit.start, edit.end


def _constant(arguments: Sequence[Sequence[Token]]) -> Token | None:
    """Return the first argument if it is a plain string."""
    if arguments and len(arguments[0]) == 1 and arguments[0][0].kind is TokenKind.STRING:
        return arguments[0][0]
    return None
