"""What ``make test-fast`` runs starts no process, browser or engine: it takes no time."""

from __future__ import annotations

import ast
import re

import pytest
from projects import MECHANISMS, TESTS

#: What starts what takes time, and the packages of tests that do so.
SLOW = {
    *("jpype", "multiprocessing", "playwright", "subprocess"),
    *("browser", "deploy", "endpoint", "engines", "faults", "server"),
}


def fast_folders() -> list[str]:
    """Return the folders that the Makefile names."""
    named = re.search(r"^FAST := (.*)$", (MECHANISMS / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert named is not None
    return named[1].split()


def slow_names(tree: ast.Module) -> set[str]:
    """Return the names under which a file knows what takes time."""
    names: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.Import):
            names |= {alias.asname or alias.name for alias in node.names if is_slow(alias.name)}
        elif isinstance(node, ast.ImportFrom) and is_slow(node.module or ""):
            names |= {alias.asname or alias.name for alias in node.names}
    return names


def is_slow(module: str) -> bool:
    return module.partition(".")[0] in SLOW


def unmarked(tree: ast.Module) -> list[str]:
    """Return the tests that use what takes time, and are not marked as slow."""
    slow = slow_names(tree)
    return [
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        and slow & {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
        and "pytest.mark.slow" not in map(ast.unparse, node.decorator_list)
    ]


@pytest.mark.parametrize("folder", fast_folders())
def test_no_fast_test_starts_what_takes_time(folder: str) -> None:
    files = sorted((TESTS / folder).glob("*.py"))
    assert files
    by_file = {file.name: unmarked(ast.parse(file.read_text("utf-8"))) for file in files}
    assert {name: tests for name, tests in by_file.items() if tests} == {}, "mark them as slow"


def test_what_takes_time_is_seen() -> None:
    test = "def test_it() -> None:\n    run(['ls'])\n"
    assert unmarked(ast.parse(f"from subprocess import run\n{test}")) == ["test_it"]
    assert unmarked(ast.parse(f"from subprocess import run\n@pytest.mark.slow\n{test}")) == []
    assert unmarked(ast.parse(f"from elsewhere import run\n{test}")) == []
