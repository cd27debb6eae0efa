r"""Translates the regular expressions of XPath and SPARQL into the engine's syntax, that of Rust.

The two differ in few points, but there the engine gives other matches without an error: for it
``$1x`` is a group called ``1x``, and ``[a-z-[aeiou]]`` includes the vowels.
https://www.w3.org/TR/xpath-functions/#regex-syntax, https://docs.rs/regex/#syntax
"""

from __future__ import annotations

import re
from functools import lru_cache

from pyoxigraph import Literal, QuerySolutions, Store

# https://www.w3.org/TR/xml/#NT-NameStartChar and NameChar
_INITIAL = (
    r"A-Z_a-z:\x{C0}-\x{D6}\x{D8}-\x{F6}\x{F8}-\x{2FF}\x{370}-\x{37D}\x{37F}-\x{1FFF}"
    r"\x{200C}\x{200D}\x{2070}-\x{218F}\x{2C00}-\x{2FEF}\x{3001}-\x{D7FF}\x{F900}-\x{FDCF}"
    r"\x{FDF0}-\x{FFFD}\x{10000}-\x{EFFFF}"
)
_NAME = _INITIAL + r"\-.0-9\x{B7}\x{300}-\x{36F}\x{203F}\x{2040}"
_CLASSES = {
    r"\i": f"[{_INITIAL}]",
    r"\I": f"[^{_INITIAL}]",
    r"\c": f"[{_NAME}]",
    r"\C": f"[^{_NAME}]",
}
#: Within a character class these are operators for the engine, and plain characters in XPath.
_OPERATORS = ("&&", "~~")

_ESCAPE = re.compile(r"\\.", re.DOTALL)
_FLAGS = frozenset("ismxq")
_PLAIN = re.compile(r"[\w\s,:;/@%'\"<>=!~#&-]*")
_GROUP = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|\((?!\?)|\(\?P?<(?![=!])", re.DOTALL)
_DIGITS = re.compile(r"\d+", re.ASCII)

#: What the engine's regular expressions do not support, by how it begins.
_UNSUPPORTED = (
    (re.compile(r"\\[1-9]"), "the back-reference {}"),
    (re.compile(r"\(\?[=!]"), "the lookahead {}…)"),
    (re.compile(r"\(\?<[=!]"), "the lookbehind {}…)"),
    (re.compile(r"\(\?>"), "the atomic group {}…)"),
    (re.compile(r"\\[pP]\{[^}]*\}?"), "{}, which is no property that it knows"),
)

_NO_DATA = Store()


def translate(pattern: str, flags: str = "") -> str:
    """Return a pattern of XPath as the engine reads it."""
    if "q" in flags:
        return pattern
    return _Translation(pattern, "x" in flags).whole()


class _Translation:
    """The translation of one pattern."""

    def __init__(self, pattern: str, ignores_space: bool) -> None:  # noqa: FBT001 - a fact
        self._pattern = pattern
        self._ignores_space = ignores_space
        self._at = 0

    def whole(self) -> str:
        """Return the pattern, translated."""
        pieces: list[str] = []
        while self._at < len(self._pattern):
            mark = self._pattern[self._at]
            if mark == "[":
                pieces.append(self._character_class())
            elif mark == "#" and self._ignores_space:
                # A comment begins here only for the engine.
                self._at += 1
                pieces.append(r"\#")
            else:
                pieces.append(self._character())
        return "".join(pieces)

    def _character(self) -> str:
        escape = _ESCAPE.match(self._pattern, self._at)
        text = escape.group() if escape else self._pattern[self._at]
        self._at += len(text)
        return _CLASSES.get(text, text)

    def _character_class(self) -> str:
        """Translate a class; what it subtracts comes last, and is a class itself.

        https://www.w3.org/TR/xmlschema-2/#nt-charClassSub
        """
        opening = "[^" if self._pattern.startswith("[^", self._at) else "["
        self._at += len(opening)
        pieces: list[str] = []
        while self._at < len(self._pattern):
            if pieces and self._pattern.startswith("-[", self._at):
                self._at += 1
                subtracted = self._character_class()
                inside = f"{opening}{''.join(pieces)}]"
                pieces, opening = [f"{inside}--{subtracted}"], "["
            elif self._pattern.startswith(_OPERATORS, self._at):
                pieces.append("\\" + self._character())
            elif self._pattern[self._at] == "]" and pieces:
                self._at += 1
                return f"{opening}{''.join(pieces)}]"
            elif self._pattern[self._at] == "[":
                pieces.append(self._character_class())
            else:
                pieces.append(self._character())
        return opening + "".join(pieces)


def replacement(text: str, groups: int | None, flags: str = "") -> str | None:
    r"""Return a replacement in the engine's syntax, or None if it is not valid in XPath.

    ``$N`` is a group, ``\$`` a dollar sign and ``\\`` a backslash; nothing else may follow these
    two signs (https://www.w3.org/TR/xpath-functions/#func-replace). If there are fewer ``groups``
    than the number says, its last digits are plain text.
    """
    if "q" in flags:
        return text.replace("$", "$$")
    pieces: list[str] = []
    at = 0
    while at < len(text):
        mark, following = text[at], text[at + 1 : at + 2]
        digits = _DIGITS.match(text, at + 1) if mark == "$" else None
        if digits:
            number = digits.group()
            while len(number) > 1 and groups is not None and int(number) > groups:
                number = number[:-1]
            pieces.append(f"${{{number}}}")
            at += 1 + len(number)
        elif mark == "\\" and following in ("$", "\\"):
            pieces.append("$$" if following == "$" else "\\")
            at += 2
        elif mark in ("$", "\\"):
            return None
        else:
            pieces.append(mark)
            at += 1
    return "".join(pieces)


def groups_in(pattern: str) -> int:
    """Return how many groups a pattern captures."""
    return sum(match.group().startswith("(") for match in _GROUP.finditer(pattern))


def wrong_flags(flags: str) -> str:
    """Return those of the flags that XPath does not have."""
    return "".join(flag for flag in flags if flag not in _FLAGS)


def is_read(pattern: str, flags: str = "") -> bool:
    """Tell whether the engine can read a translated pattern."""
    return _PLAIN.fullmatch(pattern) is not None or _is_read(pattern, flags)


@lru_cache(maxsize=1024)
def _is_read(pattern: str, flags: str) -> bool:
    # The engine leaves the variable unbound if it cannot read the pattern.
    rows = _NO_DATA.query(
        f'SELECT (REGEX("", {Literal(pattern)}, {Literal(flags)}) AS ?read) {{ }}'
    )
    return isinstance(rows, QuerySolutions) and next(iter(rows))[0] is not None


def unsupported(pattern: str) -> str:
    """Return the part of a pattern that the engine does not support, or "" if there is none."""
    for construct, description in _UNSUPPORTED:
        if match := construct.search(pattern):
            return description.format(match.group())
    return ""
