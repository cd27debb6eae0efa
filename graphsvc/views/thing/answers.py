"""The answers of the queries about a thing, and the terms in them.

The sizes are read first, so that no long list is read completely: for a property with very many
values only the first ones are read, with a limit in the query.
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
    from graphsvc.views.queries import Row

    Sizes: TypeAlias = Mapping[NamedNode, int]

SIZES = view_query("thing/sizes")
FACTS = view_query("thing/facts")
POINTING = view_query("thing/pointing")
DERIVATIONS = view_query("thing/derivations")
NOTES = view_query("thing/notes")
PARTS = view_query("thing/parts")

MOST_FACTS, FIRST_FACTS = 2000, 100
"""The most facts that are read together, and the facts of a property that has too many."""

MOST_POINTING, FIRST_POINTING = 1000, 5
"""The same for incoming facts."""

_MOST_LARGE = 20
"""The most properties with very many facts of which the first facts are read."""

_MOST_COUNTED = 200_000
"""The most facts that are counted in one direction; the query has the same limit."""

_MOST_LEADING = 20_000
"""The most facts of a thing for which its blank nodes are read."""

_MOST_NOTED = 200
"""The most sentences with facts of a thing for which notes are read."""

_MOST_ROUNDS = 5
"""The most steps from fragment to fragment of a document."""

#: The properties from a nanopublication to its graphs, in the order of reading.
CONTENTS: tuple[Term, ...] = (NP.hasAssertion, NP.hasProvenance, NP.hasPublicationInfo)

_PARTITIONS = (VOID.classPartition, VOID.propertyPartition)


@dataclass(frozen=True, slots=True)
class Answers:
    """The rows of the queries about a thing.

    ``left_out`` is the number of further graphs that state a fact, by property and value.
    It ``is_cut`` if a query reached its limit of rows.
    ``parts`` has the rows by part; ``holders`` are the named things whose blank nodes point to the
    thing; ``content`` are the statements in the graphs on the page.
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
        """Run the queries."""
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
            shortcuts=Shortcuts(graph, facts, pointing, _key_properties(graph, facts)),
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
        """Tell whether there are more incoming facts than were counted."""
        return sum(self.into.values()) >= _MOST_COUNTED

    def terms(self) -> Iterator[Term]:
        """Yield every term in the answers: all terms that the page needs names for."""
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
    """Yield the queries for the facts of some properties, whose sizes are known."""
    for properties, limit in _portions(sizes, MOST_FACTS, FIRST_FACTS):
        yield FACTS.bind({"thing": thing, "property": properties, "limit": Literal(limit)})


def pointing_queries(thing: NamedNode, sizes: Sizes) -> Iterator[BoundQuery]:
    """Yield the queries for the incoming facts of some properties."""
    for properties, limit in _portions(sizes, MOST_POINTING, FIRST_POINTING):
        yield POINTING.bind({"thing": thing, "property": properties, "limit": Literal(limit)})


def _portions(sizes: Sizes, most: int, first: int) -> Iterator[tuple[Sequence[NamedNode], int]]:
    """Yield groups of properties for one query each, with its limit: first all small ones.

    Then come some of the large ones, each by itself, with a limit for their first facts.
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
    """Return the rows to show, the number left out of them, and whether an answer was cut."""
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
    """Yield the properties that have blank nodes at their other end."""
    for row in rows:
        prop = row.get("property")
        is_match = row["direction"] == Literal(direction) and as_int(row.get("nameless"))
        if is_match and isinstance(prop, NamedNode):
            yield prop


def _nested(
    graph: Graph, thing: NamedNode, sizes: Sequence[Row], parts: Mapping[Term, Sequence[Row]]
) -> Nested:
    """Return the blank nodes of the thing and its parts, and its statement nodes with a rank."""
    named = (row for rows in parts.values() for row in rows)
    holding = [row["part"] for row in named if isinstance(row["value"], BlankNode)]
    things = [each for each in dict.fromkeys(holding) if isinstance(each, NamedNode)]
    if any(_nameless(sizes, "out")) and sum(_sizes(sizes, "out").values()) <= _MOST_LEADING:
        things.append(thing)
    claims = graph.rows(CLAIMS.bind({"thing": thing})) if graph.origins.has_claims else ()
    return Nested.read(graph, things, [*claims])


def _with(nested: Nested, thing: Term, rows: Sequence[Row]) -> list[Row]:
    """Return rows in which facts with blank nodes come from the query for these nodes.

    The label of a blank node is valid within one answer only.
    """
    leading = [*nested.of(thing)]
    others = (row for row in rows if not (leading and isinstance(row["value"], BlankNode)))
    return [*others, *leading]


def _triples(thing: NamedNode, rows: Sequence[Row]) -> Iterator[Triple]:
    for row in rows:
        if isinstance(prop := row["property"], NamedNode):
            yield Triple(thing, prop, row["value"])


def _content(graph: Graph, thing: NamedNode, facts: Sequence[Row]) -> Sequence[Row]:
    """Return the statements in the graphs of a nanopublication, or in the graph itself."""
    graphs = [row["value"] for row in facts if row["property"] in CONTENTS]
    if not graphs and graph.origins.is_graph(thing):
        graphs = [thing]
    return [*graph.rows(CONTENT.bind({"graph": dict.fromkeys(graphs)}))]


def _named_by(term: Term) -> Iterator[Term]:
    """Yield a term, or the parts of a triple term."""
    if isinstance(term, Triple):
        for part in (term.subject, term.predicate, term.object):
            yield from _named_by(part)
    else:
        yield term


def _targets(graph: Graph, thing: NamedNode, facts: Sequence[Row]) -> list[NamedNode]:
    """Return the targets of notes: the thing, the sentences on it, and the editorial graph.

    The editorial graph is a target only if it has facts of the thing.
    """
    stating = dict.fromkeys(row["graph"] for row in facts if isinstance(row["graph"], NamedNode))
    passages = (each for each in stating if each.value in graph.texts.positions)
    speaks = graph.editorial in stating
    return [thing, *([graph.editorial] if speaks else []), *islice(passages, _MOST_NOTED)]


def _key_properties(graph: Graph, facts: Sequence[Row]) -> Sequence[PropertyRef]:
    types = (row["value"] for row in facts if row["property"] == RDF.type)
    return graph.terms.layout.key_properties(types)


def _parts(graph: Graph, thing: NamedNode, facts: Sequence[Row]) -> Mapping[Term, Sequence[Row]]:
    """Return the rows of the fragments in some facts, and of the fragments in these rows."""
    start = f"{thing.value}#"
    candidates = [
        row["value"]
        for row in facts
        if isinstance(value := row["value"], NamedNode)
        and (value.value.startswith(start) or row["property"] in _PARTITIONS)
        # A listed thing has its own page.
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
