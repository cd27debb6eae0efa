"""Whether an engine has what was sent: counts of all graphs, and the contents of some.

Engines keep values, not how they are written: of "01" and "1" as integers they may give back "1",
and of both together in one graph have one quad. So contents are compared by values: both sides go
through the store of the program first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import NamedNode, Quad, RdfFormat, Store, parse

from graphsvc.canonical import canonical
from graphsvc.errors import PublishingError
from graphsvc.publishing.engine import patiently

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from graphsvc.publishing.engine import Engine

#: So many quads of a graph are compared at most, and so many graphs.
_MOST_QUADS = 20_000
_MOST_GRAPHS = 20


def must_have(
    engine: Engine, counts: Mapping[str, int], lines: Callable[[str], Iterable[bytes]]
) -> None:
    """Raise PublishingError unless each graph has so many quads, or all that was sent for it.

    ``lines`` returns what was sent for a graph.
    """
    there = engine.counts(counts)
    for graph, count in counts.items():
        if there.get(graph, 0) != count:
            must_hold(engine, {graph: there.get(graph, 0)}, list(lines(graph)))


def sample(counts: Mapping[str, int], first: Iterable[str]) -> list[str]:
    """Return the graphs whose contents are compared: ``first`` ones, and others of all sizes."""
    fit = {graph: count for graph, count in counts.items() if 0 < count <= _MOST_QUADS}
    some = [graph for graph in first if graph in fit][: _MOST_GRAPHS // 2]
    by_size = sorted(fit, key=lambda graph: (fit[graph], graph))
    step = max(1, len(by_size) // (_MOST_GRAPHS - len(some)))
    return list(dict.fromkeys([*some, *by_size[::-step]]))[:_MOST_GRAPHS]


def must_hold(engine: Engine, graphs: Mapping[str, int], lines: Sequence[bytes]) -> None:
    """Raise PublishingError unless graphs, which have so many quads, hold what the lines say.

    Blank nodes have other names there; where too many are alike to be told apart, only the number
    of quads is compared.
    """
    received = patiently(lambda: engine.whole(graphs))
    ours, theirs = canonical(_by_value(lines)), canonical(_by_value(received))
    wanted, there = set(ours.nquads.splitlines()), set(theirs.nquads.splitlines())
    is_same = wanted == there if ours.is_named and theirs.is_named else len(wanted) == len(there)
    if not is_same:
        names = ", ".join(map(str, map(NamedNode, graphs)))
        raise PublishingError(
            f"The engine does not have what was sent for {names}. {_difference(wanted, there)}",
            remedy="If somebody else writes to this graph, wait for the end of it and run the "
            "command again. Else the engine changes what it stores: see docs/publishing.md.",
        )


def _by_value(lines: Iterable[bytes]) -> list[Quad]:
    store = Store()
    store.extend(parse(b"".join(lines), RdfFormat.N_QUADS))
    return list(store)


def _difference(wanted: AbstractSet[bytes], there: AbstractSet[bytes]) -> str:
    """Return a line that is missing and one that was not sent."""
    words = (("Missing", wanted - there), ("Not sent", there - wanted))
    return " ".join(f"{what}: {min(lines).decode()}" for what, lines in words if lines)
