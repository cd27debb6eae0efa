"""Names for new passages: numbers that no passage of the project has, or ever had."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsvc import layout
from graphsvc.authoring import gone
from graphsvc.texts import register
from graphsvc.texts.model import FACTS, REGISTER, Place

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Names:
    """The names that passages of a project have, or had before they left their text."""

    def __init__(self, root: Path) -> None:
        names = [name for name in _taken(root) if name.isdecimal()]
        self._last = max(map(int, names), default=0)
        self._width = max(map(len, names), default=0)

    def next(self, count: int) -> list[str]:
        """Return the next free names, as wide as those before, and all of one width if first."""
        first = self._last + 1
        self._last += count
        self._width = self._width or len(str(self._last))
        return [str(number).zfill(self._width) for number in range(first, self._last + 1)]


def _taken(root: Path) -> Iterator[str]:
    for slug in layout.text_folders(root):
        folder = root / "data" / slug
        if (folder / REGISTER).is_file():
            listed = (folder / REGISTER).read_text("utf-8", "replace")
            yield from (entry.name for entry in register.read(listed, Place(slug, ""))[0])
        if (folder / FACTS).is_file():
            facts = (folder / FACTS).read_text("utf-8", "replace")
            yield from (each.entry.name for each in gone.read(facts))
