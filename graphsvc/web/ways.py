"""Where a reader goes on from the page of a thing to its place on the map."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from graphsvc.entities.places import PLACING
from graphsvc.web.atlas import atlas
from graphsvc.web.site import site

if TYPE_CHECKING:
    from graphsvc.views.thing import Thing


def on_map(entity: Thing) -> str | None:
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
