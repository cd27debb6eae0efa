"""The closure of some facts under clauses, with the minimal witnesses of every fact.

A witness is a set of graphs from which a fact follows; a minimal one has no witness within it
(why-provenance: https://doi.org/10.1007/3-540-44503-X_20). Evaluation is semi-naive: each round
only matches the new facts of the round before against the clauses.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from graphsvc.inference.rules import Variable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from pyoxigraph import Literal, NamedNode

    from graphsvc.inference.rules import Atom, AtomTerm, Clause

#: A triple of numbers, each for a term; a witness is a set of graphs' IRIs.
Fact: TypeAlias = tuple[int, int, int]
Witness: TypeAlias = frozenset[str]
Binding: TypeAlias = dict[int, int]

#: The number of minimal witnesses of a fact, the smallest first. Long chains through many passages
#: have exponentially many, and nobody reads the hundredth.
MOST_WITNESSES = 8

#: The key for any variable in the index of triggers.
_ANY = -1


@dataclass(frozen=True, slots=True)
class InferenceStep:
    """The rule and the term of the axiom by which a fact was inferred."""

    rule: NamedNode
    term: NamedNode


FactWitness: TypeAlias = tuple[Fact, Witness, InferenceStep | None]


@dataclass(frozen=True, slots=True)
class _Pattern:
    """An atom with numbers for terms; negative numbers are variables."""

    subject: int
    predicate: int
    object: int


@dataclass(frozen=True, slots=True)
class _Trigger:
    """A clause from the perspective of one atom: the atom, those after and before it, the head.

    Bodies are paths, so going outwards from any atom every next one has an end bound.
    """

    atom: _Pattern
    after: tuple[_Pattern, ...]
    before: tuple[_Pattern, ...]
    head: _Pattern
    reason: InferenceStep


class Triggers:
    """Clauses by the facts that trigger them, for any number of closures."""

    def __init__(
        self, clauses: Iterable[Clause], numbers: Mapping[NamedNode | Literal, int]
    ) -> None:
        """Take the clauses, and the numbers of all terms in them."""
        self._by_atom: dict[tuple[int, int], list[_Trigger]] = defaultdict(list)
        for clause in clauses:
            for trigger in _triggers(clause, numbers):
                value = trigger.atom.object
                self._by_atom[trigger.atom.predicate, max(value, _ANY)].append(trigger)

    def of(self, fact: Fact) -> Iterator[_Trigger]:
        _, predicate, value = fact
        yield from self._by_atom.get((predicate, _ANY), ())
        yield from self._by_atom.get((predicate, value), ())


class Closure:
    """Facts and their consequences; nothing is inferred about the subjects in ``closed``."""

    def __init__(self, triggers: Triggers, closed: Collection[int]) -> None:
        self.witnesses: dict[Fact, dict[Witness, InferenceStep | None]] = {}
        self._closed = closed
        self._new: frozenset[tuple[Fact, Witness]] = frozenset()
        self._objects: dict[tuple[int, int], list[int]] = defaultdict(list)
        self._subjects: dict[tuple[int, int], list[int]] = defaultdict(list)
        self._triggers = triggers

    def extend(self, stated: Iterable[tuple[Fact, Witness]]) -> None:
        """Add stated facts, and their consequences."""
        new = [pair for pair in stated if self._add(*pair, None)]
        while new:
            self._new = frozenset(new)
            new = [
                (fact, witness)
                for pair in new
                for fact, witness, reason in list(self._consequences(*pair))
                if self._add(fact, witness, reason)
            ]

    def _add(self, fact: Fact, witness: Witness, reason: InferenceStep | None) -> bool:
        """Keep a witness if it is minimal; tell whether it is new."""
        witnesses = self.witnesses.get(fact)
        if witnesses is None:
            self.witnesses[fact] = {witness: reason}
            subject, predicate, value = fact
            self._objects[subject, predicate].append(value)
            self._subjects[predicate, value].append(subject)
            return True
        if any(other <= witness for other in witnesses):
            return False
        for other in [other for other in witnesses if witness < other]:
            del witnesses[other]
        witnesses[witness] = reason
        if len(witnesses) > MOST_WITNESSES:
            worst = max(witnesses, key=lambda other: (len(other), sorted(other)))
            del witnesses[worst]
            return worst != witness
        return True

    def _consequences(self, fact: Fact, witness: Witness) -> Iterator[FactWitness]:
        for trigger in self._triggers.of(fact):
            binding = _unified(trigger.atom, fact)
            if binding is not None:
                yield from self._joined(trigger, binding, witness)

    def _joined(
        self, trigger: _Trigger, binding: Binding, witness: Witness
    ) -> Iterator[FactWitness]:
        partial = [(binding, witness)]
        for atom in trigger.after:
            partial = [
                (further, have | more)
                for bound, have in partial
                for further, fact in self._matches(atom, bound)
                for more in self.witnesses[fact]
            ]
        for atom in trigger.before:
            # A match with two new facts is only found from the first of them.
            partial = [
                (further, have | more)
                for bound, have in partial
                for further, fact in self._matches(atom, bound)
                for more in self.witnesses[fact]
                if (fact, more) not in self._new
            ]
        head = trigger.head
        for bound, have in partial:
            subject = bound.get(head.subject, head.subject)
            if subject not in self._closed:
                fact = (subject, head.predicate, bound.get(head.object, head.object))
                yield fact, have, trigger.reason

    def _matches(self, atom: _Pattern, bound: Binding) -> Iterator[tuple[Binding, Fact]]:
        """Yield the facts that match an atom with at least one bound end."""
        subject = bound.get(atom.subject, atom.subject)
        value = bound.get(atom.object, atom.object)
        predicate = atom.predicate
        if subject >= 0 and value >= 0:
            fact = (subject, predicate, value)
            if fact in self.witnesses:
                yield bound, fact
        elif subject >= 0:
            for other in self._objects.get((subject, predicate), ()):
                yield {**bound, value: other}, (subject, predicate, other)
        else:
            for other in self._subjects.get((predicate, value), ()):
                yield {**bound, subject: other}, (other, predicate, value)


def _triggers(clause: Clause, numbers: Mapping[NamedNode | Literal, int]) -> Iterator[_Trigger]:
    variables: dict[Variable, int] = {}

    def number(slot: AtomTerm) -> int:
        if isinstance(slot, Variable):
            return variables.setdefault(slot, -1 - len(variables))
        return numbers[slot]

    def pattern(atom: Atom) -> _Pattern:
        return _Pattern(number(atom.subject), numbers[atom.predicate], number(atom.object))

    body = [pattern(atom) for atom in clause.body]
    head = pattern(clause.head)
    for place, atom in enumerate(body):
        after, before = tuple(body[place + 1 :]), tuple(reversed(body[:place]))
        yield _Trigger(atom, after, before, head, InferenceStep(clause.rule, clause.term))


def _unified(atom: _Pattern, fact: Fact) -> Binding | None:
    """Return the binding that unifies the atom with the fact, or None."""
    subject, _, value = fact
    if atom.subject == atom.object and subject != value:
        return None
    return {atom.subject: subject, atom.object: value}
