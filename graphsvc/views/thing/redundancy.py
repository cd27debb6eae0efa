"""The facts of a thing that another row of its page already contains.

A fact is redundant if there is one with a more specific property, or its inverse, or, for a year,
a full date; and if it is one step of a shortcut that is shown (see `shortcuts`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pyoxigraph import Literal

from graphsvc.namespaces import DATES, XSD
from graphsvc.views.layout import PropertyRef
from graphsvc.views.model import Status

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from graphsvc.store.base import Term
    from graphsvc.views.model import Fact
    from graphsvc.views.terms import Terms
    from graphsvc.views.thing.shortcuts import FactKey, Shortcuts

_MOST_STEPS = 5
"""The most steps from a row to the row that contains its facts."""


def with_evidence(
    terms: Terms, facts: Mapping[PropertyRef, Sequence[Fact]]
) -> Mapping[PropertyRef, Sequence[Fact]]:
    """Return facts in which a generalisation of a stated fact has the passages of that fact."""
    stated = {
        (ref, fact.other.term): fact
        for ref, each in facts.items()
        for fact in each
        if fact.status is Status.STATED
    }

    def with_source(ref: PropertyRef, fact: Fact) -> Fact:
        if fact.status is not Status.INFERRED:
            return fact
        for other in facts:
            special = stated.get((other, fact.other.term))
            is_same_way = other.incoming is ref.incoming
            if special and is_same_way and terms.is_more_special(other.property, ref.property):
                return replace(fact, status=Status.STATED, passages=special.passages)
        return fact

    return {
        ref: sorted((with_source(ref, fact) for fact in each), key=lambda fact: fact.order)
        for ref, each in facts.items()
    }


class Redundancy:
    """Finds the facts of a page that need no row of their own."""

    def __init__(
        self,
        terms: Terms,
        facts: Mapping[PropertyRef, Sequence[Fact]],
        key_properties: Collection[PropertyRef],
        shortcuts: Shortcuts,
    ) -> None:
        self._terms = terms
        self._key_properties = key_properties
        self._shortcuts = shortcuts
        self._facts = facts
        self._ends = {ref: {fact.other.term for fact in each} for ref, each in facts.items()}
        self._years = {
            (fact.other.term.value[:4], fact.passages): (ref, fact.other.term)
            for ref, each in facts.items()
            for fact in each
            if isinstance(fact.other.term, Literal) and fact.other.term.datatype in DATES
        }

    def is_redundant(self, ref: PropertyRef, fact: Fact) -> bool:
        """Tell whether another row contains a fact."""
        return self._next_row(ref, fact) is not None

    def containing_row(self, ref: PropertyRef, fact: Fact) -> FactKey | None:
        """Return the row and value that contain a fact; None if the fact has its own row."""
        row = self._next_row(ref, fact)
        for _ in range(_MOST_STEPS):
            further = None if row is None else self._next_row_of(row)
            if further is None:
                break
            row = further
        return row

    def _next_row_of(self, row: FactKey) -> FactKey | None:
        ref, end = row
        facts = (fact for fact in self._facts.get(ref, ()) if fact.other.term == end)
        return next((self._next_row(ref, fact) for fact in facts), None)

    def _next_row(self, ref: PropertyRef, fact: Fact) -> FactKey | None:
        end = fact.other.term
        better = ((one, end) for one, ends in self._ends.items() if end in ends)
        return (
            self._shortcuts.containing_row(ref, end)
            or self._inverse(ref, end)
            or self._date_of_a_year(ref, fact)
            or next((row for row in better if self._is_better(row[0], ref)), None)
        )

    def _inverse(self, ref: PropertyRef, end: Term) -> FactKey | None:
        """Return the own fact of the thing that is the inverse of an incoming one."""
        if not ref.incoming or ref in self._key_properties:
            return None
        own = (PropertyRef(each) for each in self._terms.inverses(ref.property))
        return next(((each, end) for each in own if end in self._ends.get(each, ())), None)

    def _is_better(self, one: PropertyRef, other: PropertyRef) -> bool:
        """Tell whether the row of one property is to contain the facts of both.

        A key property comes before others, then the more specific one before the other.
        """
        if one.incoming is not other.incoming:
            return False
        is_special = self._terms.is_more_special(one.property, other.property)
        if (one in self._key_properties) is (other in self._key_properties):
            return is_special
        is_general = self._terms.is_more_special(other.property, one.property)
        return one in self._key_properties and (is_special or is_general)

    def _date_of_a_year(self, ref: PropertyRef, fact: Fact) -> FactKey | None:
        end = fact.other.term
        if (
            not isinstance(end, Literal)
            or end.datatype != XSD.integer
            or ref in self._key_properties
        ):
            return None
        return self._years.get((end.value, fact.passages))
