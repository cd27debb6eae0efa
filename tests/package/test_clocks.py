"""No test waits for a time, or asserts how long something takes: machines are slow at times."""

from __future__ import annotations

import ast

import pytest
from projects import TESTS

CLOCKS = {"monotonic", "perf_counter", "time"}
FILES = sorted(
    file for file in TESTS.rglob("test_*.py") if not {"benchmarks", "node_modules"} & {*file.parts}
)


def words(node: ast.AST) -> set[str]:
    """Return the names of functions that are called in a piece of code."""
    functions = (each.func for each in ast.walk(node) if isinstance(each, ast.Call))
    return {ast.unparse(function).rpartition(".")[2] for function in functions}


def faults(tree: ast.Module) -> list[int]:
    """Return the lines that sleep, or assert something of a clock."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if (isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "sleep")
        or (isinstance(node, ast.Assert) and words(node) & CLOCKS)
    ]


def test_no_test_sleeps_or_asserts_a_time() -> None:
    by_file = {str(file.relative_to(TESTS)): faults(ast.parse(file.read_text())) for file in FILES}
    assert len(by_file) > 150
    assert {file: lines for file, lines in by_file.items() if lines} == {}


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("time.sleep(1)", [1]),
        ("from time import sleep\nsleep(1)", [2]),
        ("start = time.monotonic()\nassert time.monotonic() - start < 2", [2]),
        ("eventually(lambda: ready)\nassert answer.status == 200", []),
    ],
)
def test_clocks_are_seen(code: str, lines: list[int]) -> None:
    assert faults(ast.parse(code)) == lines
