"""A damaged release: what a service does, and what it says of it."""

from __future__ import annotations

import json
import shutil
import signal
from typing import TYPE_CHECKING

import pytest

from .processes import LOOKUP, NAME, eventually, run

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Serve


@pytest.fixture
def copy(releases: Path, tmp_path: Path) -> Path:
    """Return a copy of the folder of releases that a test may damage."""
    return shutil.copytree(releases, tmp_path / "releases", symlinks=True)


def test_a_release_that_is_damaged_while_it_is_served_is_told_everywhere(
    serve: Serve, copy: Path
) -> None:
    """There is no other release, so this one is served until it is repaired."""
    service = serve("--releases", copy)
    release = service.release()
    pages = copy / release / "pages.txt"
    whole = pages.read_bytes()
    pages.write_bytes(whole[:-1])
    eventually(lambda: service.get("/readyz").status == 503)
    assert service.get("/readyz").problem == "unavailable"
    assert "pages.txt" in service.log
    assert service.ask(LOOKUP).values == [NAME]
    # What the release says of its addresses is in memory.
    assert service.get("/doc/id/light/north-rock").status == 200
    result = run("reload", "--releases", copy)
    assert result.returncode == 1
    assert f"The release {release} cannot be served." in result.stderr
    pages.write_bytes(whole)
    eventually(lambda: service.get("/readyz").status == 200)
    assert run("reload", "--releases", copy).returncode == 0


def test_releases_lists_what_is_damaged_and_what_runs(serve: Serve, copy: Path) -> None:
    service = serve("--releases", copy)
    release = service.release()
    shutil.copytree(copy / release, copy / "other")
    (copy / "other" / "queries" / "lights.rq").write_bytes(b"nonsense")
    listed = run("releases", "--releases", copy)
    assert listed.returncode == 0, listed.stderr
    assert "queries/lights.rq" in listed.stdout
    assert f"{service.address} serves {release}." in listed.stdout


def test_a_reload_where_nothing_is_current_does_not_wait_for_ever(serve: Serve, copy: Path) -> None:
    service = serve("--releases", copy)
    (copy / "current").unlink()
    result = run("reload", "--releases", copy)
    assert result.returncode == 1
    assert "cannot be served" in result.stderr
    members = json.loads(service.get("/readyz").content)
    assert "cannot be served" in members["failure"]
    service.send_signal(signal.SIGTERM)
    assert service.wait() == 0


def test_a_damaged_release_alone_is_not_served(copy: Path, tmp_path: Path) -> None:
    database = copy / "current" / "search.sqlite"
    content = bytearray(database.read_bytes())
    content[-1] ^= 1
    database.write_bytes(content)
    (tmp_path / "empty").mkdir()
    result = run("serve", "--project", tmp_path / "empty", "--releases", copy, "--port", "0")
    assert result.returncode == 1
    assert "search.sqlite" in result.stderr
    assert "graphsvc build" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_dump_that_is_cut_while_it_is_served_is_not_sent(serve: Serve, copy: Path) -> None:
    service = serve("--releases", copy)
    dump = copy / service.release() / "triples.ttl.gz"
    assert service.get("/dump.ttl.gz").status == 200
    dump.write_bytes(dump.read_bytes()[:-10])
    assert service.get("/dump.ttl.gz").problem == "unavailable"
