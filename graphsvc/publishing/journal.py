"""The journal of one publication: what changes, what was there before, and how far it is.

A file of SQLite, which loses nothing that is committed when the process or the machine ends. It is
written whole under another name before anything changes in the engine.

<folder>/0001.sqlite   one for each publication into the engine; the two newest are there
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
_KEPT = 2


@dataclass(frozen=True, slots=True)
class Change:
    """A graph that gets other content: how many quads, 0 if it is removed; numbered from 1.

    ``bundle`` is the number of the bundle with which it is sent.
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
    def written(cls, folder: Path, write: Callable[[Journal], None]) -> Journal:
        """Return a new journal, the folder's newest, which a function has written the plan into."""
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
        for old in _files(folder)[:-_KEPT]:
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
        """Return what was noted under a name; None if nothing was."""
        row = self._database.execute("SELECT value FROM note WHERE name = ?", (name,)).fetchone()
        return None if row is None else row[0]

    def write_note(self, name: str, value: str) -> None:
        """Note something under a name, in place of what was noted."""
        self._database.execute("INSERT OR REPLACE INTO note VALUES (?, ?)", (name, value))

    @property
    def before(self) -> Inventory:
        """Return what the engine had of ours before the publication."""
        return self._inventory(_BEFORE)

    @property
    def after(self) -> Inventory:
        """Return what it has after it."""
        return self._inventory(_AFTER)

    def write_inventories(self, before: Inventory, after: Inventory) -> None:
        """Write what the engine has of ours before and after the publication."""
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

    def write_changes(self, changes: Iterable[Change]) -> None:
        """Write which graphs change; those that are removed have nothing to be sent."""
        self._database.executemany(
            "INSERT INTO change VALUES (?, ?, ?, ?, 0)",
            ((each.number, each.graph, each.quads, each.bundle) for each in changes),
        )

    def write_statements(self, rows: Iterable[tuple[int, str, bytes]]) -> None:
        """Write what is sent: the number of the change, the island and the line of each quad."""
        self._database.executemany("INSERT INTO statement VALUES (?, ?, ?)", rows)

    def write_former(self, lines: Iterable[bytes]) -> None:
        """Write what stood in the graphs that change, as lines of N-Quads."""
        self._database.executemany("INSERT INTO former VALUES (?)", ((line,) for line in lines))

    def changes(self) -> list[Change]:
        """Return all changes in their order."""
        return self._changes("TRUE")

    def bundles_to_send(self) -> Iterator[Sequence[Change]]:
        """Yield the changes of each bundle that has not been sent wholly."""
        numbers = self._database.execute(
            "SELECT DISTINCT bundle FROM change WHERE quads > 0 AND NOT is_sent ORDER BY bundle"
        ).fetchall()
        for (number,) in numbers:
            yield self._changes("bundle = ? AND quads > 0", number)

    def _changes(self, condition: str, *values: int) -> list[Change]:
        rows = self._database.execute(
            f"SELECT number, graph, quads, bundle FROM change WHERE {condition} ORDER BY number",  # noqa: S608 - ours
            values,
        )
        return [Change(*row) for row in rows]

    def mark_sent(self, bundle: int) -> None:
        """Note that a bundle is in the engine."""
        self._database.execute("UPDATE change SET is_sent = 1 WHERE bundle = ?", (bundle,))

    def quads_to_send(self) -> tuple[int, int]:
        """Return how many quads have been sent, and how many there are to send in all."""
        query = "SELECT COALESCE(SUM(quads * is_sent), 0), COALESCE(SUM(quads), 0) FROM change"
        sent, total = self._database.execute(query).fetchone()
        return sent, total

    def size(self) -> int:
        """Return how many bytes there are to send."""
        query = "SELECT COALESCE(SUM(LENGTH(line)), 0) FROM statement"
        (size,) = self._database.execute(query).fetchone()
        return int(size)

    def statements(self, bundle: int) -> Iterator[tuple[str, bytes]]:
        """Yield what a bundle sends: the island and the line of each quad.

        Quads of one island stand together; those without blank nodes come first.
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
        """Yield what stood in the graphs that change, as lines of N-Quads."""
        yield from (line for (line,) in self._database.execute("SELECT line FROM former"))


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("[0-9]*.sqlite"), key=lambda path: int(path.stem))
