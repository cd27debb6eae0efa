"""A parser for LL(1) grammars, without recursion: the next token decides every choice.

https://en.wikipedia.org/wiki/LL_parser: a stack of the items to come, and one token of look-ahead.
The time is linear in the number of tokens, and no text is nested too deeply.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from graphsvc.sparql import Token


@dataclass(frozen=True, slots=True, eq=False)
class Terminal:
    """One token of a kind: a keyword, a mark, or a kind in lower case."""

    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """A reference to another rule."""

    name: str


@dataclass(frozen=True, slots=True, eq=False)
class InOrder:
    """One thing after the other."""

    parts: tuple[Item, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """One of several things."""

    parts: tuple[Item, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Repetition:
    """An item any number of times, or, if not ``many``, at most once."""

    part: Item
    many: bool


Item: TypeAlias = Terminal | Rule | InOrder | Choice | Repetition


@dataclass(slots=True, eq=False)
class Node:
    """A node of the parse tree: the tokens and child nodes of a rule, in order."""

    rule: str
    children: list[Node | Token] = field(default_factory=list)

    def nodes(self, *rules: str) -> list[Node]:
        """Return the children that are nodes, of these rules or of any."""
        return [
            child
            for child in self.children
            if isinstance(child, Node) and (not rules or child.rule in rules)
        ]

    def tokens(self) -> list[Token]:
        """Return the tokens that are direct children."""
        return [child for child in self.children if not isinstance(child, Node)]

    def iter_nodes(self) -> Iterator[Node]:
        """Yield this node and all nodes in it, parents first."""
        stack = [self]
        while stack:
            node = stack.pop()
            yield node
            stack.extend(reversed(node.nodes()))

    def leaves(self) -> Iterator[Token]:
        """Yield every token in it, in order."""
        stack: list[Node | Token] = [self]
        while stack:
            child = stack.pop()
            if isinstance(child, Node):
                stack.extend(reversed(child.children))
            else:
                yield child


@dataclass(frozen=True, slots=True)
class ParseFailure:
    """Where parsing stopped: at which token, what could stand there, inside which rules.

    ``at`` is the number of the token, that of the end if the text ends too early. ``rules`` are
    the names of the rules that were being read, the innermost last.
    """

    at: int
    expected: frozenset[str]
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ParseResult:
    """The result: the tree (up to a failure), the tokens, and the failure if there is one."""

    root: Node
    tokens: Sequence[Token]
    failure: ParseFailure | None


class Grammar:
    """A parser for a grammar that is written as a table of rules."""

    def __init__(self, text: str) -> None:
        self._rules = _parse(text)
        self._start = next(iter(self._rules))
        self._begins: dict[Item, frozenset[str]] = {}
        self._empty: dict[Item, bool] = {}

    @cached_property
    def terminals(self) -> frozenset[str]:
        """Return the names of all terminals: keywords, marks, kinds."""
        return frozenset(
            item.name
            for rule in self._rules.values()
            for item in _items(rule)
            if isinstance(item, Terminal)
        )

    def first(self, rule: str) -> frozenset[str]:
        """Return what a rule can begin with."""
        return self._first(Rule(rule))

    def read(self, tokens: Sequence[Token], kinds: Sequence[frozenset[str]]) -> ParseResult:
        """Parse tokens; ``kinds`` are the terminals each can be, with one more for the end."""
        root = Node("")
        path, expected, at = [root], set[str](), 0
        stack: list[Item | None] = [Rule(self._start)]
        while stack:
            item = stack.pop()
            if item is None:
                path.pop()
            elif isinstance(item, Terminal):
                if item.name not in kinds[at]:
                    expected.add(item.name)
                    return ParseResult(root, tokens, _failure(at, expected, path))
                if at < len(tokens):
                    path[-1].children.append(tokens[at])
                at += 1
                expected.clear()
            elif isinstance(item, Rule):
                if not item.name.startswith("_"):
                    node = Node(item.name)
                    path[-1].children.append(node)
                    path.append(node)
                    stack.append(None)
                stack.append(self._rules[item.name])
            else:
                chosen = self._next(item, kinds[at], expected)
                if chosen is None:
                    return ParseResult(root, tokens, _failure(at, expected, path))
                stack.extend(chosen)
        return ParseResult(root, tokens, None)

    def _next(
        self, item: InOrder | Choice | Repetition, kinds: frozenset[str], expected: set[str]
    ) -> Iterable[Item] | None:
        """Return what replaces the item on the stack, or None if no choice is possible."""
        if isinstance(item, InOrder):
            return reversed(item.parts)
        if isinstance(item, Repetition):
            begins = self._first(item.part)
            if kinds.isdisjoint(begins):
                expected |= begins
                return ()
            return (item, item.part) if item.many else (item.part,)
        for part in item.parts:
            if not kinds.isdisjoint(self._first(part)):
                return (part,)
        expected |= self._first(item)
        return next(((part,) for part in item.parts if self._is_empty(part)), None)

    def _first(self, item: Item) -> frozenset[str]:
        if (first := self._begins.get(item)) is None:
            first = self._begins[item] = frozenset(self._compute_first(item))
        return first

    def _compute_first(self, item: Item) -> Iterator[str]:
        if isinstance(item, Terminal):
            yield item.name
        elif isinstance(item, Rule):
            yield from self._first(self._rules[item.name])
        elif isinstance(item, Repetition):
            yield from self._first(item.part)
        elif isinstance(item, Choice):
            for part in item.parts:
                yield from self._first(part)
        else:
            for part in item.parts:
                yield from self._first(part)
                if not self._is_empty(part):
                    break

    def _is_empty(self, item: Item) -> bool:
        """Tell whether an item can be empty."""
        if isinstance(item, Terminal):
            return False
        if isinstance(item, Repetition):
            return True
        if (is_empty := self._empty.get(item)) is None:
            if isinstance(item, Rule):
                is_empty = self._is_empty(self._rules[item.name])
            elif isinstance(item, Choice):
                is_empty = any(map(self._is_empty, item.parts))
            else:
                is_empty = all(map(self._is_empty, item.parts))
            self._empty[item] = is_empty
        return is_empty


def _failure(at: int, expected: set[str], path: Sequence[Node]) -> ParseFailure:
    return ParseFailure(at, frozenset(expected), tuple(node.rule for node in path[1:]))


def _items(item: Item) -> Iterator[Item]:
    yield item
    if isinstance(item, Repetition):
        yield from _items(item.part)
    elif isinstance(item, InOrder | Choice):
        for part in item.parts:
            yield from _items(part)


# --- the parser of the table of rules ---

_RULE = re.compile(r"^(\w+) += ", re.MULTILINE)
_WORD = re.compile(r'"([^"]+)"|(\w+)|([()|*+?])')
_KIND = re.compile(r"[a-z]+|[A-Z][A-Z0-9_]+")


def _parse(text: str) -> Mapping[str, Item]:
    names = list(_RULE.finditer(text))
    ends = [*(match.start() for match in names[1:]), len(text)]
    return {
        match.group(1): _choice(_RuleTokens(text[match.end() : end]))
        for match, end in zip(names, ends, strict=True)
    }


class _RuleTokens:
    """The words of a rule's right side, read one by one."""

    def __init__(self, text: str) -> None:
        self._words: list[tuple[str | None, str | None, str | None]] = [
            (match.group(1), match.group(2), match.group(3)) for match in _WORD.finditer(text)
        ]
        self._at = 0

    def operator(self) -> str | None:
        """Return the next word if it is an operator, without consuming it."""
        return self._words[self._at][2] if self._at < len(self._words) else ")"

    def take(self) -> tuple[str | None, str | None, str | None]:
        """Return the next word: a mark, a name, or an operator."""
        self._at += 1
        return self._words[self._at - 1]


def _choice(words: _RuleTokens) -> Item:
    parts = [_sequence(words)]
    while words.operator() == "|":
        words.take()
        parts.append(_sequence(words))
    return parts[0] if len(parts) == 1 else Choice(tuple(parts))


def _sequence(words: _RuleTokens) -> Item:
    parts: list[Item] = []
    while words.operator() not in ("|", ")"):
        part = _one(words)
        operator = words.operator()
        if operator in ("*", "+", "?"):
            words.take()
            if operator == "+":
                parts.append(part)
            part = Repetition(part, many=operator != "?")
        parts.append(part)
    return parts[0] if len(parts) == 1 else InOrder(tuple(parts))


def _one(words: _RuleTokens) -> Item:
    mark, name, _ = words.take()
    if mark is not None:
        return Terminal(mark)
    if name is None:
        inner = _choice(words)
        words.take()
        return inner
    return Terminal(name) if _KIND.fullmatch(name) else Rule(name)
