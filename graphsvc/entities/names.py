"""What to call many things at once, and which terms the graph uses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graphsvc.datatypes import is_absolute_iri
from graphsvc.entities.labels import LABEL_CLAUSE, Labels
from graphsvc.entities.prologue import PROLOGUE
from graphsvc.queries.binding import written

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphsvc.entities.catalogue import Catalogue
    from graphsvc.entities.model import Named
    from graphsvc.store.base import Term

MOST_NAMED = 2_000
"""How many things are called by their labels; what comes after them keeps its IRI."""

_LABELS = (
    PROLOGUE
    + f"SELECT DISTINCT ?thing ?rank ?label WHERE {{ VALUES ?thing {{ %s }} {LABEL_CLAUSE} }}"
)

_PARTITIONS = (
    PROLOGUE
    + """
SELECT DISTINCT ?kind ?term ?count WHERE {
  { ?part void:property ?term ; void:triples ?count . BIND("property" AS ?kind) }
  UNION
  { ?part void:class ?term ; void:entities ?count . BIND("class" AS ?kind) }
}
ORDER BY DESC(?count) ?term
"""
)


@dataclass(frozen=True, slots=True)
class UsedTerm:
    """A class or property that the graph uses: ``count`` things or triples have it."""

    named: Named
    kind: str
    count: int
    definition: str


def names(
    catalogue: Catalogue, things: Iterable[Term], language: str = "en"
) -> dict[NamedNode, Named]:
    """Return under which label each of the IRIs among some terms is known, if it has one.

    Of more than ``MOST_NAMED`` distinct IRIs, the first are looked up.
    """
    # A list of terms cannot be bound; an IRI that is one has no character that could end it.
    nodes = [each for each in dict.fromkeys(things) if isinstance(each, NamedNode)]
    sound = [node for node in nodes if is_absolute_iri(node.value)][:MOST_NAMED]
    if not sound:
        return {}
    labels = Labels.read(catalogue.store.select(_LABELS % " ".join(map(written, sound))))
    found = {node: labels.name(node, language) for node in sound}
    return {node: named for node, named in found.items() if named is not None}


def used_terms(catalogue: Catalogue, language: str = "en") -> list[UsedTerm]:
    """Return the classes and properties that the graph uses, by the statistics that it holds."""
    rows = list(catalogue.store.select(_PARTITIONS))
    known = names(catalogue, (row["term"] for row in rows), language)
    return [
        UsedTerm(
            known.get(term) or catalogue.term(term, language),
            row["kind"].value,
            int(row["count"].value),
            catalogue.definition(term, language),
        )
        for row in rows
        if isinstance(term := row["term"], NamedNode)
        and isinstance(row["kind"], Literal)
        and isinstance(row["count"], Literal)
    ]
