"""The parts of a graph with blank nodes, which are never split.

The label of a blank node is valid in one document only. So quads that blank nodes connect cannot be
split into several pages or documents: a client could not join the halves.
https://www.w3.org/TR/rdf11-concepts/#section-blank-nodes
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, CanonicalizationAlgorithm, Dataset, NamedNode, Quad

from graphsvc.namespaces import graph_iri
from graphsvc.views.queries import view_query

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from graphsvc.queries import BoundQuery
    from graphsvc.store.base import Table, Term
    from graphsvc.views.queries import Row

#: The graphs that may have blank nodes: in lists and restrictions.
_GRAPHS = ("ontology", "shapes")

NAMELESS = view_query("document/nameless")


class Blanks:
    """The quads with blank nodes, whose labels are those of RDFC-1.0.

    So the labels are the same in every process. https://www.w3.org/TR/rdf-canon/
    """

    def __init__(self, quads: Iterable[Quad]) -> None:
        dataset = Dataset(quads)
        dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
        self._parts = _connected_parts(sorted(dataset, key=str))
        self._about: Mapping[Term, set[int]] = defaultdict(set)
        for number, part in enumerate(self._parts):
            for quad in part:
                self._about[quad.subject].add(number)
                self._about[quad.object].add(number)

    @classmethod
    def read(cls, rows: Callable[[BoundQuery], Table], base: str) -> Blanks:
        """Read the quads of the graphs that may have blank nodes."""
        return cls(quads_of(rows(NAMELESS.bind({"graph": graphs_with_blanks(base)}))))

    def about(self, node: NamedNode) -> Iterator[Quad]:
        """Yield the complete parts that contain a thing."""
        for number in sorted(self._about.get(node, ())):
            yield from self._parts[number]

    def within(self, graph: NamedNode) -> Iterator[Quad]:
        return (quad for part in self._parts for quad in part if quad.graph_name == graph)


def graphs_with_blanks(base: str) -> list[NamedNode]:
    """Return the graphs whose blank nodes are cached."""
    return [graph_iri(base, name) for name in _GRAPHS]


def canonicalize_blanks(quads: Iterable[Quad]) -> Iterator[Quad]:
    """Yield quads whose blank nodes have canonical labels, the same in every process."""
    named, blank = [], Dataset()
    for quad in quads:
        if isinstance(quad.subject, BlankNode) or isinstance(quad.object, BlankNode):
            blank.add(quad)
        else:
            named.append(quad)
    yield from named
    blank.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    for quad in blank:
        subject, value = _rename(quad.subject), _rename(quad.object)
        if isinstance(subject, NamedNode | BlankNode):
            yield Quad(subject, quad.predicate, value, quad.graph_name)


def _rename(term: Term) -> Term:
    """Return a blank node with a label that differs from those of the cached graphs."""
    return BlankNode(term.value.replace("c14n", "b")) if isinstance(term, BlankNode) else term


def quads_of(rows: Iterable[Row]) -> Iterator[Quad]:
    """Yield the quads in rows with the columns subject, property, value and graph."""
    for row in rows:
        subject, prop, graph = row["subject"], row["property"], row["graph"]
        if (
            isinstance(subject, NamedNode | BlankNode)
            and isinstance(prop, NamedNode)
            and isinstance(graph, NamedNode)
        ):
            yield Quad(subject, prop, row["value"], graph)


def _connected_parts(quads: Iterable[Quad]) -> list[list[Quad]]:
    """Return the quads in parts; blank nodes connect the quads of a part."""
    above: dict[Term, Term] = {}

    def top(node: Term) -> Term:
        while node in above:
            node = above[node]
        return node

    placed: list[tuple[Term, Quad]] = []
    for quad in quads:
        nodes = [term for term in (quad.subject, quad.object) if isinstance(term, BlankNode)]
        first, *others = dict.fromkeys(map(top, nodes))
        above.update(dict.fromkeys(others, first))
        placed.append((nodes[0], quad))
    parts: dict[Term, list[Quad]] = defaultdict(list)
    for node, quad in placed:
        parts[top(node)].append(quad)
    return list(parts.values())
