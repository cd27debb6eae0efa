"""Services for the tests: some that many share, and what starts one of a test's own."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

from .processes import Service, started, until_serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphsvc.release import Release


class Serve(Protocol):
    """Starts a service of the tiny project, with other settings and arguments than usual."""

    def __call__(self, *arguments: str | Path, **settings: object) -> Service: ...


def starter(project: Path, releases: Path, folder: Path, stack: ExitStack) -> Serve:
    """Return what starts services that end with the stack."""

    def serve(*arguments: str | Path, **settings: object) -> Service:
        own = folder / f"service-{len(list(folder.iterdir()))}"
        own.mkdir()
        places = ("--project", project, "--releases", releases, "--port", "0")
        service = stack.enter_context(started([*places, *arguments], own, settings))
        return until_serving(service)

    return serve


@pytest.fixture(scope="session")
def releases(lights_release: Release, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a release of the tiny project, where services say that they run."""
    folder = tmp_path_factory.mktemp("served") / "releases"
    return Path(shutil.copytree(lights_release.path.parent, folder, symlinks=True))


@pytest.fixture(scope="session")
def serve_for_session(
    lights_folder: Path, releases: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Serve]:
    with ExitStack() as stack:
        yield starter(lights_folder, releases, tmp_path_factory.mktemp("services"), stack)


@pytest.fixture
def serve(
    lights_folder: Path, releases: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Serve]:
    with ExitStack() as stack:
        yield starter(lights_folder, releases, tmp_path_factory.mktemp("services"), stack)


@pytest.fixture(scope="session")
def service(serve_for_session: Serve) -> Service:
    """Return a service with its default settings, except for a deadline that no test reaches."""
    return serve_for_session(deadline=600, access_log="off")


@pytest.fixture(scope="session")
def bounded(serve_for_session: Serve) -> Service:
    """Return a service with narrow bounds, which logs every request."""
    return serve_for_session(deadline=1, request_memory=128, request_timeout=1, access_log="on")


@pytest.fixture(scope="session")
def small_memory_service(serve_for_session: Serve) -> Service:
    """Return a service with little memory and all the time, which logs every request."""
    return serve_for_session(deadline=600, request_memory=64, access_log="on")


@pytest.fixture(scope="module")
def victim(
    lights_folder: Path, releases: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """Return a service whose processes the tests of a module may kill."""
    with ExitStack() as stack:
        folder = tmp_path_factory.mktemp("services")
        yield starter(lights_folder, releases, folder, stack)(deadline=600, access_log="on")
