"""``graphsvc assets``: bundle the scripts of the pages with the libraries that they use.

The sources are in web/assets/, with the lock that names every library's version and hash; npm
fetches them from the registry that is set up, and esbuild puts the bundles where they are served.
Without bundles the pages do without scripts.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib import resources
from pathlib import Path

import click

from graphsvc.errors import GraphsvcError

#: npm writes it once all is installed: newer than the lock, it says that nothing is to be done.
_INSTALLED = Path("node_modules", ".package-lock.json")
_LOCK = Path("package-lock.json")


class AssetsError(GraphsvcError):
    """The scripts of the pages could not be bundled."""


@click.command()
def assets() -> None:
    """Bundle the scripts of the pages, with the libraries that web/assets/ locks.

    It takes Node, and the extra `assets` has one: pip install 'graphsvc[assets]'.
    """
    with resources.as_file(resources.files("graphsvc.web") / "assets") as folder:
        if not _is_installed(folder):
            _run(folder, "npm", "ci")
        _run(folder, "node", "build.mjs")
        click.echo(f"The scripts are in {folder.with_name('static') / 'assets'}.")


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
            remedy="Without the scripts the pages work as plain pages.",
        )
