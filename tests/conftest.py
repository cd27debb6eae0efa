"""What every test can ask for: the projects, copies of them to break, a release of each.

``lights`` is a tiny project of another domain under tests/projects, complete in itself;
``mechanisms`` is the repository's own. Fixtures of a session are read by all and changed by none.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest
from babel.messages.pofile import read_po

from graphsvc import settings, sources
from graphsvc.build import Release, build
from graphsvc.description import describe
from graphsvc.validation import validate
from graphsvc.web.catalogues import FOLDER, Catalogues, compile_catalogue

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphsvc.settings import Settings
    from graphsvc.sources import Project

# How long an example takes is the machine's affair: time is measured by benchmarks.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

TESTS = Path(__file__).parent
REPOSITORY = TESTS.parent
PARTS = ("ontology", "data", "queries")


def copied(project: Path, target: Path) -> Path:
    """Copy a project's files and its settings, and only these, into a new folder."""
    for part in PARTS:
        shutil.copytree(project / part, target / part)
    shutil.copy(project / "graphsvc.toml", target)
    return target


def replaced(file: Path, old: str, new: str) -> None:
    """Replace words in a file; they must be there."""
    text = file.read_bytes().decode("utf-8")
    assert old in text, f"{file.name} has no {old!r}"
    file.write_bytes(text.replace(old, new).encode("utf-8"))


def settled(project: Path, releases: Path, **others: object) -> Settings:
    """Return settings for a project, whatever the environment says."""
    return settings.load({"project": project, "releases": releases, **others}, {})


def built(project: Path, releases: Path, **others: object) -> Release:
    """Build a project with all its checks."""
    return build(sources.load(project), settled(project, releases, **others), validate, describe)


@pytest.fixture(scope="session")
def copy_to() -> Callable[[Path, Path], Path]:
    """Return what copies a project's folder into a new one."""
    return copied


@pytest.fixture(scope="session")
def replace_in() -> Callable[[Path, str, str], None]:
    """Return what replaces words in a file."""
    return replaced


@pytest.fixture(scope="session")
def build_in() -> Callable[[Path, Path], Release]:
    """Return what builds a project into a folder of releases."""
    return built


@pytest.fixture(scope="session")
def lights_folder() -> Path:
    """Return the folder of the tiny project."""
    return TESTS / "projects" / "lights"


@pytest.fixture(scope="session")
def mechanisms_folder() -> Path:
    """Return the repository's folder, which is a project."""
    return REPOSITORY


@pytest.fixture(scope="session")
def lights(lights_folder: Path) -> Project:
    """Return the tiny project, read."""
    return sources.load(lights_folder)


@pytest.fixture(scope="session")
def mechanisms(mechanisms_folder: Path) -> Project:
    """Return the repository's project, read."""
    return sources.load(mechanisms_folder)


@pytest.fixture(scope="session")
def lights_release(lights_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Release:
    """Return a release of the tiny project."""
    return built(lights_folder, tmp_path_factory.mktemp("lights-releases"))


@pytest.fixture(scope="session")
def mechanisms_release(
    mechanisms_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Release:
    """Return a release of the repository's project."""
    return built(mechanisms_folder, tmp_path_factory.mktemp("mechanisms-releases"))


@pytest.fixture
def lights_copy(lights_folder: Path, tmp_path: Path) -> Path:
    """Return a copy of the tiny project that a test may break."""
    return copied(lights_folder, tmp_path / "project")


@pytest.fixture
def mechanisms_copy(mechanisms_folder: Path, tmp_path: Path) -> Path:
    """Return a copy of the repository's project that a test may break."""
    return copied(mechanisms_folder, tmp_path / "project")


@pytest.fixture
def edit(lights_copy: Path) -> Callable[[str, str, str], Path]:
    """Return a function that replaces words in one file of the copy; the words must be there."""

    def replace(path: str, old: str, new: str) -> Path:
        replaced(lights_copy / path, old, new)
        return lights_copy

    return replace


@pytest.fixture(scope="session")
def bracketed() -> Catalogues:
    """Return the interface with every text in brackets, in what is called German."""
    with (FOLDER / "texts.pot").open("rb") as file:
        catalogue = read_po(file)
    catalogue.locale = "de"
    for message in catalogue:
        if isinstance(message.id, tuple):
            message.string = tuple(f"⟦{text}⟧" for text in message.id)
        elif message.id:
            message.string = f"⟦{message.id}⟧"
    return Catalogues({"de": compile_catalogue(catalogue)})
