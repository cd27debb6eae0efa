"""The things of a collection: the state of browsing as the patterns of a query.

Each query of this view selects the things of a class, in one line of its file (`OF_CLASS`). For
other conditions this module replaces the line by patterns. No file can list all combinations of
conditions, so this module builds the patterns; no other module does so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pyoxigraph import Literal

from graphsvc.namespaces import DATES, RDFS, XSD
from graphsvc.queries import BoundQuery
from graphsvc.queries.binding import bound, serialised, values
from graphsvc.views.collection.state import WITHOUT_CLASS, Absent, Is, Present, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pyoxigraph import NamedNode

    from graphsvc.queries import Query
    from graphsvc.store.base import Term
    from graphsvc.views.collection.state import Condition, State
    from graphsvc.views.layout import PropertyRef

OF_CLASS = "VALUES ?class { } ?thing a ?class ."
"""The line of a query file that selects the things of a class."""

_OUT, _IN = "?thing ?property ?value", "?value ?property ?thing"


@dataclass(frozen=True, slots=True)
class MembersQuery(BoundQuery):
    """A query about the things that match patterns, in place of the things of a class."""

    patterns: str = ""

    @property
    def text(self) -> str:
        """Return the text that runs; terms are not bound inside the patterns."""
        pieces = self.query.body.split(OF_CLASS)
        return self.patterns.join(bound(piece, self.terms) for piece in pieces)


@dataclass(frozen=True, slots=True)
class Everything:
    """The definition of all things of a graph, for a state without conditions.

    If the graph has its own ``ontology``, these are the instances of its classes. Otherwise they
    are all named nodes with a class, except instances of the classes ``apart``; if not
    ``is_typed``, all named nodes. The description of the dataset is left out: the things
    ``described``, and its partitions, whose IRIs begin with ``parts``. ``mixed`` are the classes
    that also have blank nodes or parts of the description as instances.
    """

    ontology: NamedNode | None = None
    apart: tuple[NamedNode, ...] = ()
    described: tuple[NamedNode, ...] = ()
    parts: str = ""
    is_typed: bool = True
    mixed: frozenset[Term] = frozenset()

    @property
    def patterns(self) -> str:
        """Return the patterns of all things."""
        if self.ontology is not None:
            defined = f"{serialised(RDFS.isDefinedBy)} {serialised(self.ontology)}"
            return f"?thing a ?class . ?class {defined} ."
        if not self.is_typed:
            return _WHATEVER
        return f"?thing a ?class .{_not_among('class', self.apart)}"

    def limits(self, state: State) -> list[str]:
        """Return the filters that leave out what is no thing, if a state may match such nodes."""
        if self.mixed.isdisjoint(state.classes or self.mixed) and not self._may_have_any(state):
            return []
        lines = ["FILTER(ISIRI(?thing))", *map(_without, filter(None, [self.described]))]
        if self.ontology is None and (not self.is_typed or _asks_for_no_class(state)):
            lines.append(f"FILTER(!STRSTARTS(STR(?thing), {serialised(Literal(self.parts))}))")
        return lines

    def _may_have_any(self, state: State) -> bool:
        """Tell whether things of any class may match a state."""
        return self.ontology is None and not state.classes


_WHATEVER = "?thing ?says ?something ."

NOTHING_APART = Everything()
"""All named nodes with a class."""


def _not_among(variable: str, terms: Sequence[Term]) -> str:
    return f" FILTER(!({_among(variable, terms)}))" if terms else ""


def _without(things: Iterable[Term]) -> str:
    return f"MINUS {{ {values('thing', things)} }}"


@dataclass(frozen=True, slots=True)
class Members:
    """The things that match a state; at most ``most`` of them, if they are too many.

    ``named`` are the things themselves, if an earlier query has found them.
    """

    state: State
    everything: Everything = NOTHING_APART
    most: int | None = None
    named: tuple[NamedNode, ...] = ()

    def first(self, most: int) -> Members:
        """Return the first ones, in the order of the store."""
        return replace(self, most=most)

    def naming(self, things: Iterable[NamedNode]) -> Members:
        """Return the members with the IRIs of the things that match."""
        return replace(self, named=tuple(things))

    def ask(self, query: Query, terms: Mapping[str, Term | Iterable[Term]]) -> BoundQuery:
        """Return a query about the things; with classes alone it is the query of the file."""
        if self.named:
            bare = query.bind(terms)
            return MembersQuery(bare.query, bare.terms, values("thing", self.named))
        limits = self.everything.limits(self.state)
        if self.state.classes and not (self.state.conditions or limits or self.most):
            return query.bind({"class": self.state.classes, **terms})
        bare = query.bind(terms)
        lines = "\n    ".join([patterns(self.state, self.everything.patterns), *limits])
        if self.most is not None:
            lines = f"{{ SELECT DISTINCT ?thing WHERE {{ {lines} }} LIMIT {self.most} }}"
        return MembersQuery(bare.query, bare.terms, lines)


def reverse_order(query: Query) -> Query:
    """Return the query in descending order, which sorts a thing by its greatest value."""
    return replace(query, text=query.text.replace("ASC(", "DESC(").replace("MIN(?v", "MAX(?v"))


def reverse_properties(query: Query) -> Query:
    """Return the query for incoming properties, with the thing as the object."""
    return replace(query, text=query.text.replace(_OUT, _IN))


def patterns(state: State, everything: str = "") -> str:
    """Return the patterns of a state; their solutions may repeat a thing.

    ``everything`` are the patterns for a state without conditions.
    """
    conditions = [
        (ref, alternatives, f"value{number}")
        for number, (ref, alternatives) in enumerate(state.conditions, 1)
    ]
    # Patterns that find things come before filters.
    lines = _of_classes(state.classes)
    lines += [_with_value(*entry) for entry in conditions if Absent() not in entry[1]]
    without = [entry for entry in conditions if Absent() in entry[1]]
    lines = lines or [_WHATEVER if _asks_for_no_class(state) else everything]
    lines += [_without_value(*entry) for entry in without]
    return "\n    ".join(lines)


def _of_classes(classes: Sequence[NamedNode]) -> list[str]:
    """Return the patterns of things of some classes.

    Several classes are a filter, not VALUES: with VALUES an engine may start with all things of the
    classes, although another pattern leads to few things.
    """
    if len(classes) == 1:
        return [f"?thing a {serialised(classes[0])} ."]
    return [f"?thing a ?class . FILTER({_among('class', classes)})"] if classes else []


def _asks_for_no_class(state: State) -> bool:
    return not set(WITHOUT_CLASS.conditions).isdisjoint(state.conditions)


def _among(variable: str, terms: Iterable[Term]) -> str:
    return f"?{variable} IN ({', '.join(map(serialised, terms))})"


def _link(ref: PropertyRef, other: str) -> str:
    """Return the triple pattern between the thing and a variable, or a term."""
    if ref.incoming:
        return f"{other} {serialised(ref.property)} ?thing ."
    return f"?thing {serialised(ref.property)} {other} ."


def _with_value(ref: PropertyRef, conditions: Sequence[Condition], variable: str) -> str:
    """Return the pattern of a value that meets one of the conditions."""
    link = _link(ref, f"?{variable}")
    if Present() in conditions:
        return link
    terms = [one.value for one in conditions if isinstance(one, Is)]
    spans = [one for one in conditions if isinstance(one, Span)]
    if not spans and len(terms) == 1 and not (ref.incoming and isinstance(terms[0], Literal)):
        return _link(ref, serialised(terms[0]))
    if not spans:
        return f"{values(variable, terms)} {link}"
    tests = [_within(variable, span) for span in spans]
    tests += [_among(variable, terms)] if terms else []
    return f"{link} FILTER({' || '.join(tests)})"


def _without_value(ref: PropertyRef, conditions: Sequence[Condition], variable: str) -> str:
    """Return the filter for things without a value, or with one that meets a condition."""
    absent = f"NOT EXISTS {{ {_link(ref, f'?{variable}')} }}"
    others = [one for one in conditions if one != Absent()]
    if (ref, conditions) in WITHOUT_CLASS.conditions:
        # Nearly all things have a class, so MINUS is faster than a look-up for each fact.
        return f"MINUS {{ {_link(ref, f'?{variable}')} }}"
    if not others:
        return f"FILTER({absent})"
    return f"FILTER({absent} || EXISTS {{ {_with_value(ref, others, variable)} }})"


def _within(variable: str, span: Span) -> str:
    """Return the test that a number or a date lies in a span; dates may have less precision."""
    bounds = [(bound, sign) for bound, sign in ((span.low, ">="), (span.high, "<=")) if bound]
    dates = [
        f"SUBSTR(STR(?{variable}), 1, {len(bound)}) {sign} "
        f"SUBSTR({serialised(Literal(bound))}, 1, STRLEN(STR(?{variable})))"
        for bound, sign in bounds
    ]
    datatypes = ", ".join(map(serialised, DATES))
    tests = [f"(DATATYPE(?{variable}) IN ({datatypes}) && {' && '.join(dates)})"]
    if all("-" not in bound[1:] for bound, _ in bounds):
        numbers = [
            f"?{variable} {sign} {serialised(Literal(bound, datatype=XSD.decimal))}"
            for bound, sign in bounds
        ]
        tests.append(f"(ISNUMERIC(?{variable}) && {' && '.join(numbers)})")
    return f"({' || '.join(tests)})"
