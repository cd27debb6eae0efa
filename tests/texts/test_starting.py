"""``graphsvc new``: a project that is right from its first minute, whatever is answered."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from pyoxigraph import Literal

from graphsvc import settings, sources
from graphsvc.cli import main
from graphsvc.namespaces import DCTERMS
from graphsvc.web.app import create_app
from texts.conftest import Curator

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from graphsvc.release import Release

ANSWERS = {
    "--title": 'The "Bridges" of \\ Île & <Merrow>',
    "--base-iri": "https://bridges.example.org/graph/",
    "--licence": "https://creativecommons.org/publicdomain/zero/1.0/",
    "--languages": "de, zh-Hant",
}


def new(folder: Path, **changed: str) -> int:
    answers = ANSWERS | {f"--{name}": value for name, value in changed.items()}
    options = [part for pair in answers.items() for part in pair]
    return CliRunner().invoke(main, ["new", str(folder), *options]).exit_code


@pytest.fixture
def new_project(tmp_path: Path) -> Path:
    """Return the folder of a new project."""
    assert new(tmp_path / "bridges") == 0
    return tmp_path / "bridges"


@pytest.mark.parametrize("profile", ["default", "strict"])
def test_a_new_project_has_nothing_to_mend(new_project: Path, profile: str) -> None:
    checked = CliRunner().invoke(main, ["check", str(new_project), "--profile", profile])
    assert (checked.exit_code, checked.output) == (0, "No findings: all is well.\n")


def test_it_serves_a_page_with_a_sentence_and_its_question(
    new_project: Path, build_in: Callable[[Path, Path], Release], tmp_path: Path
) -> None:
    release = build_in(new_project, tmp_path / "releases")
    client = create_app(release, settings.load({"project": new_project}, {})).test_client()
    page = client.get("/doc/id/bridge/new-bridge").text
    lead = page[page.index('class="lead"') :].partition("</p>")[0]
    assert "opened in" in lead
    assert "which replaced the" in lead
    assert "The New Bridge was opened in 1990." in page
    rows = client.get("/queries/bridges-by-age.csv").text.splitlines()
    replaced = "1782,https://bridges.example.org/graph/id/bridge/new-bridge,The Old Bridge was"
    assert replaced in rows[1]
    assert len(rows) == 3


def test_the_dataset_says_what_was_answered(new_project: Path) -> None:
    project = sources.load(new_project)
    assert project.base == ANSWERS["--base-iri"]
    objects = {
        prop: {quad.object for quad in project.quads if quad.predicate == prop}
        for prop in (DCTERMS.title, DCTERMS.language, DCTERMS.license)
    }
    assert Literal(ANSWERS["--title"], language="de") in objects[DCTERMS.title]
    assert {Literal("de"), Literal("zh-Hant")} <= objects[DCTERMS.language]
    assert {str(each) for each in objects[DCTERMS.license]} == {f"<{ANSWERS['--licence']}>"}


def test_a_text_can_be_added_to_it(new_project: Path, tmp_path: Path) -> None:
    file = tmp_path / "news.md"
    file.write_text("# News\n\nThe New Bridge is shut. It rains.\n", "utf-8")
    curator = Curator(new_project)
    curator.does("text", "add", file, "--language", "en")
    assert [*curator.words("news")] == ["6", "7", "8"]
    assert '    # bridge:new-bridge "New Bridge"\n' in curator.text("news/facts.trig")
    checked = CliRunner().invoke(main, ["check", str(new_project)])
    # Nothing is wrong; two sentences wait for their facts.
    assert checked.exit_code == 0
    assert checked.output.startswith("note passage-without-facts (2)\n")
    assert checked.output.endswith("\n2 notes.\n")


def test_what_is_built_is_not_for_git(new_project: Path) -> None:
    subprocess.run(["git", "init", "-q", new_project], check=True)
    (new_project / ".graphsvc").mkdir()
    (new_project / ".graphsvc" / "built").touch()
    status = ["git", "-C", str(new_project), "status", "--porcelain", "--untracked-files=all"]
    listed = subprocess.run(status, capture_output=True, text=True, check=True).stdout
    assert "?? data/dataset.ttl" in listed
    assert "built" not in listed


def test_a_folder_with_anything_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.doc").write_text("years of work")
    assert new(tmp_path / "full") == 1
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["thesis.doc"]
    assert new(tmp_path / "full" / "thesis.doc") == 1
    (tmp_path / "empty").mkdir()
    assert new(tmp_path / "empty") == 0
    assert (tmp_path / "empty" / "data" / "dataset.ttl").is_file()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("title", " "),
        ("base-iri", "https://example.org"),
        ("base-iri", "https://example.org/#"),
        ("base-iri", "https://example.org/> ."),
        ("licence", "CC0"),
        ("licence", "https://example.org/>"),
        ("languages", "English language"),
        ("languages", ","),
    ],
)
def test_an_answer_that_cannot_be_used_is_refused(tmp_path: Path, name: str, value: str) -> None:
    assert new(tmp_path / "bridges", **{name: value}) == 1
    assert not list(tmp_path.iterdir())


def test_at_a_terminal_it_asks_and_suggests(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "graphsvc", "new", "our-bridges", "--licence", "https://a.b/"]
    with subprocess.Popen(command, cwd=tmp_path, stdin=theirs, stdout=theirs, stderr=theirs) as run:
        os.write(ours, b"\nhttps://bridges.example.org/\nen,fi\n")
        assert run.wait(timeout=60) == 0
    os.close(theirs)
    os.close(ours)
    dataset = (tmp_path / "our-bridges" / "data" / "dataset.ttl").read_text("utf-8")
    assert 'dcterms:title "Our bridges"@en' in dataset
    assert 'void:uriSpace "https://bridges.example.org/"' in dataset
    assert "dcterms:license <https://a.b/>" in dataset
    assert 'dcterms:language "en" , "fi"' in dataset
