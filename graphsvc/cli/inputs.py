"""The input of a command: a project's folder, or any RDF files."""

from __future__ import annotations

from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import click

from graphsvc import layout, parsing, rdf_files, rdf_project, sources
from graphsvc.setting_sources import FILE_NAME

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from graphsvc.settings import Settings
    from graphsvc.sources import Project

P = ParamSpec("P")
R = TypeVar("R")


def with_paths(command: Callable[P, R]) -> Callable[P, R]:
    """Give a command paths as arguments: a project's folder, or RDF files and folders of such."""

    @wraps(command)
    def with_settings_of_paths(*args: P.args, **kwargs: P.kwargs) -> R:
        paths = tuple(Path(path) for path in kwargs.pop("paths"))  # type: ignore[attr-defined]
        folder = next((path for path in paths if _has_settings(path)), None)
        if folder is not None and kwargs.get("project") is None:
            kwargs["project"] = folder
            paths = tuple(path for path in paths if path != folder)
        kwargs["files"] = paths or None
        return command(*args, **kwargs)

    decorated: Callable[P, R] = with_settings_of_paths
    return click.argument("paths", nargs=-1, type=click.Path(path_type=Path))(decorated)


def _has_settings(path: Path) -> bool:
    """Tell whether a path is the folder of a project, or a folder with settings."""
    return layout.is_project(path) or (path / FILE_NAME).is_file()


def load(settings: Settings) -> Project:
    """Read the project to publish. Errors: InputError."""
    parser = parsing.parse_leniently if settings.lenient else parsing.parse_file
    if settings.project is not None and layout.is_project(settings.project):
        return sources.load(settings.project, settings.files, parser)
    return rdf_project.load(_paths(settings), parser)


def digests(settings: Settings) -> Mapping[str, str]:
    """Return the current files to publish, each with its sha256."""
    if settings.project is not None and layout.is_project(settings.project):
        return sources.current_inputs(settings.project, settings.files)
    return rdf_project.current_inputs(_paths(settings))


def is_nothing(settings: Settings) -> bool:
    """Tell whether there is nothing to publish: a machine that only serves has only releases."""
    folder = settings.project
    if settings.files or folder is None or layout.is_project(folder) or not folder.is_dir():
        return False
    return not rdf_files.is_in(folder)


def _paths(settings: Settings) -> tuple[Path, ...]:
    """Return the folders and files of RDF, none of which is a project."""
    return settings.files if settings.project is None else (settings.project, *settings.files)
