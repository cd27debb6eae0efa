"""Evaluates a .htaccess file as Apache 2.4 does, for the part of mod_rewrite that ours uses.

https://httpd.apache.org/docs/2.4/mod/mod_rewrite.html
What is not known here is refused, so that no rule is passed over: other directives, flags,
variables and tests; and a redirect without NE, since escaping a target is not modelled.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Redirect:
    """Where a request is sent, and with which status."""

    status: int
    location: str


@dataclass(frozen=True)
class _Condition:
    test: str
    pattern: re.Pattern[str]


@dataclass(frozen=True)
class _Rule:
    pattern: re.Pattern[str]
    target: str
    flags: tuple[str, ...]
    conditions: tuple[_Condition, ...]


@dataclass
class _Request:
    line: str
    query: str
    environment: dict[str, str] = field(default_factory=dict)


class Rewriting:
    """The rules of one folder; ``prefix`` is its path, ``/iwm/`` for example."""

    def __init__(self, file: Path, prefix: str) -> None:
        self._prefix = prefix
        self._rules = list(_read(file.read_text("utf-8")))

    def answer(self, target: str, method: str = "GET") -> Redirect | None:
        """Return what a request for a target (path and query, as sent) gets; None: no redirect."""
        path, _, query = target.partition("?")
        if not path.startswith(self._prefix):
            return None
        request = _Request(f"{method} {target} HTTP/1.1", query)
        # In a folder the pattern sees the decoded path, without the folder's own.
        local = unquote(path.removeprefix(self._prefix))
        for rule in self._rules:
            match = rule.pattern.search(local)
            groups = _conditions(rule, request) if match else None
            if match is None or groups is None:
                continue
            for flag in rule.flags:
                if flag.startswith("E="):
                    name, _, value = flag[2:].partition(":")
                    request.environment[name] = _expanded(value, match, groups, request)
            if rule.target != "-":
                return _redirect(rule, match, groups, request)
        return None


def _read(text: str) -> list[_Rule]:
    rules: list[_Rule] = []
    conditions: list[_Condition] = []
    is_on = False
    for line in text.splitlines():
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if words == ["RewriteEngine", "on"]:
            is_on = True
        elif words[0] == "RewriteCond" and len(words) == 3 and words[2][0] not in "!=<>-":
            conditions.append(_Condition(words[1], re.compile(words[2])))
        elif words[0] == "RewriteRule" and len(words) == 4 and words[1][0] != "!":
            flags = tuple(words[3].removeprefix("[").removesuffix("]").split(","))
            assert is_on
            rules.append(_Rule(re.compile(words[1]), words[2], flags, tuple(conditions)))
            _check(rules[-1])
            conditions = []
        else:
            raise ValueError(f"not known here: {line}")
    assert not conditions, "a condition without a rule"
    return rules


def _check(rule: _Rule) -> None:
    kinds = {re.sub(r"=.*", "", flag) for flag in rule.flags}
    expected = {"E"} if rule.target == "-" else {"R", "NE", "L"}
    if kinds != expected:
        raise ValueError(f"flags that are not known here: {rule.flags}")


def _conditions(rule: _Rule, request: _Request) -> tuple[str, ...] | None:
    """Return the groups of the last condition, or None if one of them does not hold."""
    groups: tuple[str, ...] = ()
    for condition in rule.conditions:
        if condition.test != "%{THE_REQUEST}":
            raise ValueError(f"not known here: {condition.test}")
        match = condition.pattern.search(request.line)
        if match is None:
            return None
        groups = (match.group(), *(group or "" for group in match.groups()))
    return groups


def _expanded(text: str, match: re.Match[str], groups: tuple[str, ...], request: _Request) -> str:
    def value(reference: re.Match[str]) -> str:
        name, number = reference["name"], reference["number"]
        if name:
            return request.environment.get(name, "")
        references = (match.group(), *match.groups()) if reference["sign"] == "$" else groups
        return (references[int(number)] or "") if int(number) < len(references) else ""

    return re.sub(r"%\{ENV:(?P<name>\w+)\}|(?P<sign>[$%])(?P<number>\d)", value, text)


def _redirect(
    rule: _Rule, match: re.Match[str], groups: tuple[str, ...], request: _Request
) -> Redirect:
    location = _expanded(rule.target, match, groups, request)
    if request.query and "?" not in location:
        location += f"?{request.query}"
    status = next(int(flag[2:]) for flag in rule.flags if flag.startswith("R="))
    return Redirect(status, location)
