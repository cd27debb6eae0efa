"""The browser, and a server for it to look at."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

from graphsvc import settings
from graphsvc.web.app import create_app

from .aged import Past, grown_older
from .watching import serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

    from graphsvc.release import Release

# It runs as root in containers, and calls nobody on its own account.
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def site_url(mechanisms_release: Release) -> Iterator[str]:
    """Serve the repository's own graph on a free port of this machine."""
    with serving(create_app(mechanisms_release, settings.load({}, {}))) as address:
        yield address


@pytest.fixture(scope="session")
def past(
    mechanisms_folder: Path, mechanisms_release: Release, tmp_path_factory: pytest.TempPathFactory
) -> Past:
    """Return the repository's own graph one release later."""
    return grown_older(mechanisms_folder, mechanisms_release, tmp_path_factory.mktemp("past"))


@pytest.fixture(scope="session")
def site_url_with_past(past: Past) -> Iterator[str]:
    """Serve the repository's own graph one release later."""
    with serving(create_app(past.after, settings.load({}, {}))) as address:
        yield address


# While it is there its event loop is running, and tests elsewhere want loops of their own.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Start the browser."""
    path = shutil.which("chromium")
    assert path, "These tests need Debian's chromium: apt-get install chromium."
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=_ARGUMENTS)
        yield started
        started.close()
