"""The self-contained text of a query, as it is sent to an engine.

Missing prefixes are declared, relative IRIs have a BASE, parameters become VALUES, and the repairs
of the engine are applied. Each change is an edit, so that a position in the text can be mapped to
the original query.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING

import pyoxigraph
from pyoxigraph import Literal, NamedNode

from graphsvc import sparql
from graphsvc.errors import QueryError
from graphsvc.sparql import TokenKind
from graphsvc.store import syntax
from graphsvc.store.repair import Edit, RepairedQuery, apply_edits, repair

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graphsvc.namespaces import Prefixes
    from graphsvc.store.base import Term

_NO_DATA = pyoxigraph.Store()
_ABSOLUTE = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*:")
_ASK = "CONSTRUCT {}"
_place = attrgetter("start", "end")


@dataclass(frozen=True, slots=True)
class QueryText:
    """Prepares queries: ``prefixes`` need no declaration, ``base`` is that of relative IRIs."""

    prefixes: Prefixes
    base: str | None

    def check(self, query: str) -> None:
        """Refuse forbidden operations and syntax errors, as the embedded store does.

        Errors: ForbiddenOperation, QuerySyntaxError.
        """
        syntax.refuse(query)
        repaired = _readable(query)
        mentioned = sparql.mentioned_prefixes(query)
        prefixes = {name: self.prefixes[name] for name in mentioned if name in self.prefixes}
        try:
            _NO_DATA.query(repaired.text, prefixes=prefixes, base_iri=self.base)
        except SyntaxError as error:
            raise syntax.explain(repaired, error, self.prefixes, self.base) from error
        except RuntimeError:
            # The engine may have functions that the parser does not know.
            return

    def prologue(self, query: str) -> str:
        """Return the declarations that a query needs before it, on one line."""
        used = sparql.used_prefixes(query).keys() - sparql.declared_prefixes(query).keys()
        missing = sorted(used & self.prefixes.keys())
        declared = "".join(f"PREFIX {name}: <{self.prefixes[name]}> " for name in missing)
        if self.base is None or not _has_relative_iris(query):
            return declared
        return f"BASE <{self.base}> {declared}"


def _readable(query: str) -> RepairedQuery:
    """Return a query for the parser only, as one that needs no evaluation."""
    try:
        read = repair(query)
    except QueryError:
        # Its regular expressions may be valid for another engine.
        read = RepairedQuery(query, query)
    if sparql.form(query) != "ASK":
        return read
    word = next(token for token in sparql.code(query) if token.text.upper() == "ASK")
    edits = [*read.edits, Edit(word.start, word.end, _ASK)]
    return apply_edits(query, sorted(edits, key=_place))


def _has_relative_iris(query: str) -> bool:
    iris = (token for token in sparql.tokens(query) if token.kind is TokenKind.IRI)
    return any(not _ABSOLUTE.match(token.text) for token in iris)


def extend_query(query: str, prologue: str, inside: str, repairs: Sequence[Edit]) -> RepairedQuery:
    """Return a query with a prologue, more patterns in its outermost group, and repairs."""
    edits = [*repairs]
    if prologue:
        edits.append(Edit(0, 0, prologue))
    if inside and (at := sparql.inside_group(query)) is not None:
        edits.append(Edit(at, at, f" {inside} "))
    return apply_edits(query, sorted(edits, key=_place))


def as_values(bindings: Mapping[str, Term]) -> str:
    """Return the values of variables as VALUES patterns.

    Errors: TypeError for a term that cannot stand in a query.
    """
    return " ".join(f"VALUES ?{name} {{ {_serialise(term)} }}" for name, term in bindings.items())


def _serialise(term: Term) -> str:
    if not isinstance(term, NamedNode | Literal):
        raise TypeError(f"{term} cannot be written into a query.")
    return str(term)
