"""Whether an engine has what was sent: counts of all graphs, and the contents of some.

Engines keep values, not how they are written: of "01" and "1" as integers they may give back "1",
and of both together in one graph have one quad. So contents are compared by values: both sides go
through the store of the program first.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode, Quad, RdfFormat, Store, parse

from graphsvc.canonical import canonical
from graphsvc.errors import PublishingError
from graphsvc.publishing.engine import patiently, portions
from graphsvc.publishing.nquads import blank_nodes as blank_nodes_of
from graphsvc.publishing.nquads import graph_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from graphsvc.publishing.contents import Contents
    from graphsvc.publishing.engine import Engine

#: So many graphs are compared at most, those wholly that have so many quads; of others, and of each
#: of their subjects, some hundred quads.
_MOST_GRAPHS = 20
_MOST_QUADS = 5000
_ENOUGH_QUADS = 500


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


def compare(engine: Engine, contents: Contents, first: Iterable[str]) -> Sequence[str]:
    """Compare the contents of some graphs, those that share blank nodes together; return which.

    The ``first`` ones go first, and of these those with blank nodes, since most can go wrong with
    them. Of a large graph only what is said of its first subjects is compared.
    """
    counts = {graph: content.quads for graph, content in contents.graphs.items()}
    blank_nodes = contents.blank_nodes
    order = sorted(first, key=lambda graph: graph not in blank_nodes.graphs)
    families: dict[str, list[str]] = {
        blank_nodes.family(graph): [] for graph in _sample(counts, order)
    }
    for graph in counts:
        if blank_nodes.family(graph) in families:
            families[blank_nodes.family(graph)].append(graph)
    lines: dict[str, list[bytes]] = {graph: [] for graph in chain.from_iterable(families.values())}
    large = [graph for graph, count in counts.items() if count > _MOST_QUADS]
    excerpts = {graph: _Excerpt() for graph in large[:_MOST_GRAPHS]}
    for line in contents.lines():
        graph = graph_of(line)
        if graph in lines:
            lines[graph].append(line)
        elif graph in excerpts:
            excerpts[graph].add(line)
    for portion in portions(engine.counts(lines), families.values()):
        must_hold(engine, portion, list(chain.from_iterable(lines[graph] for graph in portion)))
    for graph, excerpt in excerpts.items():
        subjects, said = excerpt.content()
        received = patiently(lambda at=(graph, subjects): engine.said_of(*at))  # type: ignore[misc]
        _must_be_same([graph], said, [line for line in received if not blank_nodes_of(line)])
    return [*lines, *excerpts]


class _Excerpt:
    """What a large graph says of the first of its subjects that have names, in sorted lines.

    Statements with blank nodes are left out, and so is a subject of which very much is said.
    """

    def __init__(self) -> None:
        self._lines: dict[bytes, list[bytes]] = {}
        self._count = 0

    def add(self, line: bytes) -> None:
        """Take a quad of the graph, if its subject is one of the first ones."""
        subject = line[: line.index(b" ")]
        is_new = subject not in self._lines
        if subject.startswith(b"<") and not (is_new and self._count > _ENOUGH_QUADS):
            said = self._lines.setdefault(subject, [])
            if len(said) <= _ENOUGH_QUADS:
                said.append(line)
                self._count += 1

    def content(self) -> tuple[list[str], list[bytes]]:
        """Return the IRIs of the subjects, and the quads about them that have no blank node."""
        whole = {each: said for each, said in self._lines.items() if len(said) <= _ENOUGH_QUADS}
        subjects = [subject[1:-1].decode() for subject in whole]
        lines = chain.from_iterable(whole.values())
        return subjects, [line for line in lines if not blank_nodes_of(line)]


def _sample(counts: Mapping[str, int], first: Iterable[str]) -> list[str]:
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
    _must_be_same(list(graphs), lines, received)


def _must_be_same(graphs: Sequence[str], lines: Iterable[bytes], received: Iterable[bytes]) -> None:
    ours, theirs = canonical(_by_value(lines)), canonical(_by_value(received))
    wanted, there = set(ours.nquads.splitlines()), set(theirs.nquads.splitlines())
    is_same = wanted == there if ours.is_named and theirs.is_named else len(wanted) == len(there)
    if not is_same:
        # Where blank nodes have no names of their own any of the graphs may differ.
        differing = sorted({graph_of(line + b"\n") for line in wanted ^ there}) or graphs
        names = ", ".join(map(str, map(NamedNode, differing)))
        raise PublishingError(
            f"The engine does not have what was sent for {names}. {_difference(wanted, there)}",
            remedy=f"If somebody else has written there: --adopt {differing[0]}. Else the engine "
            "changes what it stores: see docs/publishing.md.",
        )


def _by_value(lines: Iterable[bytes]) -> list[Quad]:
    store = Store()
    store.extend(parse(b"".join(lines), RdfFormat.N_QUADS))
    return list(store)


def _difference(wanted: AbstractSet[bytes], there: AbstractSet[bytes]) -> str:
    """Return a line that is missing and one that was not sent."""
    words = (("Missing", wanted - there), ("Not sent", there - wanted))
    return " ".join(f"{what}: {min(lines).decode()}" for what, lines in words if lines)
