"""The recipes of CONTRIBUTING.md: what they name is there, and a step left out is seen.

A copy of the repository has each recipe begun and not finished; the test that the recipe names must
fail there, and say what is missing.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from projects import MECHANISMS

from graphsvc.cli import main

if TYPE_CHECKING:
    from pathlib import Path

TEXT = (MECHANISMS / "CONTRIBUTING.md").read_text("utf-8")
RECIPES = dict(re.findall(r"^### ([^\n]+)\n(.*?)(?=^##)", TEXT, re.DOTALL | re.MULTILINE))
WORDS = re.findall(r"^\| ([a-z ]+) \|", TEXT.partition("## Words")[2], re.MULTILINE)[1:]

#: A path of the repository, and a test by its file and name.
_PATH = re.compile(r"`((?:data|docs|graphsvc|ontology|queries|tests)/[^`:{ ]*)`")
_TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")

#: What of the repository a copy needs.
_COPIED = ("data", "docs", "graphsvc", "ontology", "queries", "tests", "graphsvc.toml")

_QUERY = "SELECT ?who WHERE { ?who a <http://example.com/A> } ORDER BY ?who\n"


@dataclass(frozen=True)
class RecipeStep:
    """A step of a recipe, without the steps after it: words that a file gets.

    They are put before the words ``at``, or into a new file if it is empty. What the test that
    fails prints has ``failure``.
    """

    recipe: str
    file: str
    words: str
    failure: str
    at: str = ""

    def do(self, root: Path) -> None:
        file = root / self.file
        before, at, after = file.read_text("utf-8").partition(self.at) if self.at else ("",) * 3
        assert at == self.at, f"{self.file} has no {self.at}"
        file.write_text(before + self.words + at + after, "utf-8")


RECIPE_STEPS = (
    RecipeStep(
        "A question", "queries/who.rq", f"#+ summary: Who?\n#+ tags: [one]\n{_QUERY}", "who.tsv"
    ),
    RecipeStep(
        "A class",
        "ontology/iwm.ttl",
        'iwm:Ship a owl:Class ; rdfs:label "ship"@en .\n\n',
        "'Ship'",
        "iwm:Mechanism a owl:Class ;",
    ),
    RecipeStep(
        "A check",
        "queries/checks/lonely.rq",
        "#+ problem: It is alone.\n#+ remedy: Join it.\n"
        "SELECT ?entity ?property ?value WHERE { ?entity ?property ?value } ORDER BY ?entity\n",
        "lonely",
    ),
    RecipeStep(
        "A format",
        "graphsvc/formats.py",
        'Format("odd", "Odd", "text/odd", _RESULTS, QueryResultsFormat.TSV),\n    ',
        "python -m graphsvc.cli.reference",
        "Format(",
    ),
    RecipeStep(
        "A setting",
        "graphsvc/settings.py",
        'site_motto: str = field(default="", metadata=_about("A motto.", reading.line))\n    ',
        "site_motto",
        "site_footer: str = field(",
    ),
    RecipeStep(
        "A page",
        "graphsvc/web/pages.py",
        '@pages.get("/motto")\ndef motto() -> str:\n    """Say it."""\n    return "Onward"\n\n\n',
        "pages.motto",
        "@pages",
    ),
    RecipeStep(
        "A block of a page",
        "graphsvc/web/templates/home.html",
        "<p>Onward</p>",
        "Onward",
        "{% endblock",
    ),
    RecipeStep(
        "A view's query",
        "graphsvc/views/names/motto.rq",
        f"#+ summary: It has no question mark.\n#+ description: A motto.\n{_QUERY}",
        "names/motto",
    ),
    RecipeStep(
        "A view's plug-in",
        "graphsvc/web/assets/src/workbench/answer.js",
        'sphere: { label: gettext("A sphere"), draw: async () => {} },\n  ',
        "A sphere",
        "turtle: {",
    ),
)


def test_every_recipe_is_there() -> None:
    assert {step.recipe for step in RECIPE_STEPS} | {"A text", "Others"} == RECIPES.keys()


@pytest.mark.parametrize("recipe", RECIPES)
def test_what_a_recipe_names_is_there(recipe: str) -> None:
    paths = _PATH.findall(RECIPES[recipe])
    assert paths
    missing = [path for path in paths if not list(MECHANISMS.glob(re.sub(r"<\w+>", "*", path)))]
    assert missing == []
    for file, name in _TEST.findall(RECIPES[recipe]):
        assert f"\ndef {name}(" in (MECHANISMS / file).read_text("utf-8")


def test_each_word_has_one_row() -> None:
    assert len(WORDS) >= 30
    assert sorted(set(WORDS)) == WORDS


@pytest.fixture(scope="module")
def failures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return what the test of each recipe prints where a step is missing."""
    root = tmp_path_factory.mktemp("step")
    for name in _COPIED:
        source = MECHANISMS / name
        if source.is_dir():
            ignored = shutil.ignore_patterns("node_modules", "__pycache__", ".*")
            shutil.copytree(source, root / name, ignore=ignored)
        else:
            shutil.copy(source, root)
    for name in ("pyproject.toml", "CONTRIBUTING.md", "Makefile"):
        shutil.copy(MECHANISMS / name, root)
    for step in RECIPE_STEPS:
        step.do(root)
    nodes = {
        step.recipe: "::".join(_TEST.findall(RECIPES[step.recipe])[0]) for step in RECIPE_STEPS
    }
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *nodes.values()],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    parts = re.split(r"^_+ (test_\w+)(?:\[[^\n]*\])? _+$", result.stdout, flags=re.MULTILINE)
    printed: dict[str, str] = {}
    for name, words in zip(parts[1::2], parts[2::2], strict=True):
        printed[name] = printed.get(name, "") + words
    assert printed, result.stdout + result.stderr
    return {recipe: printed.get(node.rpartition("::")[2], "") for recipe, node in nodes.items()}


@pytest.mark.parametrize("step", RECIPE_STEPS, ids=lambda step: step.recipe)
def test_a_step_that_is_left_out_is_seen(step: RecipeStep, failures: dict[str, str]) -> None:
    assert step.failure in failures[step.recipe]


@pytest.mark.usefixtures("no_java")
def test_a_text_that_states_nothing_yet_is_seen(lights_copy: Path, tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("The lamp was lit in May.\n", "utf-8")
    project = ("--project", str(lights_copy))
    added = CliRunner().invoke(main, ["text", "add", str(letter), *project])
    assert added.exit_code == 0, added.output
    assert (lights_copy / "data" / "letter" / "facts.trig").is_file()
    checked = CliRunner().invoke(main, ["check", *project])
    assert "passage-without-facts" in checked.output
    assert "data/letter/passages.tsv" in checked.output
