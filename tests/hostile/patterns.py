"""The regular expressions of the package, what each is used for, and texts that take long."""

from __future__ import annotations

import ast
import random
import re
import sys
import warnings
from dataclasses import dataclass, fields, is_dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import graphsvc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

with warnings.catch_warnings():
    # The parser of the standard library has no public name in all versions of Python.
    warnings.simplefilter("ignore", DeprecationWarning)
    import sre_constants as ops
    import sre_parse

Pattern: TypeAlias = "re.Pattern[str] | re.Pattern[bytes]"

_PACKAGE = Path(graphsvc.__file__).parent
#: The functions of ``re``, and the methods of a pattern.
_USES = ("match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer")

#: The characters that replace "any character" in a generated text.
_LETTERS = "a0 \n/<\"'-.A_:é"


@dataclass(frozen=True)
class Use:
    """A pattern, the file that has it, and the method that is called on it."""

    where: str
    pattern: Pattern
    method: str

    def __str__(self) -> str:
        return f"{self.where} {self.method} {self.pattern.pattern!r:.60}"

    def run(self, text: str) -> None:
        """Do with a text what the package does."""
        subject: Any = text if isinstance(self.pattern.pattern, str) else text.encode()
        if self.method in ("match", "fullmatch", "search"):
            getattr(self.pattern, self.method)(subject)
        else:
            self.pattern.sub(subject[:0], subject)


def uses() -> list[Use]:
    """Return every use of a regular expression in the package."""
    return sorted({use for path in _PACKAGE.rglob("*.py") for use in _uses_in(path)}, key=str)


def _uses_in(path: Path) -> Iterator[Use]:
    name = ".".join(path.relative_to(_PACKAGE.parent).with_suffix("").parts)
    where = str(path.relative_to(_PACKAGE.parent))
    tree = ast.parse(path.read_text("utf-8"))
    calls = [each for each in ast.walk(tree) if isinstance(each, ast.Call)]
    attributes = [call.func for call in calls if isinstance(call.func, ast.Attribute)]
    if "re" not in {each.value.id for each in attributes if isinstance(each.value, ast.Name)}:
        return
    module = import_module(name.removesuffix(".__init__"))
    methods: dict[str, set[str]] = {}
    for each in (node for node in ast.walk(tree) if isinstance(node, ast.Attribute)):
        if each.attr in _USES:
            owner = each.value.id if isinstance(each.value, ast.Name) else ""
            methods.setdefault(owner, set()).add(each.attr)
    # A pattern in a table is used by another name than that of the table.
    others = {use for name in methods if name not in ("re", *vars(module)) for use in methods[name]}
    for variable, value in vars(module).items():
        for pattern in _patterns_in(value):
            for method in methods.get(variable, others):
                yield Use(where, pattern, method)
    for call in calls:
        if _is_of_re(call) and isinstance(call.func, ast.Attribute) and call.func.attr in _USES:
            text = _evaluated(call.args[0], module)
            if text is not None:
                yield Use(where, re.compile(text), call.func.attr)


def _is_of_re(call: ast.Call) -> bool:
    function = call.func
    return (
        isinstance(function, ast.Attribute)
        and isinstance(function.value, ast.Name)
        and function.value.id == "re"
    )


def _evaluated(node: ast.expr, module: ModuleType) -> str | None:
    """Return the text of a pattern in a call; None if a variable of a function has it."""
    if isinstance(node, ast.Starred):  # from a table, whose patterns are tried by themselves
        return None
    code = compile(ast.Expression(node), module.__name__, "eval")
    try:
        value = eval(code, dict(vars(module)))  # noqa: S307 - our own source
    except NameError:
        return None
    return value if isinstance(value, str) else None


def _patterns_in(value: object) -> Iterator[Pattern]:
    """Yield the patterns in the value of a module's variable, whatever its type."""
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _patterns_in(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _patterns_in(each)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from _patterns_in(getattr(value, field.name))


# --- texts


def attacks(pattern: Pattern, variants: int = 12) -> Iterator[Callable[[int], str]]:
    """Yield texts of any length for each repetition of a pattern: what it repeats, again and again.

    The pattern needs the text before the repetition; the text after it never matches.
    """
    source = (
        pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    )
    tree = sre_parse.parse(source, pattern.flags & ~re.DEBUG)
    chance = random.Random(source)  # noqa: S311 - the same texts each time
    for before, body in _repetitions(list(tree), []):  # type: ignore[call-overload]
        for _ in range(variants):
            start, piece = _sample(before, chance), _sample(body, chance) or "a"
            end = chance.choice(["", "\0", "\n", piece[:-1], "\0" + piece, *source])
            yield lambda size, start=start, piece=piece, end=end: (  # type: ignore[misc]
                start + piece * (size // len(piece) + 1) + end
            )


_REPEATS = {ops.MAX_REPEAT, ops.MIN_REPEAT, getattr(ops, "POSSESSIVE_REPEAT", None)}


def _repetitions(items: list[Any], before: list[Any]) -> Iterator[tuple[list[Any], list[Any]]]:
    for index, (op, value) in enumerate(items):
        here = before + items[:index]
        if op in _REPEATS:
            if value[1] == ops.MAXREPEAT or value[1] > 1000:
                yield here, list(value[2])
            yield from _repetitions(list(value[2]), here)
        else:
            for inner in _inner(op, value):
                yield from _repetitions(inner, here)


def _inner(op: Any, value: Any) -> list[list[Any]]:
    if op is ops.SUBPATTERN:
        return [list(value[-1])]
    if op is ops.BRANCH:
        return [list(each) for each in value[1]]
    if op in (ops.ASSERT, ops.ASSERT_NOT):
        return [list(value[1])]
    return [list(value)] if op is getattr(ops, "ATOMIC_GROUP", None) else []


def _sample(items: list[Any], chance: random.Random) -> str:
    """Return a text that a part of a pattern may match."""
    return "".join(_of_one(op, value, chance) for op, value in items)


def _of_one(op: Any, value: Any, chance: random.Random) -> str:
    if op is ops.LITERAL:
        return chr(value)
    if op in (ops.NOT_LITERAL, ops.ANY):
        return chance.choice(_LETTERS)
    if op is ops.IN:
        return _of_set(value, chance)
    if op in _REPEATS:
        times = min(max(value[0], chance.choice([0, 1, 2])), value[1])
        return "".join(_sample(list(value[2]), chance) for _ in range(times))
    if op in (ops.ASSERT, ops.ASSERT_NOT):
        return ""
    inner = _inner(op, value)
    return _sample(chance.choice(inner), chance) if inner else ""


_CATEGORIES = {
    ops.CATEGORY_DIGIT: "0",
    ops.CATEGORY_SPACE: " \n",
    ops.CATEGORY_WORD: "a0_",
    ops.CATEGORY_NOT_DIGIT: "a ",
    ops.CATEGORY_NOT_SPACE: "a0/",
    ops.CATEGORY_NOT_WORD: " /",
}


def _of_set(items: list[Any], chance: random.Random) -> str:
    """Return a character of a set."""
    some = "".join(
        chr(value)
        if op is ops.LITERAL
        else "".join(map(chr, value))
        if op is ops.RANGE
        else _CATEGORIES.get(value, "")
        for op, value in items
        if op is not ops.NEGATE
    )
    if items[0][0] is ops.NEGATE:
        some = "".join(each for each in _LETTERS if each not in some) or "~"
    return chance.choice(some or "a")


assert sys.version_info >= (3, 11)
