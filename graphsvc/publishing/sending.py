"""Carries out a journal by one of the three strategies; each step can be repeated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from graphsvc import progress
from graphsvc.namespaces import DCTERMS
from graphsvc.publishing import inventory
from graphsvc.publishing.engine import batches, insertion, patiently
from graphsvc.publishing.inventory import Inventory, inventory_iri
from graphsvc.publishing.nquads import move_to_graph
from graphsvc.publishing.strategies import Strategy
from graphsvc.publishing.verifying import must_have

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from graphsvc.publishing.engine import WritableEngine
    from graphsvc.publishing.journal import GraphChange, Journal

#: The note of the journal after the staged graphs are announced.
_ANNOUNCED = "announced"

#: The most graphs that one request removes.
_GRAPHS_AT_A_TIME = 1000


class Sender:
    """Sends the changes of a journal to an engine. Errors of all methods: PublishingError.

    A request is larger than the engine's ``request_size`` only if its quads are connected by blank
    nodes.
    """

    def __init__(self, engine: WritableEngine, journal: Journal, base: str) -> None:
        self._engine = engine
        self._journal = journal
        self._base = base
        self._staging = Staging(engine, base)

    def send(self, strategy: Strategy) -> None:
        """Send all that has not been sent."""
        if self._journal.note(_ANNOUNCED) is None:
            # An abandoned run for another aim may have left staged graphs.
            self._staging.clear()
        if strategy is Strategy.ONE_REQUEST:
            self._send_in_one_request()
        elif strategy is Strategy.STAGED:
            self._stage()
            self._switch()
        else:
            self._replace_in_place()

    def _send_in_one_request(self) -> None:
        """Replace everything in one request. A repetition has the same result."""
        graphs = [change.graph for change in self._journal.changes()]
        lines = [*self._journal.lines(graphs), *self._inventory(self._journal.after)]
        request = _join(_drops([*graphs, inventory_iri(self._base)]), insertion(lines))
        progress.tell("Sending")
        patiently(lambda: self._engine.update(request))

    def _stage(self) -> None:
        """Put each changed graph beside the old one, under a name with its number.

        They are announced only once: a second announcement after the switch would switch again.
        """
        changes = self._journal.changes()
        if self._journal.note(_ANNOUNCED) is None:
            self._staging.announce(changes)
            self._journal.write_note(_ANNOUNCED, "yes")
        self._send_bundles({each.graph: self._staging.name(each.number) for each in changes})

    def _switch(self) -> None:
        """Replace the old graphs by the staged ones, in one request.

        A repetition would empty them, since the staged graphs no longer exist. So the engine is
        asked first whether there are any.
        """
        progress.tell("Switching")
        request = _join(
            *self._staging.switch(),
            _drops([inventory_iri(self._base)]),
            insertion(self._inventory(self._journal.after)),
        )

        def switch() -> None:
            if self._staging.is_announced():
                self._engine.update(request)

        patiently(switch)

    def _replace_in_place(self) -> None:
        """Replace graph by graph; meanwhile the inventory has old and new graphs, no release."""
        before, after = self._journal.before, self._journal.after
        self._replace_inventory(Inventory(None, {**before.graphs, **after.graphs}))
        self._send_bundles({})
        removed = [change.graph for change in self._journal.changes() if not change.quads]
        for some in batches(removed, _GRAPHS_AT_A_TIME):
            patiently(lambda some=some: self._engine.update(_drops(some)))  # type: ignore[misc]
        self._replace_inventory(after)

    def _replace_inventory(self, content: Inventory) -> None:
        lines = self._inventory(content)
        pieces = list(_pieces((("", line) for line in lines), self._engine.request_size))
        patiently(lambda: self._replace([inventory_iri(self._base)], pieces))

    def _inventory(self, content: Inventory) -> Sequence[bytes]:
        return inventory.quads(content, self._base)

    def _send_bundles(self, names: Mapping[str, str]) -> None:
        """Send the bundles that have not been sent; ``names`` has other names for graphs."""
        for bundle in self._journal.bundles_to_send():
            progress.tell("Sending", *self._journal.quads_to_send())
            patiently(lambda bundle=bundle: self._send_bundle(bundle, names))  # type: ignore[misc]
            self._journal.mark_sent(bundle[0].bundle)

    def _send_bundle(self, bundle: Sequence[GraphChange], names: Mapping[str, str]) -> None:
        """Send a bundle after removing its graphs, so that no blank node is duplicated."""
        rows = self._journal.statements(bundle[0].bundle)
        renamed = ((island, move_to_graph(line, names)) for island, line in rows)
        graphs = {names.get(change.graph, change.graph): change for change in bundle}
        self._replace(list(graphs), _pieces(renamed, self._engine.request_size))
        must_have(
            self._engine,
            {name: change.quads for name, change in graphs.items()},
            lambda name: (
                move_to_graph(line, names) for line in self._journal.lines([graphs[name].graph])
            ),
        )

    def _replace(self, graphs: Sequence[str], pieces: Iterable[Sequence[bytes]]) -> None:
        """Replace the contents of graphs; the first piece goes with the removal if possible."""
        removal = _drops(graphs)
        for piece in pieces:
            if removal and self._engine.addresses.upload is None:
                self._engine.update(_join(removal, insertion(piece)))
            elif removal:
                self._engine.update(removal)
                self._engine.add(piece)
            else:
                self._engine.add(piece)
            removal = ""
        if removal:
            self._engine.update(removal)


class Staging:
    """The graphs that will replace others: ``<base>graph/inventory/staged/<number>``.

    The graph with number 0 lists which graph each of them replaces. One operation over this list
    takes time in proportion to the quads; in Oxigraph, many MOVEs in one request take longer.
    """

    def __init__(self, engine: WritableEngine, base: str) -> None:
        self._engine = engine
        self._prefix = f"{inventory_iri(base)}/staged"
        self._list = NamedNode(self.name(0))
        self._pattern = f"GRAPH {self._list} {{ ?staged {DCTERMS.replaces} ?graph }}"

    def name(self, number: int) -> str:
        """Return the IRI of the staged graph of a number."""
        return f"{self._prefix}/{number}"

    def announce(self, changes: Iterable[GraphChange]) -> None:
        """List in the engine which graphs will be staged."""
        rows = (
            f"{NamedNode(self.name(each.number))} {DCTERMS.replaces} {NamedNode(each.graph)} "
            f"{self._list} .\n"
            for each in changes
        )
        for piece in _pieces((("", row.encode()) for row in rows), self._engine.request_size):
            patiently(lambda piece=piece: self._engine.add(piece))  # type: ignore[misc]

    def is_announced(self) -> bool:
        """Tell whether there are staged graphs."""
        return self._engine.ask(f"ASK {{ GRAPH {self._list} {{ ?s ?p ?o }} }}")

    def switch(self) -> Iterator[str]:
        """Yield the operations that replace the old graphs by the staged ones."""
        yield self._removal("?graph")
        yield (
            f"INSERT {{ GRAPH ?graph {{ ?s ?p ?o }} }} "
            f"WHERE {{ {self._pattern} GRAPH ?staged {{ ?s ?p ?o }} }}"
        )
        yield from self._clearing()

    def clear(self) -> None:
        """Remove the staged graphs of an abandoned publication."""
        if patiently(self.is_announced):
            patiently(lambda: self._engine.update(_join(*self._clearing())))

    def _clearing(self) -> Iterator[str]:
        yield self._removal("?staged")
        yield _drops([self._list.value])

    def _removal(self, graph: str) -> str:
        quads = f"GRAPH {graph} {{ ?s ?p ?o }}"
        return f"DELETE {{ {quads} }} WHERE {{ {self._pattern} {quads} }}"


def _pieces(rows: Iterable[tuple[str, bytes]], size: int) -> Iterator[Sequence[bytes]]:
    """Yield pieces of lines with at most a size; an island stays in one piece."""
    piece: list[bytes] = []
    length, last = 0, ""
    for island, line in rows:
        if length + len(line) > size and piece and (not island or island != last):
            yield piece
            piece, length = [], 0
        piece.append(line)
        length, last = length + len(line), island
    if piece:
        yield piece


def _drops(graphs: Iterable[str]) -> str:
    return ";\n".join(f"DROP SILENT GRAPH {NamedNode(graph)}" for graph in graphs)


def _join(*operations: str) -> str:
    return ";\n".join(filter(None, operations))
