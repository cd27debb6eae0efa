"""Writes the index: an SQLite database, the same file for the same entries.

Entries are numbered from the best to the worst: things before sentences, frequent ones before rare
ones, short names before long ones. SQLite's full-text index returns matches in this order, so that
a search may stop early and still have the best. https://www.sqlite.org/fts5.html
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING

from graphsvc.search.collect import entries
from graphsvc.search.model import Entry, EntryKind, Name, NameRole
from graphsvc.search.words import grams, is_unspaced, key, split

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from pyoxigraph import Quad

    from graphsvc.naming import Naming

#: A private-use word between two names of one thing, so that no phrase spans both.
_BETWEEN = " \ue000 "

#: Longer words are cut: nobody types them.
LONGEST_WORD = 64

_SCHEMA = """
CREATE TABLE entry (
  id INTEGER PRIMARY KEY, iri TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, description TEXT NOT NULL,
  document TEXT, number INTEGER, begins INTEGER, ends INTEGER, said_in TEXT,
  weight INTEGER NOT NULL
);
CREATE TABLE name (
  id INTEGER PRIMARY KEY, entry INTEGER NOT NULL, text TEXT NOT NULL, language TEXT,
  property TEXT NOT NULL, standing TEXT NOT NULL, key TEXT
);
CREATE TABLE class (id INTEGER PRIMARY KEY, iri TEXT NOT NULL UNIQUE, members INTEGER NOT NULL);
CREATE TABLE membership (
  entry INTEGER NOT NULL, class INTEGER NOT NULL, stated INTEGER NOT NULL,
  PRIMARY KEY (entry, class)
) WITHOUT ROWID;
CREATE TABLE word (id INTEGER PRIMARY KEY, text TEXT NOT NULL, uses INTEGER NOT NULL);
CREATE TABLE gram (text TEXT NOT NULL, word INTEGER NOT NULL, PRIMARY KEY (text, word))
  WITHOUT ROWID;
CREATE VIRTUAL TABLE words USING fts5 (
  names, tags, content = '', columnsize = 0, prefix = '1 2 3',
  tokenize = 'unicode61 remove_diacritics 0'
);
"""

# Indexes are created after the rows: this is faster than updating them.
_INDEXES = """
CREATE INDEX name_of_entry ON name (entry);
CREATE INDEX name_by_key ON name (key) WHERE key IS NOT NULL;
CREATE UNIQUE INDEX word_by_text ON word (text);
"""


def write(quads: Sequence[Quad], base: str, path: Path, naming: Naming) -> None:
    """Write the index of a graph into a new file; ``naming`` has the properties of its labels."""
    ordered = sorted(entries(quads, base, naming), key=_rank)
    with closing(sqlite3.connect(path)) as database:
        # No journal is needed: nobody reads the file yet, and an unfinished one is discarded.
        database.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _SCHEMA)
        _fill(database, ordered)
        database.execute("INSERT INTO words (words) VALUES ('optimize')")
        database.commit()
        database.executescript(_INDEXES + "ANALYZE; VACUUM;")


def in_memory(quads: Sequence[Quad], base: str, naming: Naming) -> sqlite3.Connection:
    """Return the index of some quads in memory, for a single search."""
    database = sqlite3.connect(":memory:")
    database.executescript(_SCHEMA)
    _fill(database, sorted(entries(quads, base, naming), key=_rank))
    database.commit()
    database.executescript(_INDEXES)
    return database


def tag(kind: EntryKind) -> str:
    """Return the word for a kind in the full-text index."""
    return f"k{kind.value}"


def class_tag(number: int) -> str:
    """Return the word for a class in the full-text index."""
    return f"c{number}"


def _rank(entry: Entry) -> tuple[object, ...]:
    order = list(EntryKind).index(entry.kind)
    if entry.kind is EntryKind.SENTENCE:
        return (order, 0, 0, entry.document or "", entry.begin or 0, entry.iri)
    length = min((len(name.text) for name in entry.names), default=0)
    return (order, -entry.weight, length, "", 0, entry.iri)


def _fill(database: sqlite3.Connection, ordered: Sequence[Entry]) -> None:
    members = Counter(cls for entry in ordered for cls in entry.types)
    numbers = {cls: number for number, cls in enumerate(sorted(members), 1)}
    database.executemany(
        "INSERT INTO class VALUES (?, ?, ?)",
        ((number, cls, members[cls]) for cls, number in numbers.items()),
    )
    database.executemany(
        "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (_row(number, entry) for number, entry in enumerate(ordered, 1)),
    )
    database.executemany(
        "INSERT INTO name (entry, text, language, property, standing, key)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        _names(ordered),
    )
    database.executemany(
        "INSERT INTO membership VALUES (?, ?, ?)",
        (
            (number, numbers[cls], cls in entry.own_types)
            for number, entry in enumerate(ordered, 1)
            for cls in entry.types
        ),
    )
    used: Counter[str] = Counter()
    database.executemany(
        "INSERT INTO words (rowid, names, tags) VALUES (?, ?, ?)",
        _texts(ordered, numbers, used),
    )
    _fill_vocabulary(database, used)


def _row(number: int, entry: Entry) -> tuple[object, ...]:
    return (
        number,
        entry.iri,
        entry.kind.value,
        entry.description,
        entry.document,
        entry.number,
        entry.begin,
        entry.end,
        entry.said_in,
        entry.weight,
    )


def _names(ordered: Iterable[Entry]) -> Iterator[tuple[object, ...]]:
    for number, entry in enumerate(ordered, 1):
        for name in entry.names:
            # A whole sentence is found by its words, not as a name.
            alike = None if name.role is NameRole.WORDS else key(name.text)
            yield (number, name.text, name.language, name.property, name.role.value, alike)


def _texts(
    ordered: Iterable[Entry], numbers: dict[str, int], used: Counter[str]
) -> Iterator[tuple[int, str, str]]:
    """Yield the rows of the full-text index, counting the words on the way."""
    for number, entry in enumerate(ordered, 1):
        texts = [
            [word[:LONGEST_WORD] for word in split(text)]
            for text in dict.fromkeys(map(_spoken, entry.names))
        ]
        used.update({word for text in texts for word in text})
        tags = [tag(entry.kind), *(class_tag(numbers[cls]) for cls in entry.types)]
        yield number, _BETWEEN.join(" ".join(text) for text in texts), " ".join(tags)


def _spoken(name: Name) -> str:
    """Return the words of a name; those of an IRI are at its end."""
    is_iri = not name.property and "://" in name.text
    return name.text.rstrip("/#").replace("#", "/").rpartition("/")[2] if is_iri else name.text


def _fill_vocabulary(database: sqlite3.Connection, used: Counter[str]) -> None:
    """Write the words for the correction of misspelt ones, with their trigrams."""
    spelled = sorted(word for word in used if not is_unspaced(word))
    database.executemany(
        "INSERT INTO word VALUES (?, ?, ?)",
        ((number, word, used[word]) for number, word in enumerate(spelled, 1)),
    )
    database.executemany(
        "INSERT INTO gram VALUES (?, ?)",
        sorted((gram, number) for number, word in enumerate(spelled, 1) for gram in grams(word)),
    )
