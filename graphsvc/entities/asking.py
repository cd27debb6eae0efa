"""What each block of a page shows, as the SPARQL that gives just that, for people to read on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from graphsvc.entities.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphsvc.entities.catalogue import Catalogue

_ABOUT = """
SELECT ?property ?value ?graph WHERE {
  GRAPH ?graph { $thing ?property ?value }
}
ORDER BY ?property ?value ?graph
"""

_STATED = """
SELECT ?subject ?property ?value WHERE {
  GRAPH $passage { ?subject ?property ?value }
}
ORDER BY ?subject ?property ?value
"""


class Asking:
    """The queries behind the blocks of the pages of one graph."""

    def __init__(self, catalogue: Catalogue, prefixes: Mapping[str, str]) -> None:
        self._catalogue = catalogue
        self._wording = Wording(prefixes)
        self.shortened = self._wording.shortened

    def about(self, iri: str) -> str:
        """Return the query for all that is said of a thing, and in which graph."""
        return self._wording.query(_ABOUT, thing=NamedNode(iri))

    def stated(self, passage: str) -> str:
        """Return the query for what a passage states."""
        return self._wording.query(_STATED, passage=NamedNode(passage))
