"""The search in an engine without an index: the engine is queried for each text.

Its answer becomes an index in memory for this one search, so that ranking and hits are the same as
always. The engine's own full-text index is used if it has one; else equal names are looked up, and
some that begin with the text.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graphsvc.namespaces import NIF, OA, RDF, SCHEMA
from graphsvc.naming import IDENTIFIERS, NAMES
from graphsvc.remote.store import RemoteStore
from graphsvc.search import DESCRIPTIONS, LONGEST_TEXT, Index, in_memory
from graphsvc.search.words import split
from graphsvc.survey.names import quads_of
from graphsvc.survey.survey_queries import query_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from graphsvc.release import Release
    from graphsvc.remote.engines import FullText
    from graphsvc.store.base import Store, Term

#: In how many languages a name is looked up, and how many things are ranked.
_LANGUAGES, MOST = 8, 200

#: The properties of a thing that are read beside its names.
_OTHERS = (
    *(RDF.type, OA.exact, SCHEMA.position),
    *(NIF.referenceContext, NIF.beginIndex, NIF.endIndex),
)


def lookup_for(release: Release, store: Store) -> Lookup | None:
    """Return the look-up for a release; None if it has an index."""
    if release.has_index:
        return None
    full_text = store.engine.full_text if isinstance(store, RemoteStore) else None
    return Lookup(store, release, full_text)


class Lookup:
    """The search of a graph in an engine.

    ``full_text`` makes the query for the engine's own full-text index of words, languages and a
    limit; its answer has a column ``thing``. It is None if the engine has no such index.
    """

    def __init__(self, store: Store, release: Release, full_text: FullText | None) -> None:
        self._store = store
        self._release = release
        self._full_text = full_text
        self._languages = release.manifest.derived.get("language", ())[:_LANGUAGES]
        self._names = (*release.naming.plain, *NAMES, *IDENTIFIERS)

    @property
    def is_by_name(self) -> bool:
        """Tell whether only names are looked up, because the engine has no full-text index."""
        return self._full_text is None

    def index_for(self, texts: Iterable[str]) -> Index:
        """Return the index of possible hits for some texts. Errors: StoreError."""
        sought = dict.fromkeys(text[:LONGEST_TEXT].strip() for text in texts)
        things = dict.fromkeys(thing for text in sought for thing in self._things(text))
        properties = (*self._names, *DESCRIPTIONS, *_OTHERS)
        terms: dict[str, Iterable[Term]] = {"thing": things, "property": dict.fromkeys(properties)}
        quads = list(quads_of(query_rows(self._store, "details", terms)))
        return Index.of(in_memory(quads, self._release.base, self._release.naming))

    def _things(self, text: str) -> Iterator[NamedNode]:
        if not text:
            return
        with suppress(ValueError):
            yield NamedNode(text)
        for row in self._rows(text):
            if isinstance(row["thing"], NamedNode):
                yield row["thing"]

    def _rows(self, text: str) -> Iterable[Mapping[str, Term]]:
        words = split(text)
        if self._full_text is not None and words:
            query = self._full_text(words, self._languages, MOST)
            return self._store.select_trusted(query)
        terms: dict[str, Term | Iterable[Term]] = {
            "labelling": self._names,
            "name": tuple(self._spellings(text)),
            "beginning": Literal(text.lower()),
        }
        return query_rows(self._store, "namesakes", terms)

    def _spellings(self, text: str) -> Iterator[Literal]:
        """Yield the possible literals of a text: as typed, and capitalised like a name."""
        for spelling in dict.fromkeys((text, text.capitalize(), text.title(), text.upper())):
            yield Literal(spelling)
            for language in self._languages:
                yield Literal(spelling, language=language)
