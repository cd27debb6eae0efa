"""The journal of one publication: the changes, the former content, and the progress.

It is a file of SQLite, so committed data survive the end of the process or the machine. It is
written completely, under another name, before anything changes in the engine.

<folder>/0001.sqlite   one for each publication into the engine; only the two newest are kept
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphsvc.publishing.contents import GraphContent
from graphsvc.publishing.inventory import Inventory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

_SCHEMA = """
CREATE TABLE note (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE inventory (moment TEXT, graph TEXT, quads INTEGER, digest TEXT);
CREATE TABLE change (
    number INTEGER PRIMARY KEY, graph TEXT UNIQUE, quads INTEGER, bundle INTEGER, is_sent INTEGER
);
CREATE TABLE statement (change INTEGER, island TEXT, line BLOB);
CREATE TABLE former (line BLOB);
"""
_INDEX = "CREATE INDEX statements ON statement (change)"
_BEFORE, _AFTER = "before", "after"
_PLANNING = ".planning.sqlite"
_MOST_JOURNALS = 2


@dataclass(frozen=True, slots=True)
class GraphChange:
    """A graph with new content: a number from 1, and its count of quads, 0 if it is removed.

    ``bundle`` is the number of the bundle in which it is sent.
    """

    number: int
    graph: str
    quads: int
    bundle: int


class Journal:
    """The journal in a file. Only one process at a time has it open."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._database = sqlite3.connect(path, isolation_level=None)

    @classmethod
    def create(cls, folder: Path, write: Callable[[Journal], None]) -> Journal:
        """Create the newest journal of a folder; a function writes the plan into it."""
        path = folder / _PLANNING
        for left_over in folder.glob(f"{_PLANNING}*"):
            left_over.unlink()
        with closing(cls(path)) as journal:
            journal.run(f"BEGIN; {_SCHEMA}")
            write(journal)
            journal.run(f"{_INDEX}; COMMIT")
        files = _files(folder)
        last = int(files[-1].stem) if files else 0
        path = path.rename(folder / f"{last + 1:04d}.sqlite")
        for old in _files(folder)[:-_MOST_JOURNALS]:
            old.unlink()
        return cls(path)

    @classmethod
    def newest(cls, folder: Path) -> Journal | None:
        """Open the journal of the last publication; None if there is none."""
        files = _files(folder)
        return cls(files[-1]) if files else None

    def run(self, statements: str) -> None:
        """Run statements of SQL."""
        for statement in statements.split(";"):
            self._database.execute(statement)

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def note(self, name: str) -> str | None:
        """Return the note with a name; None if there is none."""
        row = self._database.execute("SELECT value FROM note WHERE name = ?", (name,)).fetchone()
        return None if row is None else row[0]

    def write_note(self, name: str, value: str) -> None:
        """Write the note with a name; it replaces an older one."""
        self._database.execute("INSERT OR REPLACE INTO note VALUES (?, ?)", (name, value))

    @property
    def before(self) -> Inventory:
        """Return the inventory before the publication."""
        return self._inventory(_BEFORE)

    @property
    def after(self) -> Inventory:
        """Return the inventory after the publication."""
        return self._inventory(_AFTER)

    def write_inventories(self, before: Inventory, after: Inventory) -> None:
        """Write the inventories before and after the publication."""
        for moment, inventory in ((_BEFORE, before), (_AFTER, after)):
            self.write_note(moment, json.dumps(inventory.release))
            self._database.executemany(
                "INSERT INTO inventory VALUES (?, ?, ?, ?)",
                (
                    (moment, graph, content.quads, content.digest)
                    for graph, content in inventory.graphs.items()
                ),
            )

    def _inventory(self, moment: str) -> Inventory:
        rows = self._database.execute(
            "SELECT graph, quads, digest FROM inventory WHERE moment = ? ORDER BY rowid", (moment,)
        )
        graphs = {graph: GraphContent(quads, digest) for graph, quads, digest in rows}
        return Inventory(json.loads(self.note(moment) or "null"), graphs)

    def write_changes(self, changes: Iterable[GraphChange]) -> None:
        """Write the graphs that change; nothing is sent for removed ones."""
        self._database.executemany(
            "INSERT INTO change VALUES (?, ?, ?, ?, 0)",
            ((each.number, each.graph, each.quads, each.bundle) for each in changes),
        )

    def write_statements(self, rows: Iterable[tuple[int, str, bytes]]) -> None:
        """Write the quads to send: the number of the change, the island and the line of each."""
        self._database.executemany("INSERT INTO statement VALUES (?, ?, ?)", rows)

    def write_former(self, lines: Iterable[bytes]) -> None:
        """Write the former content of the graphs that change, as lines of N-Quads."""
        self._database.executemany("INSERT INTO former VALUES (?)", ((line,) for line in lines))

    def changes(self) -> list[GraphChange]:
        """Return all changes in their order."""
        return self._changes("TRUE")

    def bundles_to_send(self) -> Iterator[Sequence[GraphChange]]:
        """Yield the changes of each bundle that has not been sent."""
        numbers = self._database.execute(
            "SELECT DISTINCT bundle FROM change WHERE quads > 0 AND NOT is_sent ORDER BY bundle"
        ).fetchall()
        for (number,) in numbers:
            yield self._changes("bundle = ? AND quads > 0", number)

    def _changes(self, condition: str, *values: int) -> list[GraphChange]:
        rows = self._database.execute(
            f"SELECT number, graph, quads, bundle FROM change WHERE {condition} ORDER BY number",  # noqa: S608 - ours
            values,
        )
        return [GraphChange(*row) for row in rows]

    def mark_sent(self, bundle: int) -> None:
        """Note that a bundle is in the engine."""
        self._database.execute("UPDATE change SET is_sent = 1 WHERE bundle = ?", (bundle,))

    def quads_to_send(self) -> tuple[int, int]:
        """Return the number of quads that have been sent, and the number of all quads to send."""
        query = "SELECT COALESCE(SUM(quads * is_sent), 0), COALESCE(SUM(quads), 0) FROM change"
        sent, total = self._database.execute(query).fetchone()
        return sent, total

    def size(self) -> int:
        """Return the number of bytes to send."""
        query = "SELECT COALESCE(SUM(LENGTH(line)), 0) FROM statement"
        (size,) = self._database.execute(query).fetchone()
        return int(size)

    def statements(self, bundle: int) -> Iterator[tuple[str, bytes]]:
        """Yield the quads of a bundle: the island and the line of each.

        Quads of one island are together; those without blank nodes come first.
        """
        return self._database.execute(
            """SELECT island, line FROM statement JOIN change ON number = change
            WHERE bundle = ? ORDER BY island, change, statement.rowid""",
            (bundle,),
        )

    def lines(self, graphs: Iterable[str]) -> Iterator[bytes]:
        """Yield the quads of some graphs that are sent."""
        for graph in graphs:
            rows = self._database.execute(
                "SELECT line FROM statement JOIN change ON number = change WHERE graph = ?",
                (graph,),
            )
            yield from (line for (line,) in rows)

    def sent_lines(self) -> Iterator[bytes]:
        """Yield all quads that are sent."""
        yield from (line for (line,) in self._database.execute("SELECT line FROM statement"))

    def former(self) -> Iterator[bytes]:
        """Yield the former content of the graphs that change, as lines of N-Quads."""
        yield from (line for (line,) in self._database.execute("SELECT line FROM former"))


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("[0-9]*.sqlite"), key=lambda path: int(path.stem))
