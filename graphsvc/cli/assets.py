"""``graphsvc assets``: makes the scripts of the pages, and the names of well-known terms.

The sources of the scripts are in web/assets/, and the list of vocabularies in vocabularies/, each
with the lock that names every package's version and hash; npm fetches them from the registry that
is set up. esbuild puts the scripts where they are served. Without them the pages do without
scripts, and without the vocabularies a term that the graph has no label for goes by its IRI.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib import resources
from pathlib import Path
from typing import NamedTuple

import click

from graphsvc.errors import GraphsvcError
from graphsvc.vocabularies import TABLE, making

#: npm writes it once all is installed: newer than the lock, it says that nothing is to be done.
_INSTALLED = Path("node_modules", ".package-lock.json")
_LOCK = Path("package-lock.json")


class AssetsError(GraphsvcError):
    """The scripts of the pages or the table of terms could not be made."""


@click.command()
def assets() -> None:
    """Make the scripts of the pages and the table of well-known terms.

    Their libraries and vocabularies are those that web/assets/ and vocabularies/ lock.

    It takes Node, and the extra `assets` has one: pip install 'graphsvc[assets]'.
    """
    assets_made = make()
    click.echo(f"The scripts are in {assets_made.scripts}.")
    click.echo(f"The names of {assets_made.terms} well-known terms are in {TABLE}.")


class MadeAssets(NamedTuple):
    """Where the scripts of the pages are, and how many terms the table has."""

    scripts: Path
    terms: int


def make() -> MadeAssets:
    """Make both, where the program has them. Errors: AssetsError."""
    with resources.as_file(resources.files("graphsvc.web") / "assets") as folder:
        _install(folder)
        _run(folder, "node", "build.mjs")
        scripts = folder.with_name("static") / "assets"
    with resources.as_file(resources.files("graphsvc.vocabularies")) as folder:
        _install(folder)
        terms = making.make(folder)
        (scripts / "vocabularies.txt").write_text(making.licences(folder), "utf-8")
    return MadeAssets(scripts, terms)


def _install(folder: Path) -> None:
    if not _is_installed(folder):
        _run(folder, "npm", "ci")


def _is_installed(folder: Path) -> bool:
    installed = folder / _INSTALLED
    return installed.is_file() and installed.stat().st_mtime >= (folder / _LOCK).stat().st_mtime


def _run(folder: Path, name: str, *arguments: str) -> None:
    # A Node of the virtual environment serves where the machine has none.
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), str(Path(sys.executable).parent)])
    program = shutil.which(name, path=path)
    if program is None:
        raise AssetsError(
            f"There is no {name} on this machine.",
            remedy="Install Node, or have pip do it: pip install 'graphsvc[assets]'",
        )
    done = subprocess.run(  # noqa: S603 - the program is npm or node, the arguments are ours
        [program, *arguments],
        cwd=folder,
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise AssetsError(
            f"{name} {' '.join(arguments)} failed:\n{(done.stderr or done.stdout).strip()}",
            remedy="Without it pages lack scripts, or the names of well-known terms.",
        )
