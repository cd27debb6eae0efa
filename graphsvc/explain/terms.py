"""The IRIs of a query: which of them occur in the graph, and what is similar to the others.

A query may be valid and still name something that does not exist: a property misspelt by a letter,
an entity under another slug, a namespace with http for https.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graphsvc import grammar, sparql
from graphsvc.errors import GraphsvcError, Position
from graphsvc.explain import patterns
from graphsvc.namespaces import VOID, Prefixes, namespace_of
from graphsvc.spelling import similar_spellings
from graphsvc.store.iri_resolution import resolve

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from graphsvc.sparql import Token
    from graphsvc.store.base import Store

#: How many terms of a namespace are compared with an unknown one.
_MOST_CANDIDATES = 20_000


@dataclass(frozen=True, slots=True)
class UnknownTerm:
    """An IRI of a query that does not occur in the graph, and similar ones that do.

    ``text`` is its form in the query; the suggestions have the same form.
    """

    iri: str
    text: str
    position: Position
    suggestions: tuple[str, ...]


def unknown_terms(store: Store, query: str, prefixes: Mapping[str, str]) -> list[UnknownTerm]:
    """Return the IRIs of a query in the graph's own namespaces that do not occur in the graph.

    Its own namespaces are those under a ``void:uriSpace`` of the graph. Other IRIs may be absent on
    purpose. The list is empty if the store does not answer.
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

    There is none if one of them cannot be resolved.
    """
    tokens = list(patterns.named_iris(grammar.read(query).root))
    try:
        values = resolve(query, [token.text for token in tokens], prefixes)
    except SyntaxError:
        return
    yielded: set[str] = set()
    for token, iri in zip(tokens, values, strict=True):
        if iri not in yielded:
            yielded.add(iri)
            yield token, iri


def look_up(
    store: Store, query: str, token: Token, iri: str, prefixes: Mapping[str, str]
) -> UnknownTerm | None:
    """Return an IRI with similar ones if it is not in the graph, or None if it is."""
    if _occurs(store, iri):
        return None
    table = Prefixes({**prefixes, **sparql.declared_prefixes(query)})
    suggestions = tuple(table.compact(each) for each in _similar_terms(store, iri, table))
    return UnknownTerm(iri, token.text, sparql.position(query, token.start), suggestions)


def _occurs(store: Store, iri: str) -> bool:
    try:
        node = NamedNode(iri)
    except ValueError:
        return False
    return store.ask(
        f"ASK {{ {{ {node} ?p ?o }} UNION {{ ?s {node} ?o }} UNION {{ ?s ?p {node} }} "
        f"UNION {{ GRAPH {node} {{ ?s ?p ?o }} }} }}"
    )


def _similar_terms(store: Store, iri: str, table: Prefixes) -> list[str]:
    """Return similar terms of the same namespace, or the same term in a similar namespace."""
    namespace = namespace_of(iri)
    local = iri[len(namespace) :]
    names = {name[len(namespace) :] for name in _terms(store, namespace)}
    if names:
        return [namespace + name for name in similar_spellings(local, names)]
    spaces = similar_spellings(namespace, set(table.values()), most=2)
    return [
        space + name
        for space in spaces
        if space != namespace
        for name in similar_spellings(
            local, {each[len(space) :] for each in _terms(store, space)}, most=1
        )
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
