"""The IRIs of the names in a query, resolved by the engine's own parser.

Prefixes may be declared twice and relative to BASE, and each BASE is relative to the one before
(https://www.w3.org/TR/sparql11-query/#QSynIRI). With the same parser for the query and for its
names the results agree.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import NamedNode, QuerySolutions, Store

from graphsvc import sparql

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_NO_DATA = Store()


def resolve(
    query: str, names: Sequence[str], prefixes: Mapping[str, str], base: str | None = None
) -> list[str]:
    """Return the absolute IRIs of names, ``<iri>`` or ``prefix:name``, that stand in a query.

    ``prefixes`` are those that the query may leave out, ``base`` is the IRI that relative ones are
    relative to before a BASE. Errors: SyntaxError for a name that has no IRI.
    """
    values = f"{sparql.prologue(query)} SELECT * {{ VALUES ?name {{ {' '.join(names)} }} }}"
    rows = _NO_DATA.query(values, prefixes=dict(prefixes), base_iri=base)
    if not isinstance(rows, QuerySolutions):
        return []
    return [name.value for (name,) in rows if isinstance(name, NamedNode)]
