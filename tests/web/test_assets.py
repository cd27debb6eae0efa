"""The scripts of the pages: locked versions, bundles, and a machine without Node."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from graphsvc import settings
from graphsvc.cli import main
from graphsvc.web.app import create_app

if TYPE_CHECKING:
    from graphsvc.release import Release

TESTS = Path(__file__).parents[1]
WEB = TESTS.parent / "graphsvc" / "web"


@pytest.mark.parametrize(
    "folder",
    [WEB / "assets", WEB.parent / "vocabularies", TESTS / "checkers", TESTS / "engines"],
    ids=lambda path: path.name,
)
def test_the_lock_names_versions_and_hashes_and_no_registry(folder: Path) -> None:
    locked = json.loads((folder / "package-lock.json").read_text("utf-8"))["packages"]
    manifest = json.loads((folder / "package.json").read_text("utf-8"))
    direct = manifest["dependencies"] | manifest.get("devDependencies", {})
    assert {locked[f"node_modules/{name}"]["version"] for name in direct} == set(direct.values())
    for name, package in locked.items():
        assert "resolved" not in package
        assert not name or package["integrity"].startswith("sha512-")


def test_the_licence_of_every_bundled_library_is_served(lights_release: Release) -> None:
    client = create_app(lights_release, settings.load({}, {})).test_client()
    text = client.get("/static/assets/licences.txt").text
    dependencies = json.loads((WEB / "assets" / "package.json").read_text("utf-8"))["dependencies"]
    for name, version in dependencies.items():
        assert re.search(rf"^{re.escape(name)} {re.escape(version)} \(MIT\)$", text, re.MULTILINE)
    assert "esbuild" not in text


def test_scripts_are_served_as_what_they_are(lights_release: Release) -> None:
    client = create_app(lights_release, settings.load({}, {})).test_client()
    answer = client.get("/static/assets/workbench.js")
    assert answer.mimetype == "text/javascript"
    assert len(answer.data) < 20_000


def test_a_machine_without_node_is_told_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    result = CliRunner().invoke(main, ["assets"])
    assert result.exit_code == 1
    assert "graphsvc[assets]" in result.output
