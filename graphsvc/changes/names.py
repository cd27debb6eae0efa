"""What the terms of a change are called, and the words of a passage, in the release they are of."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, parse

from graphsvc.entities.evidence import QUOTE_CLAUSE, passage
from graphsvc.entities.labels import LABEL_CLAUSE, Labels, spelled
from graphsvc.entities.prologue import PROLOGUE
from graphsvc.namespaces import Rebase

if TYPE_CHECKING:
    from graphsvc.entities.model import Named, Passage
    from graphsvc.store.base import Store, Term

_LABELS = PROLOGUE + f"SELECT DISTINCT ?thing ?rank ?label WHERE {{ {LABEL_CLAUSE} }}"
_QUOTE = PROLOGUE + f"SELECT DISTINCT ?passage ?quote ?number WHERE {{ {QUOTE_CLAUSE} }}"

#: How many names of a release are remembered.
_REMEMBERED = 8192


class Names:
    """Names of one release's terms, each looked up once and remembered for a while.

    Terms come and go under ``base``, whatever that of the release is. ``languages`` is the language
    priority list for their labels.
    """

    def __init__(
        self, store: Store, release_base: str, base: str | None = None, languages: str = "en"
    ) -> None:
        self._store = store
        self._from = Rebase(release_base, base or release_base)
        self._languages = languages
        self.of = lru_cache(maxsize=_REMEMBERED)(self._of)
        self.passage = lru_cache(maxsize=_REMEMBERED)(self._passage)

    def _of(self, written: str) -> Named:
        """Return the name of a term that is written as in N-Triples."""
        node = term(written)
        there = self._from.reverse.term(node)
        if not isinstance(there, NamedNode):
            return spelled(node)
        labels = Labels.read(self._store.select(_LABELS, {"thing": there}))
        named = labels.name(there, self._languages)
        return replace(named, term=node) if named is not None else spelled(node)

    def _passage(self, written: str) -> Passage | None:
        """Return a passage with its words, or None if this release has none of this IRI."""
        rows = self._store.select(_QUOTE, {"passage": self._from.reverse.term(term(written))})
        found = next((passage(row) for row in rows), None)
        return found and replace(found, iri=self._from.iri(found.iri))


@lru_cache(maxsize=_REMEMBERED)
def term(written: str) -> Term:
    """Read a term that is written as in N-Triples."""
    if written.startswith("_:"):
        return BlankNode(written[2:])
    if written.startswith("<") and not written.startswith("<<"):
        return NamedNode(written[1:-1])
    (quad,) = parse(f"<urn:x:s> <urn:x:p> {written} .", RdfFormat.N_TRIPLES)
    found: Term = quad.object
    return found


def iri(written: str) -> str:
    """Return the IRI of a term that is written as in N-Triples; others stand for themselves."""
    return written[1:-1] if written.startswith("<") else written


def as_json(written: str) -> dict[str, str]:
    """Return a term as SPARQL JSON writes it: https://www.w3.org/TR/sparql11-results-json/."""
    found = term(written)
    if isinstance(found, NamedNode):
        return {"type": "uri", "value": found.value}
    if isinstance(found, BlankNode):
        return {"type": "bnode", "value": found.value}
    if not isinstance(found, Literal):
        return {"type": "triple", "value": written}
    literal = {"type": "literal", "value": found.value}
    if found.language:
        return {**literal, "xml:lang": found.language}
    return {**literal, "datatype": found.datatype.value}
