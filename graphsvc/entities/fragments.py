"""The things whose IRIs are fragments of a document: its page shows what is said of each.

A browser that follows the IRI of such a thing comes to the page of the document, and to the element
that has the fragment as its id.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from graphsvc.entities.partitions import partition

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphsvc.entities.catalogue import Catalogue
    from graphsvc.entities.model import Entity, Named
    from graphsvc.store.base import Term


@dataclass(frozen=True, slots=True)
class Fragment:
    """A thing whose IRI ends in ``#id``, with its properties and their values."""

    thing: Named
    id: str
    properties: tuple[tuple[Named, tuple[Named, ...]], ...]


def fragments(catalogue: Catalogue, entity: Entity, language: str) -> tuple[Fragment, ...]:
    """Return the fragments of a document that its facts name, and those that these name in turn.

    The parts of a dataset by class and by property are not among them: the page has them in tables.
    """
    start = f"{entity.iri}#"
    waiting = [
        fact.other
        for group in entity.groups
        for entry in group.properties
        if partition(catalogue, entry, language) is None
        for fact in entry.facts
    ]
    found: dict[str, Fragment] = {}
    for thing in waiting:
        iri = thing.iri or ""
        if iri.startswith(start) and iri not in found:
            properties = tuple(_properties(catalogue, iri, language))
            found[iri] = Fragment(thing, iri.removeprefix(start), properties)
            waiting.extend(value for _, values in properties for value in values)
    return tuple(found.values())


def _properties(
    catalogue: Catalogue, iri: str, language: str
) -> Iterator[tuple[Named, tuple[Named, ...]]]:
    def key(pair: tuple[NamedNode, Term]) -> str:
        return str(pair[0])

    pairs = [(quad.predicate, quad.object) for quad in catalogue.near.triples(NamedNode(iri))]
    for _, alike in groupby(sorted(pairs, key=lambda pair: (key(pair), str(pair[1]))), key=key):
        statements = list(alike)
        predicate = catalogue.term(statements[0][0], language)
        yield predicate, tuple(catalogue.name(value, language) for _, value in statements)
