"""Reads texts by a grammar whose every choice the next token decides, without recursion.

https://en.wikipedia.org/wiki/LL_parser: a stack of what is still to come, and one look ahead. The
time is linear in the number of tokens, and no text is nested too deeply.
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
    """What another rule describes."""

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
class Repeated:
    """A thing any number of times, or, if not ``many``, once at most."""

    part: Item
    many: bool


Item: TypeAlias = Terminal | Rule | InOrder | Choice | Repeated


@dataclass(slots=True, eq=False)
class Node:
    """What a rule has read: its tokens and the nodes of the rules in it, in order."""

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
        """Return the tokens of its own: those that no node in it has read."""
        return [child for child in self.children if not isinstance(child, Node)]

    def walk(self) -> Iterator[Node]:
        """Yield this node and all that are in it, each before those in it."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(reversed(node.nodes()))

    def leaves(self) -> Iterator[Token]:
        """Yield every token in it, in order."""
        waiting: list[Node | Token] = [self]
        while waiting:
            child = waiting.pop()
            if isinstance(child, Node):
                waiting.extend(reversed(child.children))
            else:
                yield child


@dataclass(frozen=True, slots=True)
class Failure:
    """Where reading stopped: at which token, what could stand there, inside which rules.

    ``at`` is the number of the token, that of the end if the text ends too early. ``rules`` are
    the names of the rules that were being read, the innermost last.
    """

    at: int
    expected: frozenset[str]
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read: the tree (as far as it goes), the tokens, and the failure if there is one."""

    root: Node
    tokens: Sequence[Token]
    failure: Failure | None


class Grammar:
    """A grammar that is ready to read with."""

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

    def read(self, tokens: Sequence[Token], kinds: Sequence[frozenset[str]]) -> Reading:
        """Read tokens; ``kinds`` says which terminals each can be, and has one more for the end."""
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
                    return Reading(root, tokens, _failure(at, expected, path))
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
                    return Reading(root, tokens, _failure(at, expected, path))
                stack.extend(chosen)
        return Reading(root, tokens, None)

    def _next(
        self, item: InOrder | Choice | Repeated, kinds: frozenset[str], expected: set[str]
    ) -> Iterable[Item] | None:
        """Return what takes the item's place on the stack, or None if nothing can."""
        if isinstance(item, InOrder):
            return reversed(item.parts)
        if isinstance(item, Repeated):
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
        if (known := self._begins.get(item)) is None:
            known = self._begins[item] = frozenset(self._compute_first(item))
        return known

    def _compute_first(self, item: Item) -> Iterator[str]:
        if isinstance(item, Terminal):
            yield item.name
        elif isinstance(item, Rule):
            yield from self._first(self._rules[item.name])
        elif isinstance(item, Repeated):
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
        """Tell whether an item may stand for nothing."""
        if isinstance(item, Terminal):
            return False
        if isinstance(item, Repeated):
            return True
        if (known := self._empty.get(item)) is None:
            if isinstance(item, Rule):
                known = self._is_empty(self._rules[item.name])
            elif isinstance(item, Choice):
                known = any(map(self._is_empty, item.parts))
            else:
                known = all(map(self._is_empty, item.parts))
            self._empty[item] = known
        return known


def _failure(at: int, expected: set[str], path: Sequence[Node]) -> Failure:
    return Failure(at, frozenset(expected), tuple(node.rule for node in path[1:]))


def _items(item: Item) -> Iterator[Item]:
    yield item
    if isinstance(item, Repeated):
        yield from _items(item.part)
    elif isinstance(item, InOrder | Choice):
        for part in item.parts:
            yield from _items(part)


# --- the table of rules, read ---

_RULE = re.compile(r"^(\w+) += ", re.MULTILINE)
_WORD = re.compile(r'"([^"]+)"|(\w+)|([()|*+?])')
_KIND = re.compile(r"[a-z]+|[A-Z][A-Z0-9_]+")


def _parse(text: str) -> Mapping[str, Item]:
    names = list(_RULE.finditer(text))
    ends = [*(match.start() for match in names[1:]), len(text)]
    return {
        match.group(1): _choice(_Words(text[match.end() : end]))
        for match, end in zip(names, ends, strict=True)
    }


class _Words:
    """The words of a rule's right side, and how far they are read."""

    def __init__(self, text: str) -> None:
        self._words: list[tuple[str | None, str | None, str | None]] = [
            (match.group(1), match.group(2), match.group(3)) for match in _WORD.finditer(text)
        ]
        self._at = 0

    def operator(self) -> str | None:
        """Return the next word if it is an operator, without going on."""
        return self._words[self._at][2] if self._at < len(self._words) else ")"

    def take(self) -> tuple[str | None, str | None, str | None]:
        """Return the next word: a mark, a name, or an operator."""
        self._at += 1
        return self._words[self._at - 1]


def _choice(words: _Words) -> Item:
    parts = [_sequence(words)]
    while words.operator() == "|":
        words.take()
        parts.append(_sequence(words))
    return parts[0] if len(parts) == 1 else Choice(tuple(parts))


def _sequence(words: _Words) -> Item:
    parts: list[Item] = []
    while words.operator() not in ("|", ")"):
        part = _one(words)
        operator = words.operator()
        if operator in ("*", "+", "?"):
            words.take()
            if operator == "+":
                parts.append(part)
            part = Repeated(part, many=operator != "?")
        parts.append(part)
    return parts[0] if len(parts) == 1 else InOrder(tuple(parts))


def _one(words: _Words) -> Item:
    mark, name, _ = words.take()
    if mark is not None:
        return Terminal(mark)
    if name is None:
        inner = _choice(words)
        words.take()
        return inner
    return Terminal(name) if _KIND.fullmatch(name) else Rule(name)
