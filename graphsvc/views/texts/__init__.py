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
    """Where a passage stands: in which text, and as which of its passages, counted from 0."""

    text: str
    index: int


@dataclass(frozen=True, slots=True)
class Texts:
    """The passages of each text in order, by the text's IRI, and where each passage stands."""

    passages: Mapping[str, Sequence[NamedNode]]
    positions: Mapping[str, PassagePosition]

    @classmethod
    def read(cls, rows: Callable[[BoundQuery], Table]) -> Texts:
        """Read them by what answers queries."""
        places = sorted(
            (text.value, as_int(begin) or 0, passage.value)
            for text, begin, passage in rows(POSITIONS.bind({})).rows
            if isinstance(passage, NamedNode) and isinstance(text, NamedNode)
        )
        # A passage that stands at several places is where it stands first.
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
        """Return the passages before and after one, where there are such."""
        position = self.positions.get(passage)
        if position is None:
            return (None, None)
        order, at = self.passages[position.text], position.index
        return (order[at - 1] if at else None, order[at + 1] if at + 1 < len(order) else None)
