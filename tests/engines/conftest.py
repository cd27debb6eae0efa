"""The same graph in each store, served: by the engine in the process, and by engines elsewhere."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

import pytest
from server.processes import run, started, until_serving

from .servers import comunica, oxigraph, virtuoso

if TYPE_CHECKING:
    from collections.abc import Iterator

    from server.processes import Service

    from graphsvc.release import Release

ENGINES = {"oxigraph": oxigraph, "virtuoso": virtuoso, "comunica": comunica}
EMBEDDED = "embedded"
STORES = (EMBEDDED, *ENGINES)

#: It does not say what it is; and it is slow, so that it is asked less: it reads a path from all
#: nodes of the graph. What a start reads would take minutes, and so would an index.
SLOW = "comunica"
QUICK = tuple(store for store in STORES if store != SLOW)


@dataclass(frozen=True, slots=True)
class Served:
    """A service, and the name of the store that has its statements."""

    store: str
    service: Service


@dataclass(frozen=True, slots=True)
class Places:
    """The folder of the project that is served, and the one where the tests write."""

    served: Path
    own: Path

    @property
    def project(self) -> tuple[str, Path]:
        """Return how the project is named on a command line."""
        return ("--project", self.served)

    def folder_of(self, store: str) -> Path:
        """Return a new folder for a store and the service before it."""
        return Path(mkdtemp(prefix=f"{store}-", dir=self.own))


@pytest.fixture(scope="session")
def places(mechanisms_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Places:
    return Places(mechanisms_folder, tmp_path_factory.mktemp("engines"))


@pytest.fixture(scope="session")
def embedded(mechanisms_release: Release, places: Places) -> Iterator[Service]:
    """Return a service of the release itself, with which the others are compared."""
    arguments = ("--releases", mechanisms_release.path.parent, "--port", "0")
    folder = places.folder_of(EMBEDDED)
    with started([*places.project, *arguments], folder, _SETTINGS) as service:
        yield until_serving(service)


@pytest.fixture(scope="session", params=STORES)
def served(
    request: pytest.FixtureRequest, places: Places, mechanisms_release: Release
) -> Iterator[Served]:
    """Return a service of each store in turn; the names of a quick one have been indexed."""
    name: str = request.param
    if name == EMBEDDED:
        yield Served(name, request.getfixturevalue("embedded"))
        return
    folder = places.folder_of(name)
    with ExitStack() as stack:
        engine = stack.enter_context(ENGINES[name](folder, mechanisms_release.dump))
        arguments: list[str | Path] = [*places.project, "--releases", folder / "releases"]
        arguments += ["--store", engine.query, "--port", "0"]
        settings = _SETTINGS
        if name == SLOW:
            settings = {"engine": name, "deadline": 30}
        else:
            indexed = run("index", *arguments[:-2], **settings)
            assert indexed.returncode == 0, indexed.stdout + indexed.stderr
        service = stack.enter_context(started(arguments, folder, settings))
        yield Served(name, until_serving(service))


#: No test is to meet a deadline: what is slow is slow.
_SETTINGS: dict[str, object] = {"deadline": 600}
