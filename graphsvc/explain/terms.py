"""The terms of this graph: which IRIs of a query occur in it, and what is near to the others.

A query may be valid and still name what is not there: a property misspelt by a letter, an entity
under another slug, a namespace with http for https.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graphsvc import grammar, sparql
from graphsvc.errors import GraphsvcError, Position
from graphsvc.explain import patterns
from graphsvc.namespaces import VOID, Prefixes, namespace_of
from graphsvc.nearness import near
from graphsvc.store.iri_resolution import resolved

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from graphsvc.sparql import Token
    from graphsvc.store.base import Store

#: How many terms of a namespace are compared with one that is not there.
_MOST_CANDIDATES = 20_000


@dataclass(frozen=True, slots=True)
class UnknownTerm:
    """An IRI of a query that occurs nowhere in the graph, and near ones that do.

    ``written`` is how the query writes it; the near ones are written as a query can.
    """

    iri: str
    written: str
    position: Position
    near: tuple[str, ...]


def unknown_terms(store: Store, query: str, prefixes: Mapping[str, str]) -> list[UnknownTerm]:
    """Return the IRIs in the graph's own namespaces that a query names and that are not there.

    Its own are those under a ``void:uriSpace`` of the graph. Other IRIs may well be meant to be
    compared with what is not there. Nothing is returned if the store cannot be asked.
    """
    try:
        spaces = _spaces(store)
        return [
            term
            for token, iri in iris(query, prefixes)
            if iri.startswith(spaces) and (term := look_up(store, query, token, iri, prefixes))
        ]
    except GraphsvcError:
        return []


def iris(query: str, prefixes: Mapping[str, str]) -> Iterator[tuple[Token, str]]:
    """Yield each IRI that a query names outside its prologue, where it is first named.

    Nothing comes if one of them cannot be resolved.
    """
    tokens = list(patterns.named(grammar.read(query).root))
    try:
        found = resolved(query, [token.text for token in tokens], prefixes)
    except SyntaxError:
        return
    seen: set[str] = set()
    for token, iri in zip(tokens, found, strict=True):
        if iri not in seen:
            seen.add(iri)
            yield token, iri


def look_up(
    store: Store, query: str, token: Token, iri: str, prefixes: Mapping[str, str]
) -> UnknownTerm | None:
    """Return an IRI with its near ones if it is not in the graph, or None if it is."""
    if _occurs(store, iri):
        return None
    table = Prefixes({**prefixes, **sparql.declared_prefixes(query)})
    meant = tuple(table.compact(each) for each in _near(store, iri, table))
    return UnknownTerm(iri, token.text, sparql.position(query, token.start), meant)


def _occurs(store: Store, iri: str) -> bool:
    try:
        node = NamedNode(iri)
    except ValueError:
        return False
    return store.ask(
        f"ASK {{ {{ {node} ?p ?o }} UNION {{ ?s {node} ?o }} UNION {{ ?s ?p {node} }} "
        f"UNION {{ GRAPH {node} {{ ?s ?p ?o }} }} }}"
    )


def _near(store: Store, iri: str, table: Prefixes) -> list[str]:
    """Return near terms of the same namespace, or the same term in a near namespace."""
    namespace = namespace_of(iri)
    local = iri[len(namespace) :]
    there = {name[len(namespace) :] for name in _terms(store, namespace)}
    if there:
        return [namespace + name for name in near(local, there)]
    spaces = near(namespace, set(table.values()), most=2)
    return [
        space + name
        for space in spaces
        if space != namespace
        for name in near(local, {each[len(space) :] for each in _terms(store, space)}, most=1)
    ]


def _terms(store: Store, namespace: str) -> list[str]:
    """Return the IRIs in a namespace: things that have a class, classes, properties in use."""
    rows = store.select(
        f"SELECT DISTINCT ?term {{ {{ ?term a ?any }} UNION {{ ?part {VOID.property} ?term }} "
        f"UNION {{ ?part {VOID['class']} ?term }} "
        f"FILTER(STRSTARTS(STR(?term), {Literal(namespace)})) }} LIMIT {_MOST_CANDIDATES}"
    )
    return [row["term"].value for row in rows if isinstance(row["term"], NamedNode)]


def _spaces(store: Store) -> tuple[str, ...]:
    rows = store.select(f"SELECT DISTINCT ?base {{ ?dataset {VOID.uriSpace} ?base }}")
    return tuple(row["base"].value for row in rows if isinstance(row["base"], Literal))
