"""The links between the page of a thing and its place on the map."""

from __future__ import annotations

import re

from pyoxigraph import NamedNode

from graphsvc.web.site import site


def on_map(iri: str) -> str | None:
    """Return the anchor of a thing on the map; None if the map does not show it."""
    spot = site().graph.places.spots.get(NamedNode(iri))
    return None if spot is None else map_anchor(spot.value)


def map_anchor(iri: str) -> str:
    """Return the anchor of a thing in the page of the map."""
    return "at-" + re.sub(r"[^\w.-]+", "-", iri.removeprefix(site().base))
