"""Each scenario with a few faults, and the judge of the answers, which must not be blind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from server.wire import Answer, Head

from .clients import Outcome, RightAnswers
from .play import play
from .scenarios import SCENARIOS
from .stage import Ground, prepare

if TYPE_CHECKING:
    from pathlib import Path

    from .stage import Stage


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    return prepare(tmp_path_factory.mktemp("faults") / "ground")


@pytest.mark.parametrize("name", SCENARIOS)
def test_no_client_is_deceived_and_no_release_is_lost(
    name: str, ground: Ground, tmp_path: Path
) -> None:
    row = SCENARIOS[name]

    def is_over(stage: Stage) -> bool:
        return stage.counts.faults >= row.faults

    result = play(name, row.scenario, ground, tmp_path / name, is_over)
    assert result.faults_of_ours == []
    assert result.counts.faults == row.faults
    assert result.outcomes[Outcome.RIGHT]


@pytest.mark.parametrize(
    ("release", "status", "content", "is_whole", "outcome"),
    [
        ("old", 200, b"a\nb\n", True, Outcome.RIGHT),
        ("old", 200, b"b\na\n", True, Outcome.RIGHT),
        ("old", 200, b"a\nb2026-01-01T00:00:00\n", True, Outcome.RIGHT),
        ("old", 200, b"a\nb1 December 2026, 04:12 UTC\n", True, Outcome.RIGHT),
        ("old", 200, b"a\n", True, Outcome.CUT),
        ("old", 200, b"", True, Outcome.CUT),
        ("old", 200, b"a\n", False, Outcome.BROKEN),
        ("old", 200, b"a\nc\n", True, Outcome.WRONG),
        ("new", 200, b"a\nb\n", True, Outcome.WRONG),
        ("none", 200, b"a\nb\n", True, Outcome.WRONG),
        ("old", 503, b"", True, Outcome.SERVER_ERROR),
        ("old", 404, b"", True, Outcome.WRONG),
    ],
)
def test_an_answer_is_judged_by_its_release_and_its_content(
    release: str,
    status: int,
    content: bytes,
    is_whole: bool,  # noqa: FBT001 - a case of the table
    outcome: Outcome,
) -> None:
    right = RightAnswers({"old": {"/": b"a\nb\n"}, "new": {"/": b"a\nc\n"}})
    answer = Answer(Head("HTTP/1.1", status, {"release": release}), content, is_whole=is_whole)
    assert right.judge("/", answer) is outcome
