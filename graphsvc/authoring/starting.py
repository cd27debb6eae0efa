"""Makes a new project: files that can be built and served, with an example and explanations."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from pyoxigraph import Literal

from graphsvc.authoring import saving
from graphsvc.errors import TextError

if TYPE_CHECKING:
    from collections.abc import Sequence

#: The files of a new project. Tools ignore names that begin with a full stop, so .gitignore has
#: another name here.
_TEMPLATES = Path(__file__).with_name("project")
_NAMES = {"gitignore": ".gitignore"}

BASE = "https://example.org/"
"""The base of a project whose authors have none yet: nobody owns it."""

LICENCE = "https://creativecommons.org/licenses/by/4.0/"
LANGUAGE = "en"

_BASE = re.compile(r"https?://[^\s<>\"{}|^`\\#?]+/")
_IRI = re.compile(r"https?://[^\s<>\"{}|^`\\]+")
_TAG = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")


@dataclass(frozen=True, slots=True)
class NewProject:
    """What a person enters for a new project; the first language is that of the title."""

    title: str
    base: str = BASE
    licence: str = LICENCE
    languages: Sequence[str] = (LANGUAGE,)


def faults(project: NewProject) -> list[str]:
    """Return a message for each value of a new project that is wrong."""
    messages = []
    if not project.title.strip():
        messages.append("The title is empty.")
    if not _BASE.fullmatch(project.base):
        messages.append(f"The base {project.base} is no http or https IRI that ends in a slash.")
    if not _IRI.fullmatch(project.licence):
        messages.append(f"The licence {project.licence} is no http or https IRI.")
    wrong = [tag for tag in project.languages if not _TAG.fullmatch(tag)]
    if wrong or not project.languages:
        messages.append(
            f"{', '.join(wrong) or 'Nothing'} is no tag of a language such as en or de."
        )
    return messages


def begin(folder: Path, project: NewProject) -> list[str]:
    """Write a new project into an empty or new folder; return the paths of its files.

    Errors: TextError if the folder is not empty, or if a value is wrong.
    """
    refuse_full(folder)
    if wrong := faults(project):
        raise TextError(" ".join(wrong), remedy="See: graphsvc new --help")
    files = {path: text.encode() for path, text in sorted(_files(project).items())}
    if folder.is_dir():
        saving.fill(folder, files)
    else:
        saving.create(folder, files)
    return list(files)


def refuse_full(folder: Path) -> None:
    """Raise TextError unless a folder is empty or does not exist."""
    if folder.exists() and not folder.is_dir():
        raise TextError(f"{folder} is no folder.", remedy="Name one that is not there yet.")
    if folder.is_dir() and next(folder.iterdir(), None) is not None:
        raise TextError(
            f"The folder {folder} is not empty.", remedy="Name one that is empty or not there yet."
        )


def _files(project: NewProject) -> dict[str, str]:
    title = " ".join(project.title.split())
    values = {
        "base": project.base,
        "licence": project.licence,
        "title": title,
        "title_literal": f"{Literal(title)}@{project.languages[0]}",
        "languages": " , ".join(str(Literal(tag)) for tag in project.languages),
    }
    templates = (path for path in _TEMPLATES.rglob("*") if path.is_file())
    return {_path(path): Template(path.read_text("utf-8")).substitute(values) for path in templates}


def _path(template: Path) -> str:
    path = template.relative_to(_TEMPLATES).as_posix()
    return _NAMES.get(path, path)
