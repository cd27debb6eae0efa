"""The rows of the tables of facts: each sentence is quoted once on a page, beside what it states.

A sentence stands at the right of the first row that rests on it, and goes down beside the rows
after it that bring no other one. Wherever else facts rest on it, its number stands beside them.
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
    """What stands at the right of some rows: who says so, and the sentences that are quoted here.

    ``fact`` is one of those that it vouches for; ``notes`` explain the sentences;
    ``span`` is how many rows it stands beside.
    """

    fact: Fact
    passages: tuple[Passage, ...]
    notes: tuple[Note, ...] = ()
    span: int = 1


@dataclass(slots=True)
class FactRow:
    """A row: facts of one property that rest on the same evidence, or a note that there are none.

    ``omission`` is that note, and it ``is_explained`` above if its words stand on the page already.
    ``name_span`` is how many rows the name of the property stands beside, 0 if it stands above;
    ``elsewhere`` are the passages that state the facts and are quoted in another row; ``beside`` is
    None where what stands at the right begins above.
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
    """A table as it is made, and what stands beside its last row.

    ``quoted`` are the passages and notes that stand on the page already, by their IRIs.
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
        """Yield the notes on sentences: each stands once on a page."""
        for note in (each for passage in passages for each in self.notes.get(passage.iri, ())):
            if note.iri not in self.quoted:
                self.quoted.add(note.iri)
                yield note

    def _add_wide(self, row: FactRow) -> None:
        """Add a row that takes the place of what stands at the right."""
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
    """Return the passages on which a fact rests: of what is inferred, those of its shortest way."""
    if fact.status is Status.INFERRED and fact.derivations:
        return fact.derivations[0].passages
    return fact.passages


def _evidence_key(fact: Fact) -> tuple[object, ...]:
    """Return what vouches for a fact beside passages."""
    derivation = (
        fact.derivations[0].iri if fact.status is Status.INFERRED and fact.derivations else None
    )
    return (fact.status, derivation, fact.sources, fact.annotations, fact.left_out)
