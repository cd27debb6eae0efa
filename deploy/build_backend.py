"""The build of the wheel: setuptools, and what of the package is made and not kept in Git.

A wheel has the scripts of the pages and the names of well-known terms (``graphsvc assets``), the
documents about the program, the shipped project for ``graphsvc demo``, and the manual pages. The
program makes most of it, so a build requires what the program requires. An editable install has
none of this.
"""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from setuptools import build_meta
from setuptools.build_meta import (
    build_editable,
    build_sdist,
    build_wheel,
    get_requires_for_build_editable,
    get_requires_for_build_sdist,
    prepare_metadata_for_build_editable,
    prepare_metadata_for_build_wheel,
)
from setuptools.command.build_py import build_py
from setuptools.errors import SetupError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "BuildPy",
    "build_editable",
    "build_sdist",
    "build_wheel",
    "get_requires_for_build_editable",
    "get_requires_for_build_sdist",
    "get_requires_for_build_wheel",
    "prepare_metadata_for_build_editable",
    "prepare_metadata_for_build_wheel",
]

ROOT = Path(__file__).parents[1]

#: The shipped project, and the folder of the package that `graphsvc demo` serves it from.
PROJECT = ("ontology", "data", "queries")
PROJECT_SETTINGS = "graphsvc.toml"
DEMO = Path("graphsvc", "demo")

MANUAL = "share/man/man1"


def get_requires_for_build_wheel(config_settings: Mapping[str, Any] | None = None) -> list[str]:
    """Return what the program requires, what the build does, and Node if the machine has none."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    return [
        *build_meta.get_requires_for_build_wheel(config_settings),
        *project["dependencies"],
        *extras["wheel"],
        *([] if shutil.which("npm") else extras["assets"]),
    ]


class BuildPy(build_py):
    """Collect the files of the package, those that are made among them.

    Errors: SetupError, which says what the build lacks.
    """

    def run(self) -> None:
        """Make what is made, then collect all files."""
        if self.editable_mode:
            super().run()
            return
        # The program reads its version in the metadata that this writes.
        self.run_command("egg_info")
        try:
            self._make()
        except ImportError as error:
            raise SetupError(
                f"The wheel cannot be built without {error.name}. Build it with isolation, or "
                "install what it takes: pip install -e '.[wheel]'"
            ) from error
        super().run()
        self._copy_project()

    def _make(self) -> None:
        import documentation
        from sphinx.errors import SphinxError

        from graphsvc.cli.assets import make
        from graphsvc.errors import GraphsvcError
        from graphsvc.web.documentation import FILE

        try:
            make()
        except GraphsvcError as error:
            raise SetupError(
                f"The wheel cannot be built: {error.message} {error.remedy}"
            ) from error
        try:
            documentation.make(FILE)
        except SphinxError as error:
            raise SetupError(f"The documents cannot be made: {error}") from error
        self._make_manual()

    def _make_manual(self) -> None:
        from click import Context
        from click_man.core import write_man_pages

        from graphsvc import __version__
        from graphsvc.cli import main

        # The commands are imported when they are called; click-man looks at those that are there.
        context = Context(main)
        for name in main.list_commands(context):
            if command := main.get_command(context, name):
                main.add_command(command, name)

        folder = Path(self.build_lib).with_name("man")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        write_man_pages("graphsvc", main, version=__version__, target_dir=str(folder))
        pages = [str(page) for page in sorted(folder.iterdir())]
        self.distribution.data_files = [(MANUAL, pages)]

    def _copy_project(self) -> None:
        target = Path(self.build_lib) / DEMO
        shutil.rmtree(target, ignore_errors=True)
        for name in PROJECT:
            shutil.copytree(ROOT / name, target / name)
        shutil.copy(ROOT / PROJECT_SETTINGS, target)
