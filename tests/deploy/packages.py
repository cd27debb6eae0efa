"""Building and installing the package without a network: what npm fetches is there already."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

REPOSITORY = Path(__file__).parents[2]

#: Where npm installs what a build of the package takes.
_FETCHED = ("graphsvc/web/assets/node_modules", "graphsvc/vocabularies/node_modules")

#: What a build creates; the sources do not contain it.
_BUILT = (
    "graphsvc/web/static/assets",
    "graphsvc/web/documentation.json",
    "graphsvc/vocabularies/terms.txt",
)


def copy_sources(names: Iterable[str], folder: Path) -> None:
    """Copy files and folders of the repository, without what is built or fetched."""

    def left_out(parent: str, children: list[str]) -> set[str]:
        here = Path(parent).relative_to(REPOSITORY)
        ignored = {child for child in children if str(here / child) in (*_BUILT, *_FETCHED)}
        return ignored | {"__pycache__"}

    for name in names:
        source, target = REPOSITORY / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=left_out)
        else:
            shutil.copy(source, target)
    link_fetched(folder)


def link_fetched(folder: Path) -> None:
    """Give sources what npm has fetched for the repository."""
    for name in _FETCHED:
        (folder / name).symlink_to(REPOSITORY / name)


def install(package: Path, *options: str | Path, python: str | Path = sys.executable) -> None:
    """Install a wheel, or the sources of one, for an interpreter and without what it requires."""
    general = ("--disable-pip-version-check", "--quiet", "--python", python)
    words = ("install", "--no-deps", "--no-index", "--no-build-isolation", *options)
    result = _run("pip", *general, *words, package)
    assert result.returncode == 0, result.stdout + result.stderr


def build(kind: str, source: Path, folder: Path, path: str | None = None) -> str:
    """Build a distribution, ``wheel`` or ``sdist``, in the folder; return what the build prints."""
    options = ("--no-isolation", "--skip-dependency-check", f"--{kind}", "--outdir", folder)
    result = _run("build", *options, source, path=path)
    return result.stdout + result.stderr


def environment() -> dict[str, str]:
    """Return the environment without what would let Python find the repository's package."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


def _run(
    module: str, *words: str | Path, path: str | None = None
) -> subprocess.CompletedProcess[str]:
    own = environment() if path is None else environment() | {"PATH": path}
    command = [sys.executable, "-m", module, *words]
    return subprocess.run(command, env=own, capture_output=True, text=True, check=False)
