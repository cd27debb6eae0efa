"""The command ``publish`` itself: its output and its exit codes."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from graphsvc.cli import main

from .reading import names, quads, quads_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphsvc.release import Release

    from .conftest import Publishing

INVENTORY = "https://example.org/lights/graph/inventory"


@pytest.fixture
def releases(lights_release: Release, tmp_path: Path) -> Path:
    """Return a folder with a release of the tiny project, where journals are written."""
    folder = tmp_path / "releases"
    return Path(shutil.copytree(lights_release.path.parent, folder, symlinks=True))


@pytest.fixture
def call(lights_folder: Path, releases: Path) -> Callable[..., Result]:
    """Return a function that calls `graphsvc publish` with the releases of the tiny project."""

    def publish(*arguments: str) -> Result:
        places = [str(lights_folder), "--releases", str(releases)]
        return CliRunner().invoke(main, ["publish", *places, *arguments])

    return publish


def test_a_release_is_published_and_undone(
    call: Callable[..., Result], on_oxigraph: Publishing, lights_release: Release
) -> None:
    result = call("--to", on_oxigraph.url, "--release", lights_release.id[:6])
    assert result.exit_code == 0, result.output
    assert "readers see what was there before, then what is new" in result.stdout
    assert f"{on_oxigraph.url} has the release {lights_release.id} now." in result.stdout
    graphs = names(on_oxigraph.url) - {INVENTORY}
    assert quads(on_oxigraph.url, graphs) == quads_of(lights_release.dump)
    result = call("--to", on_oxigraph.url, "--undo")
    assert result.exit_code == 0, result.output
    assert f"{on_oxigraph.url} has no release now." in result.stdout
    assert names(on_oxigraph.url) == set()


def test_nothing_to_undo(call: Callable[..., Result], on_oxigraph: Publishing) -> None:
    # By another address of the same engine nothing was published.
    result = call("--to", f"{on_oxigraph.url}?", "--undo")
    assert result.exit_code == 1
    assert "there is nothing to undo" in result.stderr


def test_a_release_that_is_not_there(call: Callable[..., Result], on_oxigraph: Publishing) -> None:
    result = call("--to", on_oxigraph.url, "--release", "none")
    assert result.exit_code == 1
    assert "Kept are:" in result.stderr


def test_an_address_is_needed(call: Callable[..., Result]) -> None:
    assert call().exit_code == 2


def test_a_folder_that_cannot_be_written(
    call: Callable[..., Result], on_oxigraph: Publishing, releases: Path
) -> None:
    (releases / ".published").write_text("no folder")
    result = call("--to", on_oxigraph.url)
    assert result.exit_code == 1
    assert "cannot be written" in result.stderr
    assert "--releases" in result.stderr
