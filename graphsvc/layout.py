"""The table of a project's files: the role of each, and the graph of its statements."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from graphsvc import rdf_files
from graphsvc.texts.model import FACTS, MAPPING, REGISTER, SOURCE, TABLES, WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Role(Enum):
    """What a file is to the program."""

    TURTLE = "Turtle, into one graph"
    TRIG = "TriG, one graph"
    FACTS = "TriG, one graph for each passage"
    TEXT = "a source text"
    REGISTER = "the list of the passages of a text"
    TABLE = "a table, one graph for each row"
    MAPPING = "what makes facts of the rows of a table"
    ORIGINAL = "the file that a text was taken from"
    QUERY = "a query or a check"
    PROSE = "for people only"
    RDF = "RDF in any syntax, in its own graphs"


@dataclass(frozen=True, slots=True)
class LayoutRow:
    """One kind of file: its path, its role, and its graph if it has one."""

    pattern: str
    role: Role
    graph: str | None = None

    def fits(self, path: PurePosixPath) -> bool:
        """Tell whether a path, relative to the project, is of this kind."""
        parts = PurePosixPath(self.pattern).parts
        return len(parts) == len(path.parts) and all(
            fnmatchcase(part, pattern) for part, pattern in zip(path.parts, parts, strict=True)
        )


DATASET = "data/dataset.ttl"

#: The required files in the folder of a text. It may also have schemes and editorial notes, so that
#: one folder has all files of a text.
TEXT_FILES = (WORDS, REGISTER, SOURCE, FACTS)

#: The order in which they are read, and in which ``locate`` searches.
ROWS: tuple[LayoutRow, ...] = (
    LayoutRow("ontology/*.ttl", Role.TURTLE, "ontology"),
    LayoutRow("ontology/shapes/*.ttl", Role.TURTLE, "shapes"),
    LayoutRow(DATASET, Role.TURTLE, "dataset"),
    LayoutRow("data/schemes.ttl", Role.TURTLE, "schemes"),
    LayoutRow("data/*/schemes.ttl", Role.TURTLE, "schemes"),
    LayoutRow("data/*/original.*", Role.ORIGINAL),
    LayoutRow("data/*/source.ttl", Role.TURTLE, "passages"),
    LayoutRow("data/*/passages.tsv", Role.REGISTER),
    *(LayoutRow(f"data/*/{name}", Role.TABLE) for name in TABLES),
    LayoutRow(f"data/*/{MAPPING}", Role.MAPPING),
    LayoutRow("data/*/facts.trig", Role.FACTS),
    LayoutRow("data/editorial.trig", Role.TRIG, "editorial"),
    LayoutRow("data/*/editorial.trig", Role.TRIG, "editorial"),
    LayoutRow("data/*/text.txt", Role.TEXT),
    LayoutRow("queries/*.rq", Role.QUERY),
    LayoutRow("queries/checks/*.rq", Role.QUERY),
    LayoutRow("ontology/*.md", Role.PROSE),
    LayoutRow("ontology/shapes/*.md", Role.PROSE),
    LayoutRow("data/*.md", Role.PROSE),
    LayoutRow("data/*/*.md", Role.PROSE),
    LayoutRow("queries/*.md", Role.PROSE),
    LayoutRow("queries/checks/*.md", Role.PROSE),
)
#: RDF in other syntaxes, or under other names: its path decides whether it goes into a graph of the
#: layout, or into one of its own.
_OTHER_RDF = (
    LayoutRow("ontology/shapes/*", Role.RDF, "shapes"),
    LayoutRow("ontology/*", Role.RDF, "ontology"),
    LayoutRow("**", Role.RDF),
)
_FOLDERS = ("ontology", "data", "queries")


def find(root: Path) -> Iterator[tuple[PurePosixPath, LayoutRow | None]]:
    """Yield the project's files in reading order, each with its row, or None if it has none.

    RDF beyond the layout comes last, with a row of `Role.RDF`.

    Hidden files and folders are ignored, because they belong to an editor or the system.
    """
    matches: list[tuple[int, PurePosixPath, LayoutRow | None]] = []
    for folder in _FOLDERS:
        for file in (root / folder).rglob("*"):
            path = PurePosixPath(file.relative_to(root).as_posix())
            if file.is_file() and not any(part.startswith(".") for part in path.parts):
                rdf_files.refuse_link_out(file, root)
                number = next(
                    (number for number, row in enumerate(ROWS) if row.fits(path)), len(ROWS)
                )
                matches.append((number, path, ROWS[number] if number < len(ROWS) else _other(path)))
    for _, path, row in sorted(matches, key=lambda entry: (entry[0], entry[1])):
        yield path, row


def _other(path: PurePosixPath) -> LayoutRow | None:
    """Return the row of a file outside the layout, if its name is one of RDF."""
    if not rdf_files.is_rdf_in_folder(path.name):
        return None
    return next((row for row in _OTHER_RDF[:-1] if row.fits(path)), _OTHER_RDF[-1])


def sources(root: Path) -> Iterator[tuple[PurePosixPath, LayoutRow]]:
    """Yield the files that a release is built from, in reading order."""
    for path, row in find(root):
        if row is not None and row.role is not Role.PROSE:
            yield path, row


def is_project(path: Path) -> bool:
    """Tell whether a path is a project: a folder with the file that describes the graph."""
    return (path / DATASET).is_file()


def table_folders(root: Path) -> list[str]:
    """Return the names of the folders under data/ that hold a table."""
    return sorted({file.parent.name for name in TABLES for file in root.glob(f"data/*/{name}")})


def text_folders(root: Path) -> list[str]:
    """Return the names of the folders under data/ that hold a source text, or a part of one."""
    data = root / "data"
    if not data.is_dir():
        return []
    tables = table_folders(root)
    return sorted(
        entry.name
        for entry in data.iterdir()
        if entry.name[0] != "."
        and entry.name not in tables
        and any((entry / name).is_file() for name in TEXT_FILES)
    )
