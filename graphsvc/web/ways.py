"""Where a reader goes on from the page of a thing: to its like, and to its place on the map."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from graphsvc.entities.kinds import members, most_specific
from graphsvc.entities.places import PLACING
from graphsvc.views.collection.compare import MOST_COMPARED
from graphsvc.web.atlas import atlas
from graphsvc.web.site import site

if TYPE_CHECKING:
    from graphsvc.entities import Entity, Named


def kindred(entity: Entity) -> list[Named]:
    """Return the classes whose things a thing can be compared with: there are others, but few."""
    catalogue = site().catalogue
    own = {
        fact.other.term: fact.other
        for fact in entity.types
        if isinstance(fact.other.term, NamedNode)
        and fact.other.term.value.startswith(catalogue.base)
    }
    return [
        own[cls]
        for cls in most_specific(catalogue, [cls for cls in own if isinstance(cls, NamedNode)])
        if 1 < members(catalogue, cls) <= MOST_COMPARED
    ]


def on_map(entity: Entity) -> str | None:
    """Return the name of the place on the map where a thing is drawn, if it is."""
    said = {entry.predicate.term for group in entity.groups for entry in group.properties}
    # The map is read once, but not for what nothing could put on it.
    if said.isdisjoint(PLACING):
        return None
    drawn = atlas(site(), site().default_language)
    of = {thing.iri: entry.things[0].iri for entry in drawn.named for thing in entry.things} | {
        spot.place.thing.iri: spot.place.thing.iri for spot in drawn.spots
    }
    iri = of.get(entity.iri)
    return None if iri is None else map_anchor(iri)


def map_anchor(iri: str) -> str:
    """Return what the place of a thing on the map is called in its page."""
    return "at-" + re.sub(r"[^\w.-]+", "-", iri.removeprefix(site().base))
