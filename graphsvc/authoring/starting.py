"""A new project: files that build and serve at once, with an example and comments that teach."""

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

#: Where the files are that a project begins with. What begins with a full stop there would be
#: passed over by tools, so that .gitignore has another name.
_TEMPLATES = Path(__file__).with_name("project")
_NAMES = {"gitignore": ".gitignore"}

BASE = "https://example.org/"
"""The base of a project whose makers have none yet: nobody owns it."""

LICENCE = "https://creativecommons.org/licenses/by/4.0/"
LANGUAGE = "en"

_BASE = re.compile(r"https?://[^\s<>\"{}|^`\\#?]+/")
_IRI = re.compile(r"https?://[^\s<>\"{}|^`\\]+")
_TAG = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a person says of a new project; the first language is that of the title."""

    title: str
    base: str = BASE
    licence: str = LICENCE
    languages: Sequence[str] = (LANGUAGE,)


def faults(beginning: Beginning) -> list[str]:
    """Return what is wrong with what a person says, each with what it should be."""
    found = []
    if not beginning.title.strip():
        found.append("The title is empty.")
    if not _BASE.fullmatch(beginning.base):
        found.append(f"The base {beginning.base} is no http or https IRI that ends in a slash.")
    if not _IRI.fullmatch(beginning.licence):
        found.append(f"The licence {beginning.licence} is no http or https IRI.")
    wrong = [tag for tag in beginning.languages if not _TAG.fullmatch(tag)]
    if wrong or not beginning.languages:
        found.append(f"{', '.join(wrong) or 'Nothing'} is no tag of a language such as en or de.")
    return found


def begin(folder: Path, beginning: Beginning) -> list[str]:
    """Write a new project into a folder that is empty or not there; return the paths of its files.

    TextError if the folder has anything in it, or what is said of the project is wrong.
    """
    refuse_full(folder)
    if wrong := faults(beginning):
        raise TextError(" ".join(wrong), remedy="See: graphsvc new --help")
    files = {path: text.encode() for path, text in sorted(_files(beginning).items())}
    if folder.is_dir():
        saving.fill(folder, files)
    else:
        saving.create(folder, files)
    return list(files)


def refuse_full(folder: Path) -> None:
    """Refuse a folder that has anything in it. Errors: TextError."""
    if folder.exists() and not folder.is_dir():
        raise TextError(f"{folder} is no folder.", remedy="Name one that is not there yet.")
    if folder.is_dir() and next(folder.iterdir(), None) is not None:
        raise TextError(
            f"The folder {folder} is not empty.", remedy="Name one that is empty or not there yet."
        )


def _files(beginning: Beginning) -> dict[str, str]:
    title = " ".join(beginning.title.split())
    values = {
        "base": beginning.base,
        "licence": beginning.licence,
        "title": title,
        "title_literal": f"{Literal(title)}@{beginning.languages[0]}",
        "languages": " , ".join(str(Literal(tag)) for tag in beginning.languages),
    }
    templates = (path for path in _TEMPLATES.rglob("*") if path.is_file())
    return {_path(path): Template(path.read_text("utf-8")).substitute(values) for path in templates}


def _path(template: Path) -> str:
    path = template.relative_to(_TEMPLATES).as_posix()
    return _NAMES.get(path, path)
