"""What a shell completes: bash itself is asked, with the script that the program prints."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from graphsvc.cli import main

if TYPE_CHECKING:
    from graphsvc.release import Release

BASH = """
set -o errexit
eval "$(graphsvc completion bash)"
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
compopt() { echo "compopt $*"; }
_graphsvc_completion graphsvc
printf '%s\\n' "${COMPREPLY[@]}"
"""


def completed(folder: Path, *words: str) -> list[str]:
    """Return what bash offers for the last word, in a folder."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("GRAPHSVC_")}
    own["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), own["PATH"]])
    command = ["bash", "-c", BASH, "bash", "graphsvc", *words]
    result = subprocess.run(
        command, cwd=folder, env=own, capture_output=True, text=True, timeout=60, check=True
    )
    return result.stdout.split()


def test_commands_and_options_are_completed(tmp_path: Path) -> None:
    assert completed(tmp_path, "rel") == ["releases", "reload"]
    assert completed(tmp_path, "serve", "--po") == ["--port"]


def test_questions_of_the_release_are_completed(lights_release: Release, tmp_path: Path) -> None:
    releases = str(lights_release.path.parent)
    assert completed(tmp_path, "query", "--releases", releases, "kee") == ["keepers"]


def test_a_file_is_completed_where_there_is_no_such_question(tmp_path: Path) -> None:
    assert completed(tmp_path, "query", "mi") == ["compopt", "-o", "default"]


@pytest.mark.parametrize(
    ("shell", "line"),
    [("zsh", "#compdef graphsvc"), ("fish", "complete --no-files --command graphsvc")],
)
def test_other_shells_have_a_script_too(shell: str, line: str) -> None:
    result = CliRunner().invoke(main, ["completion", shell])
    assert result.exit_code == 0
    assert line in result.output


def test_a_shell_that_is_not_known_is_refused() -> None:
    assert CliRunner().invoke(main, ["completion", "tcsh"]).exit_code == 2
