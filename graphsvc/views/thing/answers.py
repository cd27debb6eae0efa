"""The answers of the queries about a thing, and of what they speak.

Sizes are asked first, so that whatever is long is not read whole: of a property with very many
values the first ones are asked for, with the limit that stands in the query.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from graphsvc.namespaces import NP, RDF, VOID
from graphsvc.views.nested import HOLDERS, Nested
from graphsvc.views.origins import CLAIMS, CONTENT, Annotations, Sources
from graphsvc.views.queries import view_query
from graphsvc.views.thing.shortcuts import Shortcuts
from graphsvc.views.thing.statings import MOST_ROWS, first_statings
from graphsvc.views.values import as_int

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from graphsvc.queries import BoundQuery
    from graphsvc.store.base import Term
    from graphsvc.views.graph import Graph
    from graphsvc.views.layout import PropertyRef

    Row: TypeAlias = Mapping[str, Term]
    Sizes: TypeAlias = Mapping[NamedNode, int]

SIZES = view_query("thing/sizes")
FACTS = view_query("thing/facts")
POINTING = view_query("thing/pointing")
DERIVATIONS = view_query("thing/derivations")
NOTES = view_query("thing/notes")
PARTS = view_query("thing/parts")

MOST_FACTS, FIRST_FACTS = 2000, 100
"""How many facts are read together, and how many of a property that has too many for that."""

MOST_POINTING, FIRST_POINTING = 1000, 5
"""The same of facts that point to a thing."""

_MOST_LARGE = 20
"""Of how many properties with very many facts the first ones are read."""

_MOST_COUNTED = 200_000
"""How many facts are counted in one direction; it stands in the query."""

_MOST_LEADING = 20_000
"""How many facts a thing may have for what hangs at it to be looked for among them."""

_MOST_NOTED = 200
"""On how many of the sentences that state facts of a thing notes are read."""

_MOST_ROUNDS = 5
"""How many steps are followed from fragment to fragment of a document."""

#: What leads from a nanopublication to the graphs that it is made of, in the order of reading.
CONTENTS: tuple[Term, ...] = (NP.hasAssertion, NP.hasProvenance, NP.hasPublicationInfo)

_PARTITIONS = (VOID.classPartition, VOID.propertyPartition)


@dataclass(frozen=True, slots=True)
class Answers:
    """What the queries about a thing found: rows, by the names of their columns.

    ``left_out`` tells how many more graphs state a fact than ``facts`` has, by property and value.
    It ``is_cut`` if the queries gave no more rows than they may.
    ``parts`` are by the part that they speak of; ``holders`` are the things with names at which the
    nameless ones hang that point to the thing; ``content`` is what stands in graphs that are shown.
    """

    thing: NamedNode
    out: Sizes
    into: Sizes
    facts: Sequence[Row]
    left_out: Mapping[tuple[Term, Term], int]
    pointing: Sequence[Row]
    is_cut: bool
    derivations: Sequence[Row]
    notes: Sequence[Row]
    shortcuts: Shortcuts
    parts: Mapping[Term, Sequence[Row]]
    nested: Nested
    holders: Sequence[Row]
    sources: Sources
    annotations: Annotations
    content: Sequence[Row]

    @classmethod
    def read(cls, graph: Graph, thing: NamedNode) -> Answers:
        """Ask the queries."""
        sizes = list(graph.rows(SIZES.bind({"thing": thing})))
        out, into = _sizes(sizes, "out"), _sizes(sizes, "in")
        about = {"thing": thing}
        rows, left_out, is_cut = _first_rows(graph, facts_queries(thing, out), "value")
        pointing, _, is_pointing_cut = _first_rows(graph, pointing_queries(thing, into), "subject")
        parts = _parts(graph, thing, rows)
        nested = _nested(graph, thing, sizes, parts)
        facts = _with(nested, thing, rows)
        annotations = Annotations.read(graph, thing, _triples(thing, facts))
        return cls(
            thing=thing,
            out=out,
            into=into,
            facts=facts,
            left_out=left_out,
            pointing=pointing,
            is_cut=is_cut or is_pointing_cut,
            derivations=[*graph.rows(DERIVATIONS.bind(about))]
            if graph.origins.has_derivations
            else [],
            notes=[*graph.rows(NOTES.bind({"target": _targets(graph, thing, facts)}))]
            if graph.origins.has_notes
            else [],
            shortcuts=Shortcuts(graph, facts, pointing, _leading(graph, facts)),
            parts={part: _with(nested, part, rows) for part, rows in parts.items()},
            nested=nested,
            holders=[*graph.rows(HOLDERS.bind(about))] if any(_nameless(sizes, "in")) else [],
            sources=Sources.read(
                graph, (row["graph"] for row in chain(facts, nested.rows) if "graph" in row)
            ),
            annotations=annotations,
            content=_content(graph, thing, facts),
        )

    @property
    def is_partial(self) -> bool:
        """Tell whether more points to the thing than was counted."""
        return sum(self.into.values()) >= _MOST_COUNTED

    def terms(self) -> Iterator[Term]:
        """Yield every term that the answers hold: what a page names is among them."""
        yield self.thing
        yield from chain(self.out, self.into, self.shortcuts.terms())
        rows = chain(
            self.facts,
            self.pointing,
            self.derivations,
            self.notes,
            *self.parts.values(),
            self.nested.rows,
            self.holders,
            self.sources.rows,
            self.annotations.rows,
            self.content,
        )
        for row in rows:
            for term in row.values():
                yield from _named_by(term)


def facts_queries(thing: NamedNode, sizes: Sizes) -> Iterator[BoundQuery]:
    """Yield the queries for the facts of some properties, of each of which the size is known."""
    for properties, limit in _portions(sizes, MOST_FACTS, FIRST_FACTS):
        yield FACTS.bind({"thing": thing, "property": properties, "limit": Literal(limit)})


def pointing_queries(thing: NamedNode, sizes: Sizes) -> Iterator[BoundQuery]:
    """Yield the queries for what points to a thing with some properties."""
    for properties, limit in _portions(sizes, MOST_POINTING, FIRST_POINTING):
        yield POINTING.bind({"thing": thing, "property": properties, "limit": Literal(limit)})


def _portions(sizes: Sizes, most: int, first: int) -> Iterator[tuple[Sequence[NamedNode], int]]:
    """Yield the properties to ask for together, and the limit: the small ones at once.

    Then come some of the large ones, each by itself: of these only the first facts are wanted.
    """
    together: list[NamedNode] = []
    large: list[NamedNode] = []
    total = 0
    for prop in sorted(sizes, key=lambda each: (sizes[each], each.value)):
        total += sizes[prop]
        (together if total <= most else large).append(prop)
    yield together, most
    yield from (([prop], first) for prop in large[:_MOST_LARGE])


def _first_rows(
    graph: Graph, queries: Iterator[BoundQuery], end: str
) -> tuple[list[Row], Mapping[tuple[Term, Term], int], bool]:
    """Return the rows to show, what is left out of them, and whether an answer was cut."""
    answers = [[*graph.rows(query)] for query in queries]
    rows, left_out = first_statings(graph, chain.from_iterable(answers), end)
    return rows, left_out, any(len(answer) >= MOST_ROWS for answer in answers)


def _sizes(rows: Sequence[Row], direction: str) -> Sizes:
    return {
        prop: as_int(row["count"]) or 0
        for row in rows
        if isinstance(prop := row.get("property"), NamedNode)
        and row["direction"] == Literal(direction)
    }


def _nameless(rows: Sequence[Row], direction: str) -> Iterator[NamedNode]:
    """Yield the properties that have nameless things at their other end."""
    for row in rows:
        prop = row.get("property")
        is_match = row["direction"] == Literal(direction) and as_int(row.get("nameless"))
        if is_match and isinstance(prop, NamedNode):
            yield prop


def _nested(
    graph: Graph, thing: NamedNode, sizes: Sequence[Row], parts: Mapping[Term, Sequence[Row]]
) -> Nested:
    """Return what hangs at the thing and its parts: nameless things, and statements with a rank."""
    named = (row for rows in parts.values() for row in rows)
    holding = [row["part"] for row in named if isinstance(row["value"], BlankNode)]
    things = [each for each in dict.fromkeys(holding) if isinstance(each, NamedNode)]
    if any(_nameless(sizes, "out")) and sum(_sizes(sizes, "out").values()) <= _MOST_LEADING:
        things.append(thing)
    claims = graph.rows(CLAIMS.bind({"thing": thing})) if graph.origins.has_claims else ()
    return Nested.read(graph, things, [*claims])


def _with(nested: Nested, thing: Term, rows: Sequence[Row]) -> list[Row]:
    """Return rows with the facts that lead to nameless things as the query for these has them.

    A blank node has a name within one answer only.
    """
    leading = [*nested.of(thing)]
    others = (row for row in rows if not (leading and isinstance(row["value"], BlankNode)))
    return [*others, *leading]


def _triples(thing: NamedNode, rows: Sequence[Row]) -> Iterator[Triple]:
    for row in rows:
        if isinstance(prop := row["property"], NamedNode):
            yield Triple(thing, prop, row["value"])


def _content(graph: Graph, thing: NamedNode, facts: Sequence[Row]) -> Sequence[Row]:
    """Return what stands in the graphs of a nanopublication, or in the graph that the thing is."""
    graphs = [row["value"] for row in facts if row["property"] in CONTENTS]
    if not graphs and graph.origins.is_graph(thing):
        graphs = [thing]
    return [*graph.rows(CONTENT.bind({"graph": dict.fromkeys(graphs)}))]


def _named_by(term: Term) -> Iterator[Term]:
    """Yield a term; of a triple its parts, which are what has names."""
    if isinstance(term, Triple):
        for part in (term.subject, term.predicate, term.object):
            yield from _named_by(part)
    else:
        yield term


def _targets(graph: Graph, thing: NamedNode, facts: Sequence[Row]) -> list[NamedNode]:
    """Return on what notes are read: the thing, the sentences on it, and all that the editors say.

    The last only if the editors speak of the thing.
    """
    stating = dict.fromkeys(row["graph"] for row in facts if isinstance(row["graph"], NamedNode))
    passages = (each for each in stating if each.value in graph.texts.positions)
    speaks = graph.editorial in stating
    return [thing, *([graph.editorial] if speaks else []), *islice(passages, _MOST_NOTED)]


def _leading(graph: Graph, facts: Sequence[Row]) -> Sequence[PropertyRef]:
    types = (row["value"] for row in facts if row["property"] == RDF.type)
    return graph.terms.layout.key_properties(types)


def _parts(graph: Graph, thing: NamedNode, facts: Sequence[Row]) -> Mapping[Term, Sequence[Row]]:
    """Return what is said of the fragments that facts name, and of those that these name."""
    start = f"{thing.value}#"
    candidates = [
        row["value"]
        for row in facts
        if isinstance(value := row["value"], NamedNode)
        and (value.value.startswith(start) or row["property"] in _PARTITIONS)
        # What is listed has a page of its own.
        and value.value not in graph.addresses.listed
    ]
    rows_by_part: dict[Term, list[Row]] = {}
    for _ in range(_MOST_ROUNDS):
        new = [part for part in dict.fromkeys(candidates) if part not in rows_by_part]
        rows_by_part.update((part, []) for part in new)
        rows = list(graph.rows(PARTS.bind({"part": new})))
        for row in rows:
            rows_by_part[row["part"]].append(row)
        values = (row["value"] for row in rows)
        candidates = [
            each
            for each in values
            if isinstance(each, NamedNode)
            and each.value.startswith(start)
            and each.value not in graph.addresses.listed
        ]
    return rows_by_part
