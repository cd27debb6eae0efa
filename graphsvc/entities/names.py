"""What to call many things at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

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
