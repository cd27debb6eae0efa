"""The quads of a release under another base, so that releases with two bases can be compared."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from pyoxigraph import RdfFormat, parse, serialize

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from graphsvc.namespaces import Rebase

#: How many pages of 4 KiB SQLite holds in memory before it writes to its temporary file.
_CACHED_PAGES = 16_384


def rebase_lines(lines: Iterable[bytes], rebase: Rebase) -> Iterator[bytes]:
    """Yield lines of canonical N-Quads with their IRIs moved, in order, each once.

    Another base changes their order. They are sorted in a temporary database:
    https://www.sqlite.org/inmemorydb.html#temp_db
    """
    with closing(sqlite3.connect("")) as database:
        database.execute(f"PRAGMA cache_size = {_CACHED_PAGES}")
        database.execute("CREATE TABLE line (bytes BLOB PRIMARY KEY) WITHOUT ROWID")
        new_lines = ((_rebase_line(line, rebase),) for line in lines)
        database.executemany("INSERT OR IGNORE INTO line VALUES (?)", new_lines)
        for (line,) in database.execute("SELECT bytes FROM line ORDER BY bytes"):
            yield line


def _rebase_line(line: bytes, rebase: Rebase) -> bytes:
    old = rebase.old.encode()
    # An IRI holds neither spaces nor quotation marks, so this is where a literal begins and ends.
    begin, end = line.find(b' "'), line.rfind(b" <")
    if begin >= 0 and old in line[begin:end]:
        # `Rebase` decides which IRIs in literals are moved.
        quads = map(rebase.quad, parse(line, RdfFormat.N_QUADS))
        return serialize(quads, format=RdfFormat.N_QUADS) or b""
    return line.replace(b"<" + old, b"<" + rebase.new.encode())
