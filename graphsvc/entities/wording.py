"""Queries for people to read: IRIs short where a prefix fits, the prefixes declared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from string import Template
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from graphsvc import sparql
from graphsvc.entities.prologue import PREFIXES
from graphsvc.namespaces import Prefixes
from graphsvc.queries.binding import written

if TYPE_CHECKING:
    from graphsvc.store.base import Term


class Wording:
    """Writes queries for people: IRIs short where a prefix fits, the prefixes declared.

    A text that is made so says the same at every endpoint, and reads well.
    """

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        # The program's own names come first: its texts mean them.
        self._prefixes = Prefixes({**prefixes, **PREFIXES})

    def term(self, term: Term) -> str:
        """Return a term as it stands in a query, as short as it can be written.

        Errors: TypeError if it is neither an IRI nor a literal.
        """
        if isinstance(term, NamedNode):
            return self._prefixes.compact(term.value)
        return written(term)

    def query(self, text: str, /, **bound: Term | Iterable[Term]) -> str:
        """Return a query whose every ``$name`` is the term, or all the terms, of that name.

        Errors: KeyError for a name without a term.
        """
        terms = {
            name: " ".join(map(self.term, given if isinstance(given, Iterable) else (given,)))
            for name, given in bound.items()
        }
        return self.declared(Template(text).substitute(terms).strip())

    def shortened(self, text: str) -> str:
        """Return a query, written with whole IRIs and without prefixes, for people to read."""
        pieces, done = [], 0
        for token in sparql.tokens(text):
            if token.kind is sparql.Kind.IRI:
                short = self._prefixes.compact(sparql.iri_of(token))
                pieces += [text[done : token.start], short]
                done = token.end
        return self.declared("".join([*pieces, text[done:]]).strip())

    def declared(self, text: str) -> str:
        """Return a query with the declarations of the prefixes that it uses."""
        used = sparql.mentioned_prefixes(text)
        declared = (entry for entry in self._prefixes.items() if entry[0] in used)
        lines = [f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in declared]
        return "".join(lines) + text
