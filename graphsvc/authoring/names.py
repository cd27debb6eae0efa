"""Names for new passages: numbers that no passage of the project has or has had."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsvc import layout
from graphsvc.authoring import removed_passages
from graphsvc.texts import register
from graphsvc.texts.model import FACTS, REGISTER, TextLocation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class PassageNames:
    """The names of the passages of a project, and of its removed passages."""

    def __init__(self, root: Path) -> None:
        names = [name for name in _used_names(root) if name.isdecimal()]
        self._last = max(map(int, names), default=0)
        self._width = max(map(len, names), default=0)

    def next(self, count: int) -> list[str]:
        """Return the next free names, with as many digits as the names that exist."""
        first = self._last + 1
        self._last += count
        self._width = self._width or len(str(self._last))
        return [str(number).zfill(self._width) for number in range(first, self._last + 1)]


def _used_names(root: Path) -> Iterator[str]:
    for slug in layout.text_folders(root):
        folder = root / "data" / slug
        if (folder / REGISTER).is_file():
            listed = (folder / REGISTER).read_text("utf-8", "replace")
            yield from (entry.name for entry in register.read(listed, TextLocation(slug, ""))[0])
        if (folder / FACTS).is_file():
            facts = (folder / FACTS).read_text("utf-8", "replace")
            yield from (each.entry.name for each in removed_passages.read(facts))
