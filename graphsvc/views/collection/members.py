"""Which things a collection has: what an address asks of them, as the patterns of a query.

Each query of this view speaks of the things of a class, in one line of its file (`OF_CLASS`). Where
more is asked, or something else, the patterns of all that is asked stand in place of that line. How
many choices there are, and of which kind, no file can say beforehand: so this module puts patterns
together, and it alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pyoxigraph import Literal

from graphsvc.namespaces import DATES, RDFS, XSD
from graphsvc.queries import BoundQuery
from graphsvc.queries.binding import bound, values, written
from graphsvc.views.collection.state import WITHOUT_CLASS, Absent, Is, Present, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pyoxigraph import NamedNode

    from graphsvc.queries import Query
    from graphsvc.store.base import Term
    from graphsvc.views.collection.state import Condition, State
    from graphsvc.views.layout import PropertyRef

OF_CLASS = "VALUES ?class { } ?thing a ?class ."
"""How a query file says that it speaks of the things of a class."""

_OUT, _IN = "?thing ?property ?value", "?value ?property ?thing"


@dataclass(frozen=True, slots=True)
class MembersQuery(BoundQuery):
    """A query about the things that fit patterns, in place of the things of a class."""

    patterns: str = ""

    @property
    def text(self) -> str:
        """Return the text that runs; terms of patterns are never taken for places of terms."""
        pieces = self.query.body.split(OF_CLASS)
        return self.patterns.join(bound(piece, self.terms) for piece in pieces)


@dataclass(frozen=True, slots=True)
class Everything:
    """What the things of a graph are, of which nothing is asked.

    ``ontology`` is the graph's own one: things are what its classes have. Without it all are that
    have a name and a class, but for those of the classes ``apart``; if ``is_typed`` is not so, all
    that have a name. The description of the dataset is none of them: it is made of the things
    ``described`` and of parts, whose IRIs begin with ``parts``. ``mixed`` are the classes that
    nameless nodes or the description have as well.
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
            defined = f"{written(RDFS.isDefinedBy)} {written(self.ontology)}"
            return f"?thing a ?class . ?class {defined} ."
        if not self.is_typed:
            return _WHATEVER
        return f"?thing a ?class .{_not_among('class', self.apart)}"

    def limits(self, state: State) -> list[str]:
        """Return the patterns that leave out what is no thing, where a state may have such."""
        if self.mixed.isdisjoint(state.classes or self.mixed) and not self._may_have_any(state):
            return []
        lines = ["FILTER(ISIRI(?thing))", *map(_without, filter(None, [self.described]))]
        if self.ontology is None and (not self.is_typed or _asks_for_no_class(state)):
            lines.append(f"FILTER(!STRSTARTS(STR(?thing), {written(Literal(self.parts))}))")
        return lines

    def _may_have_any(self, state: State) -> bool:
        """Tell whether things of whatever class fit a state."""
        return self.ontology is None and not state.classes


_WHATEVER = "?thing ?says ?something ."

NOTHING_APART = Everything()
"""Whatever has a name and a class."""


def _not_among(variable: str, terms: Sequence[Term]) -> str:
    return f" FILTER(!({_among(variable, terms)}))" if terms else ""


def _without(things: Iterable[Term]) -> str:
    return f"MINUS {{ {values('thing', things)} }}"


@dataclass(frozen=True, slots=True)
class Members:
    """The things that fit a state; no more than ``most`` of them, if they are too many.

    What it took long to find is not found again: where things are ``named``, they are asked about.
    """

    state: State
    everything: Everything = NOTHING_APART
    most: int | None = None
    named: tuple[NamedNode, ...] = ()

    def first(self, most: int) -> Members:
        """Return the first ones, in the order in which the store has them."""
        return replace(self, most=most)

    def naming(self, things: Iterable[NamedNode]) -> Members:
        """Return these things, which are those that fit."""
        return replace(self, named=tuple(things))

    def ask(self, query: Query, terms: Mapping[str, Term | Iterable[Term]]) -> BoundQuery:
        """Return a query about the things; those of classes need no other text."""
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


def descending(query: Query) -> Query:
    """Return the query that has the last in order first, and takes the greatest of values."""
    return replace(query, text=query.text.replace("ASC(", "DESC(").replace("MIN(?v", "MAX(?v"))


def backwards(query: Query) -> Query:
    """Return the query that reads properties the other way: from what points to a thing."""
    return replace(query, text=query.text.replace(_OUT, _IN))


def patterns(state: State, everything: str = "") -> str:
    """Return the patterns that the things of a state fit; their solutions may repeat a thing.

    ``everything`` are those of things of which nothing is asked.
    """
    conditions = [
        (ref, wanted, f"value{number}") for number, (ref, wanted) in enumerate(state.conditions, 1)
    ]
    # What finds things comes before what only leaves some out.
    lines = _of_classes(state.classes)
    lines += [_having(*entry) for entry in conditions if Absent() not in entry[1]]
    without = [entry for entry in conditions if Absent() in entry[1]]
    lines = lines or [_WHATEVER if _asks_for_no_class(state) else everything]
    lines += [_lacking(*entry) for entry in without]
    return "\n    ".join(lines)


def _of_classes(classes: Sequence[NamedNode]) -> list[str]:
    """Return the patterns of things of some classes.

    One class is written as it is, and several as a filter: an engine that sees VALUES may begin
    with all things of the classes, where a value would lead to few.
    """
    if len(classes) == 1:
        return [f"?thing a {written(classes[0])} ."]
    return [f"?thing a ?class . FILTER({_among('class', classes)})"] if classes else []


def _asks_for_no_class(state: State) -> bool:
    return not set(WITHOUT_CLASS.conditions).isdisjoint(state.conditions)


def _among(variable: str, terms: Iterable[Term]) -> str:
    return f"?{variable} IN ({', '.join(map(written, terms))})"


def _link(ref: PropertyRef, other: str) -> str:
    """Return the triple pattern between the thing and a variable, or a term."""
    if ref.incoming:
        return f"{other} {written(ref.property)} ?thing ."
    return f"?thing {written(ref.property)} {other} ."


def _having(ref: PropertyRef, wanted: Sequence[Condition], variable: str) -> str:
    """Return the pattern of a value for which one of the conditions holds."""
    link = _link(ref, f"?{variable}")
    if Present() in wanted:
        return link
    terms = [one.value for one in wanted if isinstance(one, Is)]
    spans = [one for one in wanted if isinstance(one, Span)]
    if not spans and len(terms) == 1 and not (ref.incoming and isinstance(terms[0], Literal)):
        return _link(ref, written(terms[0]))
    if not spans:
        return f"{values(variable, terms)} {link}"
    tests = [_within(variable, span) for span in spans]
    tests += [_among(variable, terms)] if terms else []
    return f"{link} FILTER({' || '.join(tests)})"


def _lacking(ref: PropertyRef, wanted: Sequence[Condition], variable: str) -> str:
    """Return the filter that lets things through without a value, or with one that fits."""
    absent = f"NOT EXISTS {{ {_link(ref, f'?{variable}')} }}"
    others = [one for one in wanted if one != Absent()]
    if (ref, wanted) in WITHOUT_CLASS.conditions:
        # Nearly all things have one: so it is not looked up for each fact of each thing.
        return f"MINUS {{ {_link(ref, f'?{variable}')} }}"
    if not others:
        return f"FILTER({absent})"
    return f"FILTER({absent} || EXISTS {{ {_having(ref, others, variable)} }})"


def _within(variable: str, span: Span) -> str:
    """Return the test that a number lies in a span, or a date may, as precise as it is known."""
    bounds = [(bound, sign) for bound, sign in ((span.low, ">="), (span.high, "<=")) if bound]
    dates = [
        f"SUBSTR(STR(?{variable}), 1, {len(bound)}) {sign} "
        f"SUBSTR({written(Literal(bound))}, 1, STRLEN(STR(?{variable})))"
        for bound, sign in bounds
    ]
    datatypes = ", ".join(map(written, DATES))
    tests = [f"(DATATYPE(?{variable}) IN ({datatypes}) && {' && '.join(dates)})"]
    if all("-" not in bound[1:] for bound, _ in bounds):
        numbers = [
            f"?{variable} {sign} {written(Literal(bound, datatype=XSD.decimal))}"
            for bound, sign in bounds
        ]
        tests.append(f"(ISNUMERIC(?{variable}) && {' && '.join(numbers)})")
    return f"({' || '.join(tests)})"
