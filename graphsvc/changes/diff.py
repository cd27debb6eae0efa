"""The changes between two releases, in a database that groups, counts and pages them.

The SQLite database is temporary: it is in memory while it is small, on disk when it grows, and
deleted when it is closed (https://www.sqlite.org/inmemorydb.html#temp_db).
"""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass
from enum import Enum
from threading import Lock
from typing import TYPE_CHECKING, Any

from graphsvc.changes.quad_diff import ADDED, QuadDiff, Statement
from graphsvc.changes.statement_kinds import FACTS, RECORDS, KindClassifier, StatementKind
from graphsvc.namespaces import DCTERMS, OA, PROV, RDF

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from graphsvc.release import Release

#: How many pages of 4 KiB SQLite holds in memory before it writes to its temporary file.
_CACHED_PAGES = 4096

_NO_PLACE = ""
_DIGITS = re.compile(r"[0-9]+")
_WIDEST_NUMBER = 12

_SCHEMA = f"""
PRAGMA cache_size = {_CACHED_PAGES};
CREATE TABLE change (
    sign INTEGER, kind TEXT, subject TEXT, predicate TEXT, object TEXT, graph TEXT,
    place TEXT DEFAULT '', rule TEXT
);
CREATE TABLE passage (graph TEXT PRIMARY KEY) WITHOUT ROWID;
"""

# An inferred statement that follows from one passage is in the graph of that passage: it differs
# from a stated one by its derivation.
_CLASSIFY = """
UPDATE change SET kind = 'stated' WHERE kind = 'other' AND graph IN (SELECT graph FROM passage);
CREATE TABLE derivation AS
  SELECT sign,
    MAX(CASE predicate WHEN :subject THEN object END) AS subject,
    MAX(CASE predicate WHEN :predicate THEN object END) AS predicate,
    MAX(CASE predicate WHEN :object THEN object END) AS object,
    MAX(CASE predicate WHEN :rule THEN object END) AS rule,
    MIN(CASE predicate WHEN :source THEN object END) AS source
  FROM change WHERE kind = 'derivation' GROUP BY sign, change.subject;
CREATE INDEX derived ON derivation (subject, predicate, object);
UPDATE change SET kind = 'inferred', rule = record.rule FROM derivation AS record
  WHERE change.kind = 'stated' AND record.sign = change.sign AND record.source = change.graph
    AND record.subject = change.subject AND record.predicate = change.predicate
    AND record.object = change.object;
UPDATE change SET rule = record.rule FROM derivation AS record
  WHERE change.kind = 'inferred' AND change.rule IS NULL AND record.sign = change.sign
    AND record.subject = change.subject AND record.predicate = change.predicate
    AND record.object = change.object;
UPDATE change SET place = graph WHERE graph IN (SELECT graph FROM passage);
UPDATE change SET place = subject WHERE kind = 'passage' AND predicate = :exact;
CREATE INDEX by_kind ON change (kind, subject, predicate, object, sign);
CREATE INDEX by_place ON change (place);
"""
_TERMS = {
    "subject": str(RDF.subject),
    "predicate": str(RDF.predicate),
    "object": str(RDF.object),
    "rule": str(DCTERMS.conformsTo),
    "source": str(PROV.wasDerivedFrom),
    "exact": str(OA.exact),
}


class DiffView(Enum):
    """A view of the changes: which of them, and in what order."""

    ENTITIES = "entities"
    SENTENCES = "sentences"
    RECORDS = "records"
    ALL = "all"


def _of_kinds(kinds: Sequence[StatementKind]) -> str:
    return f"kind IN ({', '.join(repr(kind.value) for kind in kinds)})"


_ORDER = "in_order(subject), predicate, object, graph, sign"
_VIEWS = {
    DiffView.ENTITIES: (_of_kinds(FACTS), _ORDER),
    DiffView.SENTENCES: (
        f"place <> '{_NO_PLACE}'",
        f"in_order(place), kind = 'passage' DESC, {_ORDER}",
    ),
    DiffView.RECORDS: (_of_kinds(RECORDS), f"rank(kind), {_ORDER}"),
    DiffView.ALL: ("TRUE", f"{_ORDER}, kind"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """A statement that was added or removed; ``rule`` is the one by which it follows, if any.

    ``place`` is the passage that states it, or whose words it is; empty if there is none.
    """

    sign: int
    kind: StatementKind
    statement: Statement
    place: str = _NO_PLACE
    rule: str | None = None

    @property
    def is_added(self) -> bool:
        """Tell whether it is in the later release only."""
        return self.sign == ADDED


@dataclass(frozen=True, slots=True)
class Count:
    """How many statements of a kind were added, and how many removed."""

    added: int = 0
    removed: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(self.added + other.added, self.removed + other.removed)

    def __bool__(self) -> bool:
        return bool(self.added or self.removed)


class Diff:
    """All changes from one release to another. It is used by one thread at a time.

    All IRIs are under ``base``, by default that of the later release: if the bases differ,
    statements that would be equal under one base are no change.
    """

    def __init__(self, before: Release, after: Release, base: str | None = None) -> None:
        """Compare the releases' files of quads; neither may be removed meanwhile."""
        self.base = base or after.base
        self._lock = Lock()
        self._database = sqlite3.connect("", check_same_thread=False)
        self._database.create_function("in_order", 1, _natural, deterministic=True)
        self._database.create_function("rank", 1, _rank, deterministic=True)
        self._database.executescript(_SCHEMA)
        comparison = QuadDiff(before, after, self.base)
        self._database.executemany(
            "INSERT INTO change (sign, kind, subject, predicate, object, graph) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            _rows(comparison, KindClassifier(self.base)),
        )
        graphs = ((graph,) for graph in comparison.passages)
        self._database.executemany("INSERT INTO passage VALUES (?)", graphs)
        for statement in _CLASSIFY.split(";\n"):
            self._database.execute(statement, _TERMS if ":" in statement else {})
        self.counts = self._count_by_kind()

    def total(self, view: DiffView) -> int:
        """Return how many changes a view has."""
        condition, _ = _VIEWS[view]
        ((number,),) = self._select(f"SELECT COUNT(*) FROM change WHERE {condition}")  # noqa: S608
        return int(number)

    def changes(self, view: DiffView, limit: int = -1, offset: int = 0) -> list[Change]:
        """Return the changes of a view in its order, or a part of them."""
        condition, order = _VIEWS[view]
        rows = self._select(
            "SELECT sign, kind, subject, predicate, object, graph, place, rule FROM change "  # noqa: S608
            f"WHERE {condition} ORDER BY {order} LIMIT ? OFFSET ?",
            (limit, offset),
        )
        return [
            Change(sign, StatementKind(kind), Statement(*terms), place, rule)
            for sign, kind, *terms, place, rule in rows
        ]

    def blank(self, node: str, sign: int) -> list[Change]:
        """Return the statements about a blank node, in the release of the change that has it."""
        rows = self._select(
            "SELECT sign, kind, subject, predicate, object, graph FROM change "
            "WHERE subject = ? AND sign = ? ORDER BY predicate, object",
            (node, sign),
        )
        return [Change(sign, StatementKind(kind), Statement(*terms)) for sign, kind, *terms in rows]

    def subject_count(self, view: DiffView) -> int:
        """Return the number of things (in the view by sentences: passages) with changes."""
        condition, _ = _VIEWS[view]
        about = "place" if view is DiffView.SENTENCES else "subject"
        ((number,),) = self._select(
            f"SELECT COUNT(DISTINCT {about}) FROM change WHERE {condition}"  # noqa: S608
        )
        return int(number)

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._database.close()

    def _count_by_kind(self) -> Mapping[StatementKind, Count]:
        rows = self._select(
            "SELECT kind, SUM(sign > 0), SUM(sign < 0) FROM change "
            "GROUP BY kind ORDER BY rank(kind)"
        )
        return {StatementKind(kind): Count(added, removed) for kind, added, removed in rows}

    def _select(self, query: str, values: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._database.execute(query, values).fetchall()


def _rows(
    comparison: QuadDiff, kinds: KindClassifier
) -> Iterator[tuple[int, str, str, str, str, str]]:
    for sign, each in comparison.changes():
        kind = kinds.of(each).value
        yield sign, kind, each.subject, each.predicate, each.object, each.graph


def _natural(term: str) -> str:
    """Return a sort key that puts passage/9 before passage/10."""
    return _DIGITS.sub(lambda match: match.group().zfill(_WIDEST_NUMBER), term)


def _rank(kind: str) -> int:
    return list(StatementKind).index(StatementKind(kind))
