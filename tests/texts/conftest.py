"""What the tests of texts ask for: the command on a project, and the files of a text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from graphsvc import sources
from graphsvc.cli import main
from graphsvc.texts import register
from graphsvc.texts.model import TextLocation

if TYPE_CHECKING:
    from pathlib import Path

    from graphsvc.findings import Finding
    from graphsvc.texts.model import PassageEntry


@dataclass(frozen=True)
class Curator:
    """A user who edits a project with the command line."""

    root: Path

    def run(self, *args: str | Path) -> Result:
        """Run a command on the project."""
        return CliRunner().invoke(main, [*map(str, args), "--project", str(self.root)])

    def does(self, *args: str | Path) -> str:
        """Run a command that must succeed, and return what it prints."""
        result = self.run(*args)
        assert result.exit_code == 0, result.output
        return result.output

    def file(self, path: str) -> Path:
        """Return a file of the project."""
        return self.root / "data" / path

    def text(self, path: str) -> str:
        """Return what a file under data/ says."""
        return self.file(path).read_bytes().decode()

    def entries(self, slug: str) -> list[PassageEntry]:
        """Return the list of the passages of a text."""
        return register.read(self.text(f"{slug}/passages.tsv"), TextLocation(slug, ""))[0]

    def words(self, slug: str) -> dict[str, str]:
        """Return the words of the passages of a text, by their names, in order."""
        return {entry.name: entry.words for entry in self.entries(slug)}

    def listed(self, slug: str) -> list[tuple[str, str]]:
        """Return kind (with the level of a heading) and words of the passages of a text."""
        lines = self.text(f"{slug}/passages.tsv").splitlines()[1:]
        return [(line.split("\t")[1], line.split("\t")[2]) for line in lines]

    def findings(self) -> list[Finding]:
        """Return what reading the project finds wrong."""
        return list(sources.load(self.root).findings)

    def snapshot(self) -> dict[str, bytes]:
        """Return every file of the project, and any that was left over."""
        files = (path for path in self.root.rglob("*") if path.is_file())
        return {str(path.relative_to(self.root)): path.read_bytes() for path in files}


@pytest.fixture
def curator(lights_copy: Path) -> Curator:
    """Return somebody who works on a copy of the tiny project."""
    return Curator(lights_copy)
