"""What a command reads: a project's folder, or any RDF files."""

from __future__ import annotations

from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import click

from graphsvc import derived, layout, parsing, sources

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
        if len(paths) == 1 and layout.is_project(paths[0]):
            kwargs["project"] = paths[0]
        elif paths:
            kwargs["files"] = paths
        return command(*args, **kwargs)

    decorated: Callable[P, R] = with_settings_of_paths
    return click.argument("paths", nargs=-1, type=click.Path(path_type=Path))(decorated)


def load(settings: Settings) -> Project:
    """Return what is to be published. Errors: InputError."""
    if settings.files:
        parser = parsing.parse_leniently if settings.lenient else parsing.parse_file
        return derived.load(settings.files, parser)
    return sources.load(settings.project)


def digests(settings: Settings) -> Mapping[str, str]:
    """Return the files of what is to be published as they are now, each with its sha256."""
    if settings.files:
        return derived.current_inputs(settings.files)
    return sources.current_inputs(settings.project)
