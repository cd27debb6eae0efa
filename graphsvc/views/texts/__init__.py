"""The texts of a graph, and the order of their passages: read once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from graphsvc.views.queries import view_query
from graphsvc.views.values import as_int

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from graphsvc.queries import BoundQuery
    from graphsvc.store.base import Table

POSITIONS = view_query("texts/positions")


@dataclass(frozen=True, slots=True)
class PassagePosition:
    """The text of a passage, and its index among the passages, counted from 0."""

    text: str
    index: int


@dataclass(frozen=True, slots=True)
class Texts:
    """The passages of each text in order, by the text's IRI, and the position of each passage."""

    passages: Mapping[str, Sequence[NamedNode]]
    positions: Mapping[str, PassagePosition]

    @classmethod
    def read(cls, rows: Callable[[BoundQuery], Table]) -> Texts:
        """Read them with a function that answers queries."""
        places = sorted(
            (text.value, as_int(begin) or 0, passage.value)
            for text, begin, passage in rows(POSITIONS.bind({})).rows
            if isinstance(passage, NamedNode) and isinstance(text, NamedNode)
        )
        # A passage with several positions has the first one.
        order: dict[str, dict[NamedNode, None]] = defaultdict(dict)
        for text, _, passage in places:
            order[text][NamedNode(passage)] = None
        positions = {
            passage.value: PassagePosition(text, index)
            for text, passages in order.items()
            for index, passage in enumerate(passages)
        }
        return cls({text: tuple(passages) for text, passages in order.items()}, positions)

    def beside(self, passage: str) -> tuple[NamedNode | None, NamedNode | None]:
        """Return the passages before and after one, None if there is none."""
        position = self.positions.get(passage)
        if position is None:
            return (None, None)
        order, at = self.passages[position.text], position.index
        return (order[at - 1] if at else None, order[at + 1] if at + 1 < len(order) else None)
