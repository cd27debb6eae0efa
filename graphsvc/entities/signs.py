"""What signposts tell of a thing: its types, its licence, its authors, its parts and its whole.

https://signposting.org/FAIR/
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from graphsvc.namespaces import DCTERMS, NIF, RDF, SCHEMA

if TYPE_CHECKING:
    from graphsvc.entities.catalogue import Catalogue
    from graphsvc.entities.model import Dataset

_LICENCES = (DCTERMS.license, SCHEMA.license)
_AUTHORS = (DCTERMS.creator, SCHEMA.author)


@dataclass(frozen=True, slots=True)
class Signs:
    """The IRIs to which each relation leads from a thing."""

    types: tuple[str, ...] = ()
    licences: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    collections: tuple[str, ...] = ()
    items: tuple[str, ...] = ()


def signs(catalogue: Catalogue, dataset: Dataset, iri: str) -> Signs:
    """Return the signs of a thing.

    A passage is an item of its text, a text one of the dataset, and everything else is in the
    dataset too. The licence of a document is the dataset's unless the thing has one of its own.
    """
    node = NamedNode(iri)

    def targets(*relations: NamedNode) -> tuple[str, ...]:
        found = chain.from_iterable(catalogue.near.triples(node, each) for each in relations)
        return tuple(sorted({q.object.value for q in found if isinstance(q.object, NamedNode)}))

    items = tuple(passage.value for passage in catalogue.texts.get(iri, ()))
    collections = targets(NIF.referenceContext)
    if iri == dataset.iri:
        items += tuple(sorted(catalogue.texts))
    elif not collections and dataset.iri:
        collections = (dataset.iri,)
    return Signs(
        types=targets(RDF.type),
        licences=targets(*_LICENCES) or tuple(filter(None, [dataset.licence])),
        authors=targets(*_AUTHORS),
        collections=collections,
        items=items,
    )
