"""The index of a release, opened for reading, with all look-ups of a search.

Any number of processes and threads may read it, because nobody writes into it.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from graphsvc.errors import DeadlineExceeded, ReleaseError
from graphsvc.search.index_writer import class_tag
from graphsvc.search.model import EntryKind, Name, NameRole

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

#: The time limit of a search, in seconds.
DEADLINE = 2.0

# How many steps of SQLite's virtual machine lie between two checks of the time: well under a
# millisecond, except for long steps of the full-text index, which depend on its size.
_STEPS = 1_000


class IndexRow(NamedTuple):
    """The row of an entry in the index."""

    id: int
    iri: str
    kind: EntryKind
    description: str
    document: str | None
    number: int | None
    begin: int | None
    end: int | None
    said_in: str | None
    weight: int


class Index:
    """The search index of one release."""

    def __init__(self, path: Path) -> None:
        """Take the path of the file; the first look-up raises ReleaseError if it cannot be read."""
        self._path = path
        self._local = threading.local()

    @classmethod
    def of(cls, database: sqlite3.Connection) -> Index:
        """Return the index in a database that this thread has opened already."""
        index = cls(Path(":memory:"))
        index._local.database = database
        database.set_progress_handler(index._is_late, _STEPS)
        return index

    @contextmanager
    def in_time(self, seconds: float = DEADLINE) -> Iterator[None]:
        """Limit the time of the look-ups in the block: DeadlineExceeded after it."""
        self._local.deadline = time.monotonic() + seconds
        try:
            yield
        finally:
            del self._local.deadline

    def rows(self, ids: Sequence[int]) -> dict[int, IndexRow]:
        """Return entries by their numbers."""
        answer = self._all(
            "SELECT * FROM entry WHERE id IN (SELECT value FROM json_each(?))",
            [json.dumps(ids)],
        )
        return {row[0]: IndexRow(row[0], row[1], EntryKind(row[2]), *row[3:]) for row in answer}

    def names(self, ids: Sequence[int]) -> dict[int, list[Name]]:
        """Return the names of entries by the entries' numbers, the best first."""
        by_entry: dict[int, list[Name]] = {number: [] for number in ids}
        query = (
            "SELECT entry, text, language, property, standing FROM name "
            "WHERE entry IN (SELECT value FROM json_each(?)) ORDER BY id"
        )
        for entry, text, language, prop, role in self._all(query, [json.dumps(ids)]):
            by_entry[entry].append(Name(text, language, prop, NameRole(role)))
        return by_entry

    def types(self, ids: Sequence[int]) -> dict[int, list[tuple[str, bool]]]:
        """Return the classes of entries, each with whether somebody stated it."""
        by_entry: dict[int, list[tuple[str, bool]]] = {number: [] for number in ids}
        query = (
            "SELECT entry, iri, stated FROM membership JOIN class ON class.id = class "
            "WHERE entry IN (SELECT value FROM json_each(?)) ORDER BY entry, members, iri"
        )
        for entry, iri, stated in self._all(query, [json.dumps(ids)]):
            by_entry[entry].append((iri, bool(stated)))
        return by_entry

    def weights(self, ids: Sequence[int]) -> dict[int, int]:
        """Return the weights of entries: small numbers that grow with the references to them."""
        query = "SELECT id, weight FROM entry WHERE id IN (SELECT value FROM json_each(?))"
        return dict(self._all(query, [json.dumps(ids)]))

    def number_of(self, iri: str) -> int | None:
        """Return the number of the entry that has an IRI, or None."""
        rows = self._all("SELECT id FROM entry WHERE iri = ?", [iri])
        return rows[0][0] if rows else None

    def with_key(self, key: str, most: int) -> list[int]:
        """Return the entries that have a name with this key, the best first."""
        query = "SELECT DISTINCT entry FROM name WHERE key = ? ORDER BY entry LIMIT ?"
        return [row[0] for row in self._all(query, [key, most])]

    def class_tags(self, classes: Iterable[str]) -> list[str]:
        """Return the tags of the classes that have members; the others have none."""
        tags = []
        for iri in classes:
            rows = self._all("SELECT id FROM class WHERE iri = ?", [iri])
            tags += [class_tag(row[0]) for row in rows]
        return tags

    def matching(self, match: str, most: int, after: int = 0) -> list[int]:
        """Return the entries that an expression of the full-text index matches, the best first."""
        query = "SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid LIMIT ? OFFSET ?"
        return [row[0] for row in self._all(query, [match, most, after])]

    def among(self, match: str, ids: Sequence[int]) -> set[int]:
        """Return the entries among ``ids`` that an expression matches."""
        query = (
            "SELECT rowid FROM words WHERE words MATCH ? "
            "AND rowid IN (SELECT value FROM json_each(?))"
        )
        return {row[0] for row in self._all(query, [match, json.dumps(ids)])}

    def count(self, match: str) -> int:
        """Return how many entries an expression matches."""
        query = "SELECT count(*) FROM words WHERE words MATCH ?"
        return int(self._all(query, [match])[0][0])

    def count_classes(self, match: str, most: int) -> dict[str, int]:
        """Return how many of the first entries that match are of each class."""
        query = (
            "SELECT iri, uses FROM class JOIN (SELECT class, count(*) AS uses FROM membership "
            "WHERE entry IN (SELECT rowid FROM words WHERE words MATCH ? LIMIT ?) GROUP BY class"
            ") ON class = class.id ORDER BY uses DESC, iri"
        )
        return dict(self._all(query, [match, most]))

    def uses(self, word: str) -> int:
        """Return how many entries use a word."""
        rows = self._all("SELECT uses FROM word WHERE text = ?", [word])
        return int(rows[0][0]) if rows else 0

    def words_like(self, grams: Sequence[str], most: int) -> list[tuple[str, int]]:
        """Return the words that share most of some grams, with their uses."""
        query = (
            "SELECT text, uses FROM word JOIN (SELECT word, count(*) AS shared FROM gram "
            "WHERE text IN (SELECT value FROM json_each(?)) GROUP BY word "
            "ORDER BY shared DESC, word LIMIT ?) ON word = word.id ORDER BY shared DESC, word.id"
        )
        return [(text, uses) for text, uses in self._all(query, [json.dumps(grams), most])]

    def _all(self, query: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
        try:
            return self._database().execute(query, values).fetchall()
        except sqlite3.OperationalError as error:
            if "interrupted" in str(error):
                raise DeadlineExceeded(
                    "The search took too long, and was ended.", remedy="Search for fewer words."
                ) from error
            raise

    def _database(self) -> sqlite3.Connection:
        """Return this thread's connection, opened at the first call."""
        cached = getattr(self._local, "database", None)
        if isinstance(cached, sqlite3.Connection):
            return cached
        address = f"{self._path.resolve().as_uri()}?mode=ro&immutable=1"
        try:
            database = sqlite3.connect(address, uri=True, isolation_level=None)
        except sqlite3.OperationalError as error:
            raise ReleaseError(
                f"The search index {self._path} cannot be read: {error}.", remedy="Build it again."
            ) from error
        database.set_progress_handler(self._is_late, _STEPS)
        self._local.database = database
        return database

    def _is_late(self) -> bool:
        deadline = getattr(self._local, "deadline", None)
        return deadline is not None and time.monotonic() > deadline
