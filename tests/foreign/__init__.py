"""Small graphs such as other people publish, and what builds and serves one of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from graphsvc import derived, parsing, settings
from graphsvc.build import build
from graphsvc.description import describe
from graphsvc.validation import validate
from graphsvc.web.app import create_app

if TYPE_CHECKING:
    from flask.testing import FlaskClient

SAMPLES = Path(__file__).parent


def served(releases: Path, *names: str | Path, **others: str) -> FlaskClient:
    """Build a release of samples, or of other files, and return a client of its service.

    ``releases`` is the folder that the release is put into, ``others`` are other settings.
    """
    paths = [SAMPLES / name for name in names]
    project = derived.load(paths, parsing.parse_file)
    chosen = settings.load({"files": tuple(paths), "releases": releases, **others}, {})
    release = build(project, chosen, validate, describe)
    return create_app(release, chosen).test_client()


def page(client: FlaskClient, target: str) -> str:
    """Return the page that a browser gets; there must be one."""
    answer = client.get(target, headers={"Accept": "text/html"})
    assert answer.status_code == 200, (target, answer.status_code)
    return answer.text
