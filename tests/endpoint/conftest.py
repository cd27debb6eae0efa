"""The two transports, and the servers for the one over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from graphsvc import settings
from graphsvc.web.app import create_app

from .transports import InProcess, OverHttp, served

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from graphsvc.release import Release

    from .transports import Client


@pytest.fixture(scope="session")
def server(lights_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the tiny project by ``graphsvc serve``; return its address."""
    with served(lights_folder, tmp_path_factory.mktemp("served")) as address:
        yield address


@pytest.fixture(scope="session")
def server_with_deadline(
    mechanisms_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Serve the repository's project with a short deadline: a mutant may take any time."""
    folder = tmp_path_factory.mktemp("hurried")
    with served(mechanisms_folder, folder, "--deadline", "0.5") as address:
        yield address


@pytest.fixture(params=["flask", "http"])
def client(request: pytest.FixtureRequest, lights_release: Release) -> Client:
    """Return a client of the service in this process, then one of a real server."""
    if request.param == "http":
        return OverHttp(request.getfixturevalue("server"))
    return InProcess(create_app(lights_release, settings.load({}, {})), lights_release.base)
