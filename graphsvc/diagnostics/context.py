"""The place at which the parser stopped, and the diagnostic that is made of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from graphsvc import grammar
from graphsvc.sparql import TokenKind

if TYPE_CHECKING:
    from graphsvc.grammar import ParseFailure, ParseResult
    from graphsvc.sparql import Token

_PARTNERS = {"}": "{", ")": "(", "]": "["}
#: The words that begin a part of a query in which things are listed.
_CLAUSES = frozenset(
    (
        *("SELECT", "DESCRIBE", "CONSTRUCT", "ASK", "WHERE", "FROM"),
        *("GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES"),
    )
)


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """What is wrong, what to do about it, and the offset at which it stands."""

    message: str
    remedy: str
    offset: int


@dataclass(frozen=True)
class Context:
    """A query, and the place at which the parser failed."""

    text: str
    reading: ParseResult
    failure: ParseFailure

    @property
    def token(self) -> Token | None:
        """Return the token that cannot stand where it stands; None is the end of the text."""
        return self._at(self.failure.at)

    @property
    def before(self) -> Token | None:
        return self._at(self.failure.at - 1) if self.failure.at else None

    @property
    def after(self) -> Token | None:
        return self._at(self.failure.at + 1)

    @property
    def offset(self) -> int:
        """Return the offset of the token."""
        return len(self.text.rstrip()) if self.token is None else self.token.start

    @property
    def mark(self) -> str:
        """Return the token as it is written, or nothing at the end of the text."""
        return self.token.text if self.token else ""

    @property
    def word(self) -> str:
        """Return the token in capitals if it is a word, else nothing."""
        return _word(self.token)

    @property
    def adjoins(self) -> bool:
        """Tell whether nothing stands between the token and the one before."""
        return bool(self.token and self.before and self.before.end == self.token.start)

    @property
    def rule(self) -> str:
        """Return the innermost rule that was being read."""
        return self.failure.rules[-1] if self.failure.rules else ""

    def expects(self, *terminals: str) -> bool:
        """Tell whether each of these could stand here."""
        return self.failure.expected.issuperset(terminals)

    def expects_term(self) -> bool:
        """Tell whether the name of a thing could stand here."""
        return self.expects("iri")

    @cached_property
    def open(self) -> list[Token]:
        """Return the brackets that are open here, the innermost last."""
        stack: list[Token] = []
        for token in self.reading.tokens[: self.failure.at]:
            mark = token.text[:1] if token.text in ("{|", "<<(") else token.text
            if mark in _PARTNERS.values() and token.kind is TokenKind.PUNCTUATION:
                stack.append(token)
            elif mark in _PARTNERS and stack:
                stack.pop()
        return stack

    def closes_other(self) -> bool:
        """Tell whether the token closes another bracket than the one that is open."""
        innermost = self.open[-1].text if self.open else ""
        return self.mark in _PARTNERS and innermost != _PARTNERS[self.mark]

    @cached_property
    def clause(self) -> str:
        """Return the word that began the part of the query in which the token stands."""
        depth = 0
        for token in reversed(self.reading.tokens[: self.failure.at]):
            if token.text in _PARTNERS:
                depth += 1
            elif token.text in _PARTNERS.values():
                depth -= 1
            elif depth <= 0 and (word := _word(token)) in _CLAUSES:
                return word
        return ""

    def diagnostic(self, message: str, remedy: str, at: Token | None = None) -> Diagnostic:
        """Return a diagnostic about the token, or about another one."""
        return Diagnostic(message, remedy, self.offset if at is None else at.start)

    def _at(self, number: int) -> Token | None:
        tokens = self.reading.tokens
        return tokens[number] if number < len(tokens) else None


def _word(token: Token | None) -> str:
    return token.text.upper() if token and token.kind is TokenKind.WORD else ""


def failure_context(text: str) -> Context | None:
    """Return the place of the first syntax error, or None if there is none."""
    reading = grammar.read(text)
    return None if reading.failure is None else Context(text, reading, reading.failure)
