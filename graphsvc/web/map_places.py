"""Where a reader goes on from the page of a thing to its place on the map."""

from __future__ import annotations

import re

from pyoxigraph import NamedNode

from graphsvc.web.site import site


def on_map(iri: str) -> str | None:
    """Return the name of the place on the map where a thing is drawn, if it is."""
    spot = site().graph.places.spots.get(NamedNode(iri))
    return None if spot is None else map_anchor(spot.value)


def map_anchor(iri: str) -> str:
    """Return what the place of a thing on the map is called in its page."""
    return "at-" + re.sub(r"[^\w.-]+", "-", iri.removeprefix(site().base))
