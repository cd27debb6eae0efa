"""Small graphs of the kinds that other people publish; functions that build and serve one of them.

``tests/foreign/test_crawl.py`` crawls the pages of every file here.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from projects import unchecked

from graphsvc import parsing, rdf_files, rdf_project, settings
from graphsvc.build import build
from graphsvc.description import describe
from graphsvc.web.app import create_app

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from graphsvc.release import Release

SAMPLES = Path(__file__).parent

#: The samples that are there.
NAMES = sorted(path.name for path in SAMPLES.iterdir() if rdf_files.syntax(path.name) is not None)


def served(releases: Path, *names: str | Path, **others: str) -> FlaskClient:
    """Build a release of samples, or of other files, and return a client of its service.

    ``releases`` is the folder that the release is put into, ``others`` are other settings.
    """
    return client_of(built(releases, *names, **others), **others)


def built(releases: Path, *names: str | Path, **others: str) -> Release:
    """Build a release of samples, or of other files."""
    paths = [SAMPLES / name for name in names]
    project = rdf_project.load(paths, parsing.parse_file)
    chosen = settings.load({"files": tuple(paths), "releases": releases, **others}, {})
    return build(project, chosen, unchecked, describe)


def client_of(release: Release, **others: str) -> FlaskClient:
    """Return a client of the service of a release."""
    chosen = settings.load({"releases": release.path.parent, **others}, {})
    return create_app(release, chosen).test_client()


def page(client: FlaskClient, target: str) -> str:
    """Return the page that a browser gets; there must be one."""
    answer = client.get(target, headers={"Accept": "text/html"})
    assert answer.status_code == 200, (target, answer.status_code)
    return answer.text
