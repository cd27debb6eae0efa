"""Point lookups: queries whose answers are small for certain, answered where they are asked.

What takes the engine some microseconds is not worth the way to a worker. But nothing can stop the
engine, so only what is known to be little beforehand is asked without one:

- one triple pattern around a term that some triples have in that place, or up to three patterns of
  one subject that few have, each with a property of its own, so that all rows together are no more;
- in a SELECT, an ASK or a DESCRIBE with nothing in it that computes.

Which terms many triples hold, the *hubs*, is counted when a release is built. What a query looks
like without its prologue and its IRIs, its *shape*, is read once: a program that asks the same of
many things has one shape. The release on disk is asked, whose pages all processes share; a process
with a forked copy of one in memory would have to copy what it reads.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

import pyoxigraph

from graphsvc.errors import NotAcceptable, StoreError
from graphsvc.namespaces import Prefixes
from graphsvc.store.oxigraph import ResultWriter
from graphsvc.store.points.hubs import ALONE, FEW, Crowd, hubs
from graphsvc.store.points.shape import HIDDEN, shape_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from graphsvc.formats import Format
    from graphsvc.store.points.shape import Reference, Shape

__all__ = ["FEW", "Crowd", "Points", "hubs"]

SOME = 1000
"""So many triples at most are looked through for one lookup: that takes a millisecond."""

#: How many characters a query has at most that is looked at.
_LONGEST = 4096

# No quotation mark and no escape is in an IRI here: within a string or without, it ends nothing.
_IRI = r"<[^<>\"'{}|^`\\\x00-\x20]*>"
_IRIS = re.compile(_IRI)
_DECLARATION = rf"\s*PREFIX\s+([\w.-]*):\s*({_IRI})"
_DECLARATIONS = re.compile(_DECLARATION, re.IGNORECASE)
_PROLOGUE = re.compile(rf"(?:{_DECLARATION})*\s*", re.IGNORECASE)


class Points:
    """Answers point lookups from a release on disk, in the process that asks."""

    def __init__(
        self, store: pyoxigraph.Store, prefixes: Mapping[str, str], hubs: Mapping[str, Crowd]
    ) -> None:
        """Take a store whose default graph is asked; ``prefixes`` may be left out of queries.

        ``hubs`` are the IRIs that more than `FEW` of its triples hold in one place.
        """
        self._store = store
        self._prefixes = Prefixes(prefixes)
        self._hubs = hubs

    @classmethod
    def open(cls, path: Path, prefixes: Mapping[str, str], hubs: Mapping[str, Crowd]) -> Points:
        """Open the store in a folder read-only.

        Errors: StoreError.
        """
        try:
            return cls(pyoxigraph.Store.read_only(str(path)), prefixes, hubs)
        except (OSError, RuntimeError) as error:
            raise StoreError(
                f"The store in {path} cannot be opened: {error}.", remedy="Build the release again."
            ) from error

    def answer(self, query: str, fmt: Format) -> bytes | None:
        """Return the whole answer; None if the query is no point lookup, or cannot be answered.

        What is wrong with a query is told by whoever is asked instead.
        """
        if len(query) > _LONGEST:
            return None
        prologue = _PROLOGUE.match(query)
        start = prologue.end() if prologue else 0
        shape = shape_of(_IRIS.sub(HIDDEN, query[start:]))
        if shape is None or shape.content not in fmt.carries:
            return None
        declared = {prefix: iri[1:-1] for prefix, iri in _DECLARATIONS.findall(query, 0, start)}
        known = {
            prefix: self._prefixes[prefix]
            for prefix in shape.prefixes
            if prefix not in declared and prefix in self._prefixes
        }
        iris = _Iris(_IRIS.findall(query, start), known | declared)
        if not (shape.prefixes <= iris.namespaces.keys() and self._is_little(shape, iris)):
            return None
        out = BytesIO()
        try:
            ResultWriter(self._store.query(query, prefixes=known), fmt, self._prefixes).write(out)
        except (SyntaxError, ValueError, OSError, NotAcceptable):
            return None
        return out.getvalue()

    def _is_little(self, shape: Shape, iris: _Iris) -> bool:
        """Tell whether the patterns give few rows: 1000 of one, some 10,000 of three together.

        Those of one subject share its triples if each has a property of its own.
        """
        first, *others = shape.patterns
        subject = iris.of(first.subject)
        if not others:
            value = iris.of(first.value)
            return (subject is not None and self._crowd(subject).subject <= SOME) or (
                value is not None and self._crowd(value).value <= SOME
            )
        return (
            subject is not None
            and self._crowd(subject).subject <= FEW
            and all(iris.of(pattern.subject) == subject for pattern in others)
            and _all_differ([iris.of(pattern.predicate) for pattern in shape.patterns])
        )

    def _crowd(self, iri: str) -> Crowd:
        return self._hubs.get(iri, ALONE)


@dataclass(frozen=True, slots=True)
class _Iris:
    """The IRIs of a query: those written out, in order, and the namespaces of its prefixes."""

    written: Sequence[str]
    namespaces: Mapping[str, str]

    def of(self, reference: Reference) -> str | None:
        """Return the IRI that a reference leads to, None for a variable."""
        if isinstance(reference, int):
            return self.written[reference][1:-1]
        if isinstance(reference, tuple):
            return self.namespaces[reference[0]] + reference[1]
        return reference


def _all_differ(predicates: Sequence[str | None]) -> bool:
    return None not in predicates and len(set(predicates)) == len(predicates)
