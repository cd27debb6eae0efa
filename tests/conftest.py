"""What every test can ask for: the projects, copies of them to break, a release of each.

``lights`` is a tiny project of another domain under tests/projects, complete in itself;
``mechanisms`` is the repository's own. Fixtures of a session are read by all and changed by none.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import hypothesis
import pytest
from babel.messages.pofile import read_po
from projects import LIGHTS, MECHANISMS, built, built_once, copied, replaced, without_java

from graphsvc import settings, sources
from graphsvc.views.graph import Graph
from graphsvc.web.app import create_app
from graphsvc.web.catalogues import FOLDER, Catalogues, compile_catalogue

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient

    from graphsvc.release import Release
    from graphsvc.sources import Project

# How long an example takes is the machine's affair: time is measured by benchmarks.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")


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
    """Return what builds a project into a folder of releases, without looking for faults."""
    return built


@pytest.fixture(scope="session")
def lights_folder() -> Path:
    """Return the folder of the tiny project."""
    return LIGHTS


@pytest.fixture(scope="session")
def mechanisms_folder() -> Path:
    """Return the repository's folder, which is a project."""
    return MECHANISMS


@pytest.fixture(scope="session")
def lights(lights_folder: Path) -> Project:
    """Return the tiny project, read."""
    return sources.load(lights_folder)


@pytest.fixture(scope="session")
def mechanisms(mechanisms_folder: Path) -> Project:
    """Return the repository's project, read."""
    return sources.load(mechanisms_folder)


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder where the workers of this run put what each of them reads."""
    own = tmp_path_factory.getbasetemp()
    return (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "shared"


@pytest.fixture(scope="session")
def lights_release(lights_folder: Path, shared_folder: Path) -> Release:
    """Return a release of the tiny project."""
    return built_once(shared_folder / "lights", lambda folder: built(lights_folder, folder))


@pytest.fixture(scope="session")
def mechanisms_release(mechanisms_folder: Path, shared_folder: Path) -> Release:
    """Return a release of the repository's project."""
    return built_once(shared_folder / "mechanisms", lambda folder: built(mechanisms_folder, folder))


def release_of(request: pytest.FixtureRequest) -> Release:
    """Return the release that a module names as ``RELEASE``, or that of the tiny project."""
    release: Release = request.getfixturevalue(getattr(request.module, "RELEASE", "lights_release"))
    return release


# Each module has an application of its own, whose caches no other one fills.
@pytest.fixture(scope="module")
def app(request: pytest.FixtureRequest) -> Flask:
    """Return the application with the release of the module."""
    return create_app(release_of(request), settings.load({}, {}))


@pytest.fixture(scope="module")
def client(app: Flask) -> FlaskClient:
    """Return a client of the application, without a server."""
    return app.test_client()


@pytest.fixture(scope="module")
def lights_client(lights_release: Release) -> FlaskClient:
    """Return a client of the tiny project, for a module whose other tests are about another."""
    return create_app(lights_release, settings.load({}, {})).test_client()


@pytest.fixture(scope="module")
def graph(request: pytest.FixtureRequest) -> Graph:
    """Return the graph of the release of the module, as views ask it."""
    release = release_of(request)
    return Graph(release.store, release.base)


@pytest.fixture
def no_java(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the OWL tools out of the checks in this process."""
    without_java(monkeypatch)


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
