"""The projects that the tests read, and what copies, breaks and builds them.

``lights`` is a tiny project of another domain, complete in itself; ``mechanisms`` is the
repository's own. A build here looks for no faults, which takes a Java a second: the tests under
tests/validation and tests/cli ask for that.
"""

from __future__ import annotations

import shutil
from fcntl import LOCK_EX, flock
from pathlib import Path
from typing import TYPE_CHECKING

from graphsvc import settings, sources
from graphsvc.build import build
from graphsvc.description import describe
from graphsvc.release import current
from graphsvc.validation import owl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import pytest
    from pyoxigraph import Quad

    from graphsvc.findings import Finding
    from graphsvc.release import Release
    from graphsvc.settings import Settings
    from graphsvc.sources import Project

TESTS = Path(__file__).parents[1]
MECHANISMS = TESTS.parent
LIGHTS = TESTS / "projects" / "lights"
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


def unchecked(_project: Project, _inferred: Iterable[Quad] = ()) -> Sequence[Finding]:
    """Find nothing: what a build is given that is not about checks."""
    return ()


def without_java(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do as if there were no Java: what it would find has nothing to do with the test."""

    def missing() -> owl.Toolkit:
        raise owl.ToolkitMissing("a Java")

    monkeypatch.setattr(owl, "find_toolkit", missing)


def built(project: Path, releases: Path, **others: object) -> Release:
    """Build a project without looking for faults."""
    return build(sources.load(project), settled(project, releases, **others), unchecked, describe)


def built_once(folder: Path, make: Callable[[Path], object]) -> Release:
    """Return the release in a folder that all workers of a run share; the first one builds it.

    ``make`` builds into the folder that it is given.
    """
    folder.parent.mkdir(exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        flock(lock, LOCK_EX)
        if not folder.exists():
            being_built = folder.with_suffix(".new")
            make(being_built)
            being_built.rename(folder)
    return current(folder)
