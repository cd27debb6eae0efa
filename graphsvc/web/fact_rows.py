"""The rows of the tables of facts; each sentence is quoted once on a page, beside its facts.

A sentence is at the right of the first row that it states, and extends over the following rows
without another sentence. Other rows that it states have only its number.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

from graphsvc.views.model import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from graphsvc.views.model import Fact, Note, Passage
    from graphsvc.views.thing.model import Group, PropertyFacts, Thing


@dataclass(slots=True)
class Beside:
    """The evidence at the right of some rows: its status, and the sentences that are quoted.

    ``fact`` is one of the facts of the rows; ``notes`` explain the sentences; ``span`` is the
    number of rows.
    """

    fact: Fact
    passages: tuple[Passage, ...]
    notes: tuple[Note, ...] = ()
    span: int = 1


@dataclass(slots=True)
class FactRow:
    """A row: facts of one property with the same evidence, or a note that there are none.

    ``omission`` is that note; it ``is_explained`` if its words are on the page already.
    ``name_span`` is the number of rows of the property's name, 0 if the name is in a row above;
    ``elsewhere`` are the passages of the facts that are quoted in another row; ``beside`` is None
    if the evidence at the right begins in a row above.
    """

    entry: PropertyFacts
    facts: tuple[Fact, ...] = ()
    omission: Note | None = None
    is_explained: bool = False
    name_span: int = 0
    elsewhere: tuple[Passage, ...] = ()
    beside: Beside | None = None


@dataclass(slots=True)
class _Table:
    """A table under construction, and the evidence beside its last row.

    ``quoted`` are the IRIs of the passages and notes that are on the page already.
    """

    notes: Mapping[str, tuple[Note, ...]]
    quoted: set[str]
    rows: list[FactRow] = field(default_factory=list)
    beside: Beside | None = None

    def add(self, entry: PropertyFacts) -> None:
        """Add the rows of a property."""
        first = len(self.rows)
        if entry.partition is None:
            for _, facts in groupby(
                entry.facts, key=lambda fact: (_evidence_key(fact), cited_passages(fact))
            ):
                self._add_facts(entry, tuple(facts))
        else:
            self._add_wide(FactRow(entry))
        if entry.more:
            self._add_wide(FactRow(entry))
        for note in entry.omissions:
            is_explained = note.iri in self.quoted
            self._add_wide(FactRow(entry, omission=note, is_explained=is_explained))
            self.quoted.add(note.iri)
        self.rows[first].name_span = len(self.rows) - first

    def _add_facts(self, entry: PropertyFacts, facts: tuple[Fact, ...]) -> None:
        fact = facts[0]
        new = tuple(each for each in cited_passages(fact) if each.iri not in self.quoted)
        self.quoted.update(each.iri for each in new)
        row = FactRow(
            entry, facts, elsewhere=tuple(each for each in cited_passages(fact) if each not in new)
        )
        self.rows.append(row)
        if self.beside and not new and _evidence_key(fact) == _evidence_key(self.beside.fact):
            self.beside.span += 1
        else:
            self.beside = row.beside = Beside(fact, new, tuple(self._explaining(new)))

    def _explaining(self, passages: Iterable[Passage]) -> Iterator[Note]:
        """Yield the notes on sentences; each is shown once on a page."""
        for note in (each for passage in passages for each in self.notes.get(passage.iri, ())):
            if note.iri not in self.quoted:
                self.quoted.add(note.iri)
                yield note

    def _add_wide(self, row: FactRow) -> None:
        """Add a row that uses the space at the right."""
        self.rows.append(row)
        self.beside = None


def fact_rows(entity: Thing) -> Iterator[tuple[Group, Sequence[FactRow]]]:
    """Yield the groups of facts of a thing with their rows."""
    quoted: set[str] = set()
    for group in entity.groups:
        table = _Table(entity.notes.on_passages, quoted)
        for entry in group.properties:
            table.add(entry)
        yield group, table.rows


def cited_passages(fact: Fact) -> tuple[Passage, ...]:
    """Return the passages that state a fact; for an inferred one, those of its first derivation."""
    if fact.status is Status.INFERRED and fact.derivations:
        return fact.derivations[0].passages
    return fact.passages


def _evidence_key(fact: Fact) -> tuple[object, ...]:
    """Return the evidence of a fact besides its passages."""
    derivation = (
        fact.derivations[0].iri if fact.status is Status.INFERRED and fact.derivations else None
    )
    return (fact.status, derivation, fact.sources, fact.annotations, fact.left_out)
