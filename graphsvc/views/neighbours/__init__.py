"""The neighbourhood of a thing: the things that facts connect to it, and the evidence for these.

Three queries read the neighbours: all neighbours of the thing, the facts between the thing and the
neighbours of one page, and the premises of the inferred ones. Evidence is no neighbour.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graphsvc.views.model import Named, Passage, Status
from graphsvc.views.names import Names
from graphsvc.views.queries import view_query

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from graphsvc.queries import BoundQuery
    from graphsvc.store.base import Term
    from graphsvc.views.graph import Graph
    from graphsvc.views.queries import Row

AROUND = view_query("neighbours/around")
TIES = view_query("neighbours/ties")
DERIVED = view_query("neighbours/derived")

RING_SIZE = 60
"""The neighbours on one page."""

_MOST_READ = 1000
"""The most facts that the query reads in each direction."""

_IN = Literal("in")


@dataclass(frozen=True, slots=True)
class Tie:
    """A fact between a thing and a neighbour; ``incoming`` if the neighbour is its subject.

    The passages state the fact, or are its premises.
    """

    property: Named
    incoming: bool
    status: Status
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A neighbour of a thing, and the facts between them; facts with the best status come first.

    Facts with the direction of the first one come before the others.
    """

    thing: Named
    ties: tuple[Tie, ...]

    @property
    def first(self) -> Tie:
        """Return the tie that is shown if there is room for only one."""
        return self.ties[0]

    @property
    def incoming(self) -> bool:
        """Tell whether the neighbour is the subject of the first tie."""
        return self.first.incoming


@dataclass(frozen=True, slots=True)
class Ring:
    """The neighbours of a thing: a page of them, and the number of all.

    ``is_partial`` tells that the thing has too many facts to read all.
    """

    centre: Named
    neighbours: tuple[Neighbour, ...]
    total: int
    page: int
    is_partial: bool
    query: BoundQuery

    @property
    def pages(self) -> int:
        """Return the number of pages."""
        return max(1, -(-self.total // RING_SIZE))

    @property
    def place(self) -> int:
        """Return the number of the first one here, counted from 1."""
        return (self.page - 1) * RING_SIZE + 1


def ring(graph: Graph, iri: str, languages: str, page: int = 1) -> Ring:
    """Return a page of the neighbours of a thing, in the order of the connecting properties."""
    centre = NamedNode(iri)
    around = list(graph.rows(AROUND.bind({"thing": centre})))
    others = _in_order(graph, around, languages)
    on_page = others[(page - 1) * RING_SIZE : page * RING_SIZE]
    ties = TIES.bind({"thing": centre, "other": on_page})
    neighbours, name = _neighbours(graph, centre, list(graph.rows(ties)), languages)
    incoming = sum(row["direction"] == _IN for row in around)
    return Ring(
        centre=name,
        neighbours=neighbours,
        total=len(others),
        page=page,
        is_partial=_MOST_READ in (incoming, len(around) - incoming),
        query=ties,
    )


def _in_order(graph: Graph, around: Iterable[Row], languages: str) -> Sequence[Term]:
    """Return the neighbours in an order that does not need their names: they may be very many."""
    around = list(around)
    names = Names(graph, {row["property"] for row in around}, languages)
    labels = {prop: names[prop].label for prop in {row["property"] for row in around}}
    ties: dict[Term, str] = {}
    for row in around:
        other, label = row["other"], labels[row["property"]]
        ties[other] = min(ties.get(other, label), label)
    return sorted(ties, key=lambda other: (ties[other], str(other)))


def _neighbours(
    graph: Graph, centre: NamedNode, rows: Sequence[Row], languages: str
) -> tuple[tuple[Neighbour, ...], Named]:
    """Return the neighbours in the rows, and the name of the thing in the centre."""
    graphs: dict[tuple[Term, Term, Term], set[Term]] = defaultdict(set)
    for row in rows:
        graphs[row["other"], row["direction"], row["property"]].add(row["graph"])
    inferred = {other for (other, _, _), stating in graphs.items() if graph.inferred in stating}
    sources: dict[tuple[Term, Term, Term], dict[Term, set[Term]]] = defaultdict(
        lambda: defaultdict(set)
    )
    for row in graph.rows(DERIVED.bind({"thing": centre, "other": inferred})):
        key = (row["other"], row["direction"], row["property"])
        sources[key][row["step"]].add(row["source"])
    speaking = (term for row in rows for term in row.values())
    followed = (term for steps in sources.values() for each in steps.values() for term in each)
    names = Names(graph, [centre, *speaking, *followed], languages)
    ties: dict[Term, list[Tie]] = defaultdict(list)
    for key, stating in graphs.items():
        other, direction, prop = key
        passages = _passages(names, stating)
        status = graph.status(stating)
        if status is Status.INFERRED:
            # The premises of its shortest derivation.
            alternatives = (_passages(names, step) for step in sources[key].values())
            passages = min(alternatives, key=len, default=())
        ties[other].append(Tie(names[prop], direction == _IN, status, passages))
    neighbours = (_neighbour(names[other], each) for other, each in ties.items())
    ordered = sorted(neighbours, key=lambda one: (one.first.property.label, one.thing.label))
    return tuple(ordered), names[centre]


def _neighbour(thing: Named, ties: Iterable[Tie]) -> Neighbour:
    first, *others = sorted(ties, key=_weight)
    others.sort(key=lambda tie: tie.incoming is not first.incoming)
    return Neighbour(thing, (first, *others))


def _weight(tie: Tie) -> tuple[int, bool, str]:
    return (list(Status).index(tie.status), tie.incoming, tie.property.label)


def _passages(names: Names, nodes: Iterable[Term]) -> tuple[Passage, ...]:
    passages = filter(None, map(names.passage, nodes))
    return tuple(sorted(passages, key=lambda passage: passage.order))
