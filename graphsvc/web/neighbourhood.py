"""The neighbourhood of a thing: as a picture, wide or narrow, and as a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import url_for

from graphsvc.errors import UnknownEntity
from graphsvc.pictures.sides import sides
from graphsvc.pictures.tree import Branch
from graphsvc.pictures.upright import upright
from graphsvc.views.neighbours import ring
from graphsvc.web.languages import labels
from graphsvc.web.site import site

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphsvc.views.neighbours import Neighbour, Ring

MOST_OPEN = 12
"""The most neighbours of a picture that can be open at the same time."""


@dataclass(frozen=True, slots=True)
class DrawnNeighbour:
    """A neighbour in the drawing; ``toggle`` is the address that opens or closes it, or None."""

    neighbour: Neighbour
    is_open: bool
    toggle: str | None

    @property
    def words(self) -> tuple[str, str]:
        """Return the words beside its circle."""
        return (self.neighbour.first.property.label, self.neighbour.thing.label)


class Neighbourhood:
    """The ring of neighbours of a central thing, and the rings of its open neighbours.

    A thing that is in several rings is drawn once, and listed in each.
    """

    def __init__(self, iri: str, open_iris: Sequence[str], page: int) -> None:
        self._iri = iri
        self._page = page
        self.open_iris = list(dict.fromkeys(open_iris))[:MOST_OPEN]
        self.rings = [ring(site().graph, iri, labels(), page)]
        if page > self.middle.pages:
            raise UnknownEntity(f"{iri}?page={page}", iri)
        self._drawn = {iri, *(one.thing.iri for one in self.middle.neighbours)}
        branches = {
            incoming: [
                self._branch(one) for one in self.middle.neighbours if one.incoming is incoming
            ]
            for incoming in (True, False)
        }
        self.wide = sides(branches[True], branches[False])
        self.narrow = upright(self.middle.centre.label, branches[True], branches[False])

    @property
    def middle(self) -> Ring:
        """Return the ring around the thing in the middle."""
        return self.rings[0]

    @property
    def can_open(self) -> bool:
        """Tell whether one more neighbour can be opened."""
        return len(self.open_iris) < MOST_OPEN

    def address(self, page: int) -> str:
        """Return the address of another page of the ring in the middle."""
        return url_for("pictures.neighbourhood", iri=self._iri, page=page if page > 1 else None)

    def _branch(self, one: Neighbour) -> Branch[DrawnNeighbour]:
        iri = one.thing.iri or ""
        is_open = iri in self.open_iris
        node = DrawnNeighbour(one, is_open, self._toggle(iri, is_open))
        return Branch(node, self._beyond(iri) if is_open else [])

    def _beyond(self, iri: str) -> list[Branch[DrawnNeighbour]]:
        """List the ring of a neighbour, and return the things that are not drawn yet."""
        around = ring(site().graph, iri, labels())
        self.rings.append(around)
        others = [one for one in around.neighbours if one.thing.iri not in self._drawn]
        self._drawn |= {one.thing.iri for one in others}
        return [self._branch(one) for one in others]

    def _toggle(self, iri: str, is_open: bool) -> str | None:  # noqa: FBT001
        if not is_open and not self.can_open:
            return None
        left = [each for each in self.open_iris if each != iri]
        return url_for(
            "pictures.neighbourhood",
            iri=self._iri,
            page=self._page if self._page > 1 else None,
            open=left if is_open else [*left, iri],
            _anchor="drawn",
        )
