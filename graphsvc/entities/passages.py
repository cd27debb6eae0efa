"""The texts and their passages: what stands where, and what each passage states."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from graphsvc.entities.evidence import place
from graphsvc.entities.model import (
    Passage,
)
from graphsvc.namespaces import NIF

if TYPE_CHECKING:
    from graphsvc.entities.catalogue import Catalogue
    from graphsvc.entities.model import Passage


@dataclass(frozen=True, slots=True)
class Placed:
    """A passage in its text: NIF counts offsets in code points, the end being the first after it.

    https://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core/nif-core.html
    """

    passage: Passage
    text: NamedNode
    begin: int | None
    end: int | None


def placed(catalogue: Catalogue, node: NamedNode) -> Placed | None:
    """Return a passage in its text, or None if the thing is no passage."""
    near = catalogue.near
    text, begin, end = (
        next((quad.object for quad in near.triples(node, predicate)), None)
        for predicate in (NIF.referenceContext, NIF.beginIndex, NIF.endIndex)
    )
    found = catalogue.passage(node)
    if found is None or begin is None or end is None or not isinstance(text, NamedNode):
        return None
    return Placed(found, text, place(begin), place(end))
