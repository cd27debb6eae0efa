"""The classes and properties of a graph: read once, for every page names some of them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import Literal

from graphsvc.entities.labels import Labels, best
from graphsvc.views.queries import view_query

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from graphsvc.entities.model import Named
    from graphsvc.queries import BoundQuery
    from graphsvc.store.base import Table, Term

LABELS = view_query("terms/labels")
DEFINITIONS = view_query("terms/definitions")


@dataclass(frozen=True)
class Terms:
    """What the classes and properties are called, and what they mean, in every language."""

    _labels: Labels
    _definitions: Mapping[Term, Sequence[Term]]

    @classmethod
    def read(cls, rows: Callable[[BoundQuery], Table]) -> Terms:
        """Read them by what answers queries."""
        labels = Labels()
        for row in rows(LABELS.bind({})):
            label, rank = row["label"], row["rank"]
            if isinstance(label, Literal) and isinstance(rank, Literal):
                labels.add(row["term"], label, int(rank.value))
        definitions: dict[Term, list[Term]] = defaultdict(list)
        for row in rows(DEFINITIONS.bind({})):
            definitions[row["term"]].append(row["definition"])
        return cls(labels, definitions)

    def has(self, term: Term) -> bool:
        """Tell whether a term is a class or property with a label."""
        return bool(self._labels.all(term))

    def name(self, term: Term, languages: str) -> Named | None:
        """Return a class or property under its label; None if it is none, or has no label."""
        return self._labels.name(term, languages)

    def definition(self, term: Term, languages: str) -> str:
        """Return what a class or property means; nothing if it is not defined."""
        return best(self._definitions.get(term, ()), languages)
