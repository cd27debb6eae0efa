"""The SPARQL of a state. It holds any number of terms, which no binding can carry.

So every term passes through `graphsvc.entities.wording`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from pyoxigraph import Literal

from graphsvc.browse.state import Absent, Is, Present, Span
from graphsvc.entities.prologue import PROLOGUE
from graphsvc.namespaces import XSD
from graphsvc.queries.binding import written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from pyoxigraph import NamedNode

    from graphsvc.browse.state import Condition, State
    from graphsvc.entities.layout import Place
    from graphsvc.store.base import Term

Write: TypeAlias = "Callable[[Term], str]"
"""How a term is written into a query: whole, or short for people to read."""

_DATES = (XSD.gYear, XSD.gYearMonth, XSD.date, XSD.dateTime)


def values(variable: str, terms: Iterable[Term], write: Write = written) -> str:
    """Return the clause that lets a variable be one of some terms."""
    return f"VALUES ?{variable} {{ {' '.join(map(write, terms))} }}"


def link(place: Place, other: str, write: Write = written) -> str:
    """Return the triple pattern from the thing to what is at a place; ``other`` is a variable."""
    predicate = write(place.property)
    if place.incoming:
        return f"?{other} {predicate} ?thing ."
    return f"?thing {predicate} ?{other} ."


def fitting(state: State, ontology: NamedNode, write: Write = written) -> str:
    """Return the patterns that the things of a state fit; its solutions may repeat a thing.

    Things of which nothing is asked are those of the classes that the ontology defines.
    """
    lines = []
    if state.classes:
        lines += [values("class", state.classes, write), "?thing a ?class ."]
    conditions = [
        (place, held, f"value{number}", write)
        for number, (place, held) in enumerate(state.conditions)
    ]
    # What finds things comes before what only leaves some out.
    lines += [_found(*entry) for entry in conditions if Absent() not in entry[1]]
    if not lines:
        lines.append(f"?thing a ?class . ?class rdfs:isDefinedBy {write(ontology)} .")
    lines += [_left(*entry) for entry in conditions if Absent() in entry[1]]
    return "\n  ".join(lines)


def things_query(state: State, ontology: NamedNode) -> str:
    """Return the query for the things of a state."""
    return f"{PROLOGUE}SELECT DISTINCT ?thing WHERE {{\n  {fitting(state, ontology)}\n}}"


def _found(place: Place, held: Sequence[Condition], variable: str, write: Write) -> str:
    """Return the pattern of a value for which one of the conditions holds."""
    if Present() in held:
        return link(place, variable, write)
    terms = [one.value for one in held if isinstance(one, Is)]
    spans = [one for one in held if isinstance(one, Span)]
    if not spans:
        return f"{values(variable, terms, write)} {link(place, variable, write)}"
    tests = [_within(variable, span, write) for span in spans]
    tests += [f"?{variable} IN ({', '.join(map(write, terms))})"] if terms else []
    return f"{link(place, variable, write)} FILTER({' || '.join(tests)})"


def _left(place: Place, held: Sequence[Condition], variable: str, write: Write) -> str:
    """Return the filter that lets things through without a value, or with one that fits."""
    absent = f"NOT EXISTS {{ {link(place, variable, write)} }}"
    others = [one for one in held if one != Absent()]
    if not others:
        return f"FILTER({absent})"
    return f"FILTER({absent} || EXISTS {{ {_found(place, others, variable, write)} }})"


def _within(variable: str, span: Span, write: Write) -> str:
    """Return the test that a number lies in a span, or a date may, as precise as it is known."""
    bounds = [(bound, sign) for bound, sign in ((span.low, ">="), (span.high, "<=")) if bound]
    dated = [
        f"SUBSTR(STR(?{variable}), 1, {len(bound)}) {sign} "
        f"SUBSTR({write(Literal(bound))}, 1, STRLEN(STR(?{variable})))"
        for bound, sign in bounds
    ]
    datatypes = ", ".join(map(write, _DATES))
    tests = [f"(DATATYPE(?{variable}) IN ({datatypes}) && {' && '.join(dated)})"]
    if all(_is_number(bound) for bound, _ in bounds):
        numbers = [f"?{variable} {sign} {write(_decimal(bound))}" for bound, sign in bounds]
        tests.append(f"(ISNUMERIC(?{variable}) && {' && '.join(numbers)})")
    return f"({' || '.join(tests)})"


def _is_number(bound: str) -> bool:
    return "-" not in bound[1:]


def _decimal(bound: str) -> Literal:
    return Literal(bound, datatype=XSD.decimal)
