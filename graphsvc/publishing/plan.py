"""Plans a publication: the graphs that differ from those in the engine, and no others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphsvc import progress
from graphsvc.errors import PublishingError
from graphsvc.publishing import inventory
from graphsvc.publishing.contents import Contents
from graphsvc.publishing.engine import patiently, portions
from graphsvc.publishing.inventory import Inventory, inventory_iri
from graphsvc.publishing.journal import GraphChange
from graphsvc.publishing.nquads import graph_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from graphsvc.publishing.engine import WritableEngine
    from graphsvc.publishing.journal import Journal


@dataclass(frozen=True, slots=True)
class PublicationPlan:
    """The changes to the graphs of a base in an engine.

    ``before`` and ``after`` are the inventories. ``changed`` are the graphs that get new content,
    with their current count of quads in the engine. The new content is in ``contents``; graphs
    that it does not have are removed.
    """

    base: str
    before: Inventory
    after: Inventory
    contents: Contents
    changed: Mapping[str, int]


def plan_release(
    engine: WritableEngine, release: str, base: str, contents: Contents, adopted: Sequence[str] = ()
) -> PublicationPlan:
    """Return the changes that put a release into the engine.

    Sent are the graphs that differ from the inventory, or whose count of quads in the engine
    differs from it; all graphs if the last publication is incomplete; and the graphs whose IRI
    begins with one of ``adopted``, even if somebody else wrote them.

    Errors: PublishingError, also if the engine has a graph of the release that is not in the
    inventory.
    """
    if inventory_iri(base) in contents.graphs:
        raise PublishingError(
            f"The release has a graph <{inventory_iri(base)}>, which is the name of the inventory.",
            remedy="Give that graph another name.",
        )
    progress.tell("Comparing")
    before = patiently(lambda: inventory.read(engine, base))
    counts = engine.counts(before.graphs.keys() | contents.graphs.keys())
    _refuse_foreign(counts.keys() - before.graphs.keys(), adopted)
    changed = {
        graph
        for graph, content in contents.graphs.items()
        if before.release is None
        or graph.startswith(tuple(adopted))
        or before.graphs.get(graph) != content
        or counts.get(graph) != content.quads
    }
    families = {contents.blank_nodes.family(graph) for graph in changed}
    changed |= {
        graph for graph in contents.graphs if contents.blank_nodes.family(graph) in families
    }
    changed |= before.graphs.keys() - contents.graphs.keys()
    after = Inventory(release, contents.graphs)
    return PublicationPlan(
        base, before, after, contents, {graph: counts.get(graph, 0) for graph in changed}
    )


def plan_undo(engine: WritableEngine, base: str, last: Journal) -> PublicationPlan:
    """Return the changes that undo a publication.

    Errors: PublishingError.
    """
    contents = Contents.read(last.former)
    changed = {change.graph for change in last.changes()}
    counts = engine.counts(changed)
    before = patiently(lambda: inventory.read(engine, base))
    return PublicationPlan(
        base, before, last.before, contents, {graph: counts.get(graph, 0) for graph in changed}
    )


def write_journal(plan: PublicationPlan, engine: WritableEngine, journal: Journal) -> None:
    """Write a plan into a journal: the quads to send, and the content that they replace.

    A bundle has the graphs that fit in one request, or is one family of graphs.
    """
    journal.write_inventories(plan.before, plan.after)
    changes = {change.graph: change for change in _changes(plan, engine.request_size)}
    journal.write_changes(changes.values())
    journal.write_statements(
        (changes[graph].number, plan.contents.blank_nodes.island(line), line)
        for line in plan.contents.lines()
        if (graph := graph_of(line)) in changes
    )
    for graphs in _graphs_to_keep(plan, engine):
        progress.tell("Keeping what is there")
        journal.write_former(patiently(lambda graphs=graphs: engine.all_quads(graphs)))  # type: ignore[misc]


def _refuse_foreign(graphs: Iterable[str], adopted: Sequence[str]) -> None:
    foreign = sorted(graph for graph in graphs if not graph.startswith(tuple(adopted)))
    if foreign:
        others = f" and {len(foreign) - 1:,} others" if len(foreign) > 1 else ""
        raise PublishingError(
            f"The engine already has the graph <{foreign[0]}>{others}, and this program has not "
            "published it.",
            remedy=f"If it may be replaced: --adopt {foreign[0]} (or the beginning of the IRIs of "
            "several). Else build the release with another --base-iri.",
        )


def _changes(plan: PublicationPlan, bundle_size: int) -> Iterator[GraphChange]:
    """Yield the changes with their bundles; families stay together."""
    contents = plan.contents
    bundle, size, family = 1, 0, ""
    order = sorted(plan.changed, key=lambda graph: (contents.blank_nodes.family(graph), graph))
    for number, graph in enumerate(order, start=1):
        own = contents.blank_nodes.family(graph)
        more = contents.sizes.get(graph, 0)
        if size + more > bundle_size and own != family:
            bundle, size = bundle + 1, 0
        size, family = size + more, own
        content = contents.graphs.get(graph)
        yield GraphChange(number, graph, content.quads if content else 0, bundle)


def _graphs_to_keep(plan: PublicationPlan, engine: WritableEngine) -> Iterator[Mapping[str, int]]:
    """Yield portions, each for one query, of the changing graphs with quads and their counts.

    Names of blank nodes are valid within one answer, so all graphs with blank nodes go together.
    """
    there = {graph: count for graph, count in sorted(plan.changed.items()) if count}
    together = engine.with_blank_nodes(there)
    others = ([graph] for graph in there if graph not in together)
    return portions(there, [sorted(together), *others])
