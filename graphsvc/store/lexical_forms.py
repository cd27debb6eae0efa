"""The lexical forms of literals: the engine stores the value of ``12.50``, not its two digits.

Oxigraph stores numbers, dates, durations and booleans as values, and returns each in one form.
Pages and documents show the form of the file, so a release stores the forms that the engine
changes.

The key of a form is its subject, its property and the value that the engine returns. Blank nodes
have other names in each store and each answer, so they share a form if all values of a property
that are equal have the same form. https://www.w3.org/TR/rdf12-concepts/#section-Graph-Literal
"""

from __future__ import annotations

import re
import sqlite3
import threading
from hashlib import sha256
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Store, parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from pyoxigraph import Triple

    from graphsvc.store.base import Term

_XSD = "http://www.w3.org/2001/XMLSchema#"

#: The datatypes that the engine normalises, with patterns of the forms that it does not change.
_PRESERVED_FORMS = {
    "boolean": r"true|false",
    "date": r"[0-9]{4}-[0-9]{2}-[0-9]{2}",
    "dateTime": r"[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}(Z)?",
    "decimal": r"-?([1-9][0-9]*|0)(\.[0-9]*[1-9])?",
    "gYear": r"[0-9]{4}",
    "gYearMonth": r"[0-9]{4}-[0-9]{2}",
    "integer": r"-?[1-9][0-9]*|0",
}
_NORMALISED = (
    *_PRESERVED_FORMS,
    *("byte", "short", "int", "long", "unsignedByte", "unsignedShort", "unsignedInt"),
    *("unsignedLong", "nonNegativeInteger", "positiveInteger", "nonPositiveInteger"),
    *("negativeInteger", "double", "float", "dateTimeStamp", "time", "gMonth", "gDay"),
    *("gMonthDay", "duration", "yearMonthDuration", "dayTimeDuration"),
)
DATATYPES = frozenset(NamedNode(_XSD + name) for name in _NORMALISED)

_PRESERVED = "|".join(f'"({form})"\\^\\^<{_XSD}{name}>' for name, form in _PRESERVED_FORMS.items())
_PRESERVED_LINE = re.compile(rf"[^\"]*(?:{_PRESERVED})[^\"]*".encode())
_PRESERVED_OF_BLANK = re.compile(rf"^_:\S+ (<[^>]*>) ({_PRESERVED}) ".encode(), re.MULTILINE)
_LINE = re.compile(rf'"\^\^<{_XSD}({"|".join(_NORMALISED)})>'.encode())

_PREDICATE = NamedNode("urn:x-value")
_INSERT = "INSERT OR IGNORE INTO form VALUES (?, ?)"
_BATCH = 50_000
_KEY_BYTES = 12
_MAX_CACHED = 200_000


def write(nquads: bytes, path: Path) -> None:
    """Write the forms in sorted N-Quads, one quad a line, that the engine changes."""
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA journal_mode = OFF")
        database.execute("CREATE TABLE form (claim BLOB PRIMARY KEY, written TEXT) WITHOUT ROWID")
        cached: dict[Term, Term] = {}
        shared = _BlankNodeForms()
        for quads in _batches(nquads):
            # The same literals stand in many places.
            cached = _normalised(quads, cached if len(cached) < _MAX_CACHED else {})
            database.executemany(_INSERT, _forms(quads, cached))
            shared.add(quads, cached)
        database.executemany(_INSERT, shared.unambiguous(nquads))
        database.commit()
    database.close()


def _batches(nquads: bytes) -> Iterator[list[Quad]]:
    """Yield the quads whose literals the engine may change, some at a time."""
    lines: list[bytes] = []
    for line in nquads.splitlines(keepends=True):
        if _LINE.search(line) and not _PRESERVED_LINE.fullmatch(line):
            lines.append(line)
        if len(lines) == _BATCH:
            yield _changeable(lines)
            lines = []
    yield _changeable(lines)


def _changeable(lines: Iterable[bytes]) -> list[Quad]:
    parsed = parse(b"".join(lines), RdfFormat.N_QUADS)
    return [
        quad
        for quad in parsed
        if isinstance(quad.object, Literal) and quad.object.datatype in DATATYPES
    ]


def _normalised(quads: Iterable[Quad], cached: dict[Term, Term]) -> dict[Term, Term]:
    """Return each literal as the engine normalises it; ``cached`` has earlier results."""
    literals = [each for each in dict.fromkeys(quad.object for quad in quads) if each not in cached]
    subjects = [NamedNode(f"urn:x-{number}") for number in range(len(literals))]
    store = Store()
    store.extend(
        Quad(subject, _PREDICATE, literal)
        for subject, literal in zip(subjects, literals, strict=True)
    )
    values = {quad.subject: quad.object for quad in store.quads_for_pattern(None, _PREDICATE, None)}
    fresh = {literal: values[subject] for subject, literal in zip(subjects, literals, strict=True)}
    return {**cached, **fresh}


def _forms(quads: Iterable[Quad], normalised: Mapping[Term, Term]) -> list[tuple[bytes, str]]:
    """Return the key and the form of each quad whose literal the engine changes."""
    return sorted(
        (_key(quad.subject, quad.predicate, value), quad.object.value)
        for quad in quads
        if isinstance(quad.object, Literal)
        and not isinstance(quad.subject, BlankNode)
        and (value := normalised[quad.object]) != quad.object
    )


class _BlankNodeForms:
    """The forms of the values of blank nodes, by property and value."""

    def __init__(self) -> None:
        self._forms: dict[bytes, set[str]] = {}
        self._changed: set[bytes] = set()

    def add(self, quads: Iterable[Quad], normalised: Mapping[Term, Term]) -> None:
        """Add the forms of values that the engine may change."""
        for quad in quads:
            if isinstance(quad.subject, BlankNode) and isinstance(quad.object, Literal):
                value = normalised[quad.object]
                key = _key(quad.subject, quad.predicate, value)
                self._forms.setdefault(key, set()).add(quad.object.value)
                if value != quad.object:
                    self._changed.add(key)

    def unambiguous(self, nquads: bytes) -> list[tuple[bytes, str]]:
        """Return the key and the form of each value that has only one form."""
        unambiguous_forms = {
            key: forms for key in self._changed if len(forms := self._forms[key]) == 1
        }
        if unambiguous_forms:
            for match in _PRESERVED_OF_BLANK.finditer(nquads):
                unambiguous_forms.pop(_digest(f"_: {match[1].decode()} {match[2].decode()}"), None)
        return sorted((key, form) for key, forms in unambiguous_forms.items() for form in forms)


def _key(subject: NamedNode | BlankNode | Triple, predicate: NamedNode, value: Term) -> bytes:
    return _digest(f"{'_:' if isinstance(subject, BlankNode) else subject} {predicate} {value}")


def _digest(claim: str) -> bytes:
    return sha256(claim.encode()).digest()[:_KEY_BYTES]


class LexicalForms:
    """The forms of one release that the engine changes."""

    def __init__(self, path: Path | None = None) -> None:
        """Take the file of forms, which is opened at the first look-up; None means no forms."""
        self._path = path
        self._local = threading.local()

    def lexical_form(
        self, subject: NamedNode | BlankNode | Triple, predicate: NamedNode, value: Term
    ) -> str | None:
        """Return the form of a value in the files; None if the engine has not changed it."""
        if self._path is None or not isinstance(value, Literal) or value.datatype not in DATATYPES:
            return None
        row = (
            self._database(self._path)
            .execute("SELECT written FROM form WHERE claim = ?", (_key(subject, predicate, value),))
            .fetchone()
        )
        return None if row is None else row[0]

    def restore(self, quad: Quad) -> Quad:
        """Return a quad of the engine with the form of the files."""
        value = self.restore_value(quad.triple)
        return Quad(quad.subject, quad.predicate, value, quad.graph_name)

    def restore_value(self, triple: Triple) -> Term:
        """Return the object of a triple of the engine with the form of the files."""
        value = triple.object
        form = self.lexical_form(triple.subject, triple.predicate, value)
        if form is None or not isinstance(value, Literal):
            return value
        return Literal(form, datatype=value.datatype)

    def _database(self, path: Path) -> sqlite3.Connection:
        database: sqlite3.Connection | None = getattr(self._local, "database", None)
        if database is None:
            address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
            database = self._local.database = sqlite3.connect(address, uri=True)
        return database
