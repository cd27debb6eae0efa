"""Thesauri: the blocks of the pages of concepts, of their schemes and of collections.

The types of a thing decide which blocks it has besides its facts. The queries are:

    around    for a concept: the paths to it from the top, its narrower and its sibling concepts
    labels    its labels, if some are those of SKOS-XL; otherwise they are in its facts
    mappings  its mappings to other schemes, if there are any
    tops      for a scheme: its top concepts (or else its roots)
    below     the concepts directly under these
    ordered   the members of an ordered collection
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pyoxigraph import Literal, NamedNode

from graphsvc.language_priority import distance
from graphsvc.namespaces import RDF, SKOS, SKOSXL
from graphsvc.views.concepts.model import (
    CollectionMembers,
    Concept,
    ConceptTree,
    LabelsIn,
    Match,
    Scheme,
)
from graphsvc.views.concepts.trees import MOST_NARROWER, TreeBuilder, by_first, levels
from graphsvc.views.queries import view_query

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from graphsvc.queries import BoundQuery
    from graphsvc.store.base import Term
    from graphsvc.views.graph import Graph
    from graphsvc.views.model import Named
    from graphsvc.views.names import Names
    from graphsvc.views.queries import Row
    from graphsvc.views.thing.answers import Answers


AROUND = view_query("concepts/around")
LABELS = view_query("concepts/labels")
MAPPINGS = view_query("concepts/mappings")
TOPS = view_query("concepts/tops")
ROOTS = view_query("concepts/roots")
BELOW = view_query("concepts/below")
ORDERED = view_query("concepts/ordered")

MOST_TOPS = 200
"""The most top concepts of a scheme on its page."""

MOST_MEMBERS = 200
"""The most members of a collection on its page."""

_MOST_ABOVE = 500
_MOST_BELOW = 1000

_MAPPINGS = (
    *(SKOS.exactMatch, SKOS.closeMatch, SKOS.broadMatch, SKOS.narrowMatch),
    *(SKOS.relatedMatch, SKOS.mappingRelation),
)
_PLACING = (SKOS.broader, SKOS.narrower)
_XL = (SKOSXL.prefLabel, SKOSXL.altLabel, SKOSXL.hiddenLabel)
_PREFERRED = frozenset({SKOS.prefLabel, SKOSXL.prefLabel})
_ALTERNATIVE = frozenset({SKOS.altLabel, SKOSXL.altLabel})
_HIDDEN = frozenset({SKOS.hiddenLabel, SKOSXL.hiddenLabel})


class ConceptDraft:
    """The block of a concept before its names are read."""

    def __init__(self, graph: Graph, answers: Answers) -> None:
        self._answers = answers
        self._values = by_first((row["property"], row["value"]) for row in _once(answers.facts))
        self._around = AROUND.bind({"thing": answers.thing})
        is_placed = any(prop in sizes for prop in _PLACING for sizes in (answers.out, answers.into))
        rows = list(graph.rows(self._around)) if is_placed else []
        places = {
            place: [(row["upper"], row["lower"]) for row in rows if row["place"] == Literal(place)]
            for place in ("above", "below", "beside")
        }
        self._is_partial = len(places["above"]) >= _MOST_ABOVE
        self._under = [lower for _, lower in places["below"]]
        self._tree = TreeBuilder(
            answers.thing,
            by_first((lower, upper) for upper, lower in places["above"]),
            self._under,
            by_first(places["beside"]),
        )
        about = {"thing": answers.thing}
        self._labels = LABELS.bind(about)
        self._mappings = MAPPINGS.bind(about)
        self._forms = self._rows_if_present(graph, self._labels, _XL)
        self._matches = self._rows_if_present(graph, self._mappings, _MAPPINGS)

    def _rows_if_present(
        self, graph: Graph, query: BoundQuery, properties: Iterable[NamedNode]
    ) -> Sequence[Row]:
        """Return the rows of a query if the concept has one of some properties, or else none."""
        is_needed = any(prop in self._values for prop in properties)
        return list(graph.rows(query)) if is_needed else []

    def terms(self) -> Iterator[Term]:
        """Yield the terms that need names."""
        for path in self._tree.paths:
            yield from path
        yield from self._under
        yield from self._tree.siblings()
        for row in self._matches:
            yield from row.values()
        for prop in (SKOS.inScheme, SKOS.topConceptOf):
            yield from self._values.get(prop, ())

    def with_names(self, names: Names) -> Concept:
        """Return the block with names."""
        narrower, parameter = self._narrower()
        has_tree = len(self._tree.paths[0]) > 1 or len(self._tree.paths) > 1 or self._under
        schemes = [*self._values.get(SKOS.inScheme, ()), *self._values.get(SKOS.topConceptOf, ())]
        notations = self._values.get(SKOS.notation, ())
        return Concept(
            labels=tuple(self._in_languages(names.languages)),
            labels_query=self._labels,
            notations=tuple(each.value for each in notations if isinstance(each, Literal)),
            tree=ConceptTree(
                self._tree.nodes(names, narrower),
                self._around,
                self._tree.left_out,
                self._is_partial,
            )
            if has_tree
            else None,
            all_narrower=parameter,
            schemes=tuple(names[each] for each in dict.fromkeys(schemes)),
            collections=tuple(
                names[row["subject"]]
                for row in _once(self._answers.pointing)
                if row["property"] == SKOS.member
            ),
            mappings=tuple(self._match_groups(names)),
            mappings_query=self._mappings,
        )

    def _narrower(self) -> tuple[int, str | None]:
        """Return the number of narrower concepts, and the parameter of the address for all."""
        into = self._answers.into.get(SKOS.broader, 0)
        out = self._answers.out.get(SKOS.narrower, 0)
        count = max(into, out, len(self._under))
        if not count:
            return 0, None
        return count, SKOS.broader.value if into >= out else f"~{SKOS.narrower.value}"

    def _in_languages(self, languages: str) -> Iterator[LabelsIn]:
        """Yield the labels by language, the languages of the reader first."""
        labels = [(prop, value) for prop, values in self._values.items() for value in values]
        labels += [(row["property"], row["value"]) for row in self._forms]
        by_language: dict[str | None, tuple[set[str], set[str], set[str]]] = defaultdict(
            lambda: (set(), set(), set())
        )
        for prop, value in labels:
            for number, kind in enumerate((_PREFERRED, _ALTERNATIVE, _HIDDEN)):
                if prop in kind and isinstance(value, Literal) and value.value.strip():
                    by_language[value.language][number].add(value.value)
        for language in sorted(by_language, key=lambda tag: (distance(tag, languages), tag or "")):
            preferred, alternative, hidden = (tuple(sorted(each)) for each in by_language[language])
            yield LabelsIn(language, preferred, alternative, hidden)

    def _match_groups(self, names: Names) -> Iterator[tuple[Named, tuple[Match, ...]]]:
        schemes: dict[tuple[Term, Term], list[Term]] = defaultdict(list)
        for row in self._matches:
            schemes[row["property"], row["target"]] += [row["scheme"]] if "scheme" in row else []
        for prop in _MAPPINGS:
            matches = tuple(
                Match(
                    names[target],
                    tuple(names[each] for each in in_schemes),
                    urlsplit(target.value).hostname or "",
                )
                for (predicate, target), in_schemes in schemes.items()
                if predicate == prop and isinstance(target, NamedNode)
            )
            if matches:
                yield names[prop], matches


class SchemeDraft:
    """The first two levels of a concept scheme before their names are read."""

    def __init__(self, graph: Graph, answers: Answers) -> None:
        self._answers = answers
        self._query, tops = _tops(graph, answers.thing)
        self._tops, self._more = tops[:MOST_TOPS], max(0, len(tops) - MOST_TOPS)
        rows = graph.rows(BELOW.bind({"upper": self._tops}))
        self._lower = by_first((row["upper"], row["lower"]) for row in rows)
        self._is_partial = len(rows.rows) == _MOST_BELOW

    def terms(self) -> Iterator[Term]:
        """Yield the terms that need names."""
        yield from self._tops
        for lower in self._lower.values():
            yield from lower[:MOST_NARROWER]

    def with_names(self, names: Names) -> Scheme:
        """Return the block with names."""
        nodes = levels(self._tops, self._lower, names)
        tree = ConceptTree(nodes, self._query, self._more, self._is_partial) if nodes else None
        return Scheme(tree, self._answers.into.get(SKOS.inScheme, 0))


class MembersDraft:
    """The members of a collection before their names are read."""

    def __init__(self, graph: Graph, answers: Answers) -> None:
        query = ORDERED.bind({"thing": answers.thing})
        rows = list(graph.rows(query)) if SKOS.memberList in answers.out else []
        self._ordered = list(_in_order(rows))
        self._query: BoundQuery | None = query if self._ordered else None
        unordered = [row["value"] for row in _once(answers.facts) if row["property"] == SKOS.member]
        members = self._ordered or unordered
        self._count = len(members) if self._ordered else answers.out.get(SKOS.member, 0)
        self._members = members[:MOST_MEMBERS]

    def terms(self) -> Iterator[Term]:
        """Yield the terms that need names."""
        yield from self._members

    def with_names(self, names: Names) -> CollectionMembers:
        """Return the block with names."""
        members = [names[each] for each in self._members]
        if not self._ordered:
            members.sort(key=lambda each: each.label.casefold())
        more = self._count - len(members)
        return CollectionMembers(tuple(members), bool(self._ordered), more, self._query)


def drafts(graph: Graph, answers: Answers) -> Iterator[ConceptDraft | SchemeDraft | MembersDraft]:
    """Yield the drafts for a thing; its types decide which ones."""
    types = {row["value"] for row in answers.facts if row["property"] == RDF.type}
    if SKOS.Concept in types:
        yield ConceptDraft(graph, answers)
    if SKOS.ConceptScheme in types:
        yield SchemeDraft(graph, answers)
    if not types.isdisjoint({SKOS.Collection, SKOS.OrderedCollection}):
        yield MembersDraft(graph, answers)


def _tops(graph: Graph, scheme: NamedNode) -> tuple[BoundQuery, list[Term]]:
    """Return the top concepts of a scheme, or else its roots, and the query for them."""
    for query in (TOPS, ROOTS):
        bound = query.bind({"scheme": scheme})
        if tops := [row["concept"] for row in graph.rows(bound)]:
            break
    return bound, tops


def _once(rows: Iterable[Row]) -> Iterator[Row]:
    """Yield one row for each fact, also if several graphs state it."""
    facts = set()
    for row in rows:
        fact = (row["property"], row.get("value"), row.get("subject"))
        if fact not in facts:
            facts.add(fact)
            yield row


def _in_order(rows: Sequence[Row]) -> Iterator[Term]:
    """Yield the members of a list in order; a circular list ends where it closes."""
    members = {row["node"]: row["member"] for row in rows}
    following = {row["node"]: row["next"] for row in rows}
    after = set(following.values())
    at = next((node for node in members if node not in after), next(iter(members), None))
    visited: set[Term] = set()
    while at in members and at not in visited:
        visited.add(at)
        yield members[at]
        at = following[at]
