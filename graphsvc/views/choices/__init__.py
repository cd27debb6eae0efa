"""The names of things that are possible parameters of a query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from graphsvc.views.names import Names
from graphsvc.views.queries import view_query
from graphsvc.views.thing.head import EXISTING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphsvc.store.base import Term
    from graphsvc.views.graph import Graph
    from graphsvc.views.model import Named, Passage

SAME = view_query("choices/same")


@dataclass(frozen=True, slots=True)
class NamedChoice:
    """A thing, its name (None if it does not occur in the graph), and the passage, if it is one."""

    thing: NamedNode
    named: Named | None
    passage: Passage | None


def name_choices(
    graph: Graph, terms: Iterable[Term | None], languages: str
) -> tuple[NamedChoice, ...]:
    """Return the things among some terms with their names, also for their IRIs elsewhere."""
    things = [term for term in dict.fromkeys(terms) if isinstance(term, NamedNode)]
    own_iris = dict(zip(things, things, strict=True))
    elsewhere = [thing for thing in things if not thing.value.startswith(graph.base)]
    for row in reversed(list(graph.rows(SAME.bind({"thing": elsewhere})))):
        thing, own = row["thing"], row["own"]
        is_ours = isinstance(own, NamedNode) and own.value.startswith(graph.base)
        if is_ours and isinstance(thing, NamedNode) and isinstance(own, NamedNode):
            own_iris[thing] = own
    names = Names(graph, own_iris.values(), languages)
    nameless = [own for own in own_iris.values() if names.labelled(own) is None]
    existing = {row["thing"] for row in graph.rows(EXISTING.bind({"thing": nameless}))}
    return tuple(
        NamedChoice(
            thing=thing,
            named=names[own] if own in existing or names.labelled(own) else None,
            passage=names.passage(thing),
        )
        for thing, own in own_iris.items()
    )
