"""Verifies that an engine has what was sent: the counts of all graphs, the contents of some.

Engines may store values, not lexical forms: the integers "01" and "1" may both come back as "1",
and be one quad if both are in one graph. So values are compared: both sides are loaded into a store
of this program first.
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
    from graphsvc.publishing.engine import WritableEngine

#: The most graphs whose contents are compared, the most quads of a graph that is compared wholly,
#: and the quads that are compared of a larger graph and of each of its subjects.
_MOST_GRAPHS = 20
_MOST_QUADS = 5000
_ENOUGH_QUADS = 500


def must_have(
    engine: WritableEngine, counts: Mapping[str, int], lines: Callable[[str], Iterable[bytes]]
) -> None:
    """Raise PublishingError unless each graph has its count of quads, or all quads sent for it.

    ``lines`` returns the quads sent for a graph.
    """
    there = engine.counts(counts)
    for graph, count in counts.items():
        if there.get(graph, 0) != count:
            must_hold(engine, {graph: there.get(graph, 0)}, list(lines(graph)))


def compare(engine: WritableEngine, contents: Contents, first: Iterable[str]) -> Sequence[str]:
    """Compare the contents of some graphs, families together; return the compared graphs.

    The ``first`` ones go first, and among these the ones with blank nodes, since they are the most
    difficult. Of a large graph, only the quads of its first subjects are compared.
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
        subjects, expected = excerpt.content()
        received = patiently(lambda at=(graph, subjects): engine.statements_about(*at))  # type: ignore[misc]
        _must_be_same([graph], expected, [line for line in received if not blank_nodes_of(line)])
    return [*lines, *excerpts]


class _Excerpt:
    """The quads of a large graph about its first named subjects, from sorted lines.

    Quads with blank nodes are left out, and so are subjects with very many quads.
    """

    def __init__(self) -> None:
        self._lines: dict[bytes, list[bytes]] = {}
        self._count = 0

    def add(self, line: bytes) -> None:
        """Add a quad of the graph if its subject is one of the first ones."""
        subject = line[: line.index(b" ")]
        is_new = subject not in self._lines
        if subject.startswith(b"<") and not (is_new and self._count > _ENOUGH_QUADS):
            lines = self._lines.setdefault(subject, [])
            if len(lines) <= _ENOUGH_QUADS:
                lines.append(line)
                self._count += 1

    def content(self) -> tuple[list[str], list[bytes]]:
        """Return the IRIs of the subjects, and the quads about them that have no blank node."""
        whole = {each: lines for each, lines in self._lines.items() if len(lines) <= _ENOUGH_QUADS}
        subjects = [subject[1:-1].decode() for subject in whole]
        lines = chain.from_iterable(whole.values())
        return subjects, [line for line in lines if not blank_nodes_of(line)]


def _sample(counts: Mapping[str, int], first: Iterable[str]) -> list[str]:
    fit = {graph: count for graph, count in counts.items() if 0 < count <= _MOST_QUADS}
    some = [graph for graph in first if graph in fit][: _MOST_GRAPHS // 2]
    by_size = sorted(fit, key=lambda graph: (fit[graph], graph))
    step = max(1, len(by_size) // (_MOST_GRAPHS - len(some)))
    return list(dict.fromkeys([*some, *by_size[::-step]]))[:_MOST_GRAPHS]


def must_hold(engine: WritableEngine, graphs: Mapping[str, int], lines: Sequence[bytes]) -> None:
    """Raise PublishingError unless graphs, with their counts, have the quads of the lines.

    Blank nodes have other names in the engine; if too many are alike to be distinguished, only the
    number of quads is compared.
    """
    received = patiently(lambda: engine.all_quads(graphs))
    _must_be_same(list(graphs), lines, received)


def _must_be_same(graphs: Sequence[str], lines: Iterable[bytes], received: Iterable[bytes]) -> None:
    ours, theirs = canonical(_by_value(lines)), canonical(_by_value(received))
    expected, actual = set(ours.nquads.splitlines()), set(theirs.nquads.splitlines())
    is_same = (
        expected == actual if ours.is_named and theirs.is_named else len(expected) == len(actual)
    )
    if not is_same:
        # If blank nodes have no canonical names, any of the graphs may differ.
        differing = sorted({graph_of(line + b"\n") for line in expected ^ actual}) or graphs
        names = ", ".join(map(str, map(NamedNode, differing)))
        raise PublishingError(
            f"The engine does not have what was sent for {names}. {_difference(expected, actual)}",
            remedy=f"If somebody else has written there: --adopt {differing[0]}. Else the engine "
            "changes what it stores: see docs/publishing.md.",
        )


def _by_value(lines: Iterable[bytes]) -> list[Quad]:
    store = Store()
    store.extend(parse(b"".join(lines), RdfFormat.N_QUADS))
    return list(store)


def _difference(expected: AbstractSet[bytes], actual: AbstractSet[bytes]) -> str:
    """Return a line that is missing and one that was not sent."""
    words = (("Missing", expected - actual), ("Not sent", actual - expected))
    return " ".join(f"{what}: {min(lines).decode()}" for what, lines in words if lines)
