"""The service under ``kill -9``, and the judge of its answers, which must not be blind."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from .chaos import Outcome, Request
from .load import Reply
from .mix import GRAPH, SOLUTIONS, question

REPOSITORY = Path(__file__).parents[2]


def _rows(*values: str) -> bytes:
    bindings = [{"x": {"type": "literal", "value": value}} for value in values]
    return json.dumps({"head": {"vars": ["x"]}, "results": {"bindings": bindings}}).encode()


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (200, _rows("a", "b"), Outcome.RIGHT),
        (200, _rows("b", "a"), Outcome.RIGHT),
        (200, _rows("a"), Outcome.CUT),
        (200, _rows("a", "b")[:-2], Outcome.CUT),
        (200, b"", Outcome.CUT),
        (200, _rows("a", "c"), Outcome.WRONG),
        (200, _rows("a", "b", "b"), Outcome.WRONG),
        (503, b"", Outcome.TOLD),
        (404, b"", Outcome.WRONG),
    ],
)
def test_an_answer_is_judged_by_what_it_says(status: int, body: bytes, outcome: Outcome) -> None:
    request = Request(question("lookup"), "", Reply(200, SOLUTIONS, _rows("a", "b")))
    assert request.judge(Reply(status, SOLUTIONS, body)) is outcome


def test_a_graph_without_its_last_triple_is_cut() -> None:
    triples = b"<urn:a> <urn:b> <urn:c> .\n<urn:a> <urn:b> <urn:d> .\n"
    request = Request(question("describe"), "", Reply(200, GRAPH, triples))
    assert request.judge(Reply(200, GRAPH, triples[: len(triples) // 2])) is Outcome.CUT


def test_no_client_is_deceived_while_workers_are_killed() -> None:
    program = (sys.executable, "-m", "tests.benchmarks.chaos", "--seconds", "5")
    run = subprocess.run(program, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
