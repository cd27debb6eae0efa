"""A text to read: as it is printed, to the letter, with what each passage states beside it.

A long text stands on several pages. `words` finds in a passage what names the things of its facts.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from pyoxigraph import Literal

from graphsvc.namespaces import LDQD, RDF
from graphsvc.views.labels import Labels
from graphsvc.views.names import Names
from graphsvc.views.queries import view_query
from graphsvc.views.text.words import Numbers, pieces
from graphsvc.views.values import as_int

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pyoxigraph import NamedNode

    from graphsvc.queries import BoundQuery
    from graphsvc.store.base import Term
    from graphsvc.views.graph import Graph
    from graphsvc.views.mentions import Piece
    from graphsvc.views.model import Named, Passage
    from graphsvc.views.terms import Terms
    from graphsvc.views.text.words import Stated

STATED = view_query("text/stated")
COVERAGE = view_query("text/coverage")
NOTES = view_query("text/notes")

MOST_FACTS = 200
"""How many facts of one passage stand beside it."""

_FLAWS = (LDQD.completeness, LDQD.consistency)

_LEVELS = (1, 5, 12, 25)
"""From how many facts on a passage is shown as one that says more."""


@dataclass(frozen=True, slots=True)
class PassageStatement:
    """One fact of a passage: ``number`` is that of the words that say it, 0 if none stand out."""

    property: Named
    value: Named
    number: int


@dataclass(frozen=True, slots=True)
class PassageSubject:
    """A thing, and what a passage states of it."""

    thing: Named
    statements: tuple[PassageStatement, ...]


@dataclass(frozen=True, slots=True)
class Remark:
    """A note on what a passage says: ``is_on_flaw`` if something is left out or does not agree."""

    note: Named
    kind: Named | None
    is_on_flaw: bool


@dataclass(frozen=True, slots=True)
class ReadPassage:
    """A passage in its text: ``after`` are the characters between it and the next one.

    ``facts`` is how many it states: as many as those of its subjects, unless there are too many.
    """

    passage: Passage
    pieces: tuple[Piece, ...]
    after: str
    facts: int
    subjects: tuple[PassageSubject, ...]
    remarks: tuple[Remark, ...]
    query: BoundQuery

    @property
    def level(self) -> int:
        """Return how much the passage states, from 0 (nothing) to 4."""
        return sum(self.facts >= least for least in _LEVELS)

    @property
    def more(self) -> int:
        """Return how many facts do not stand here."""
        return self.facts - sum(len(subject.statements) for subject in self.subjects)

    @property
    def flaws(self) -> Mapping[str, int]:
        """Return of what kinds the notes are on what it does not say well, and how many."""
        return Counter(each.kind.label for each in self.remarks if each.kind and each.is_on_flaw)

    @property
    def is_discussed(self) -> bool:
        """Tell whether the editors note something about what it says or does not say."""
        return any(remark.is_on_flaw for remark in self.remarks)


@dataclass(frozen=True, slots=True)
class ReadText:
    """One page of a text: its paragraphs, and the characters before the first passage."""

    before: str
    paragraphs: tuple[tuple[ReadPassage, ...], ...]
    page: int
    pages: int
    query: BoundQuery
    coverage_query: BoundQuery

    @property
    def passages(self) -> tuple[ReadPassage, ...]:
        """Return the passages in order."""
        return tuple(entry for paragraph in self.paragraphs for entry in paragraph)


def read_text(
    graph: Graph, text: str, content: str | None, page: tuple[int, int], languages: str
) -> ReadText | None:
    """Return a page of a text, or None if the thing has no passages or no such page.

    ``content`` is the text itself; without it a line break stands for what is between passages.
    ``page`` is its number, counted from 1, and how many passages it holds.
    """
    number, size = page
    every = graph.texts.passages.get(text, ())
    nodes = every[size * (number - 1) : size * number]
    if not nodes:
        return None
    beside = _PassageContext.read(graph, nodes, languages)
    places = beside.places
    printed = [node for node in nodes if node in places and beside.names.passage(node)]
    begins = [*(places[node].begin for node in printed[1:]), None]
    gaps = [
        _gap(content, places[node].end, begin) for node, begin in zip(printed, begins, strict=True)
    ]
    read = [beside.passage(node, after) for node, after in zip(printed, gaps, strict=True)]
    return ReadText(
        before=content[: places[printed[0]].begin] if content and printed and number == 1 else "",
        paragraphs=tuple(_paragraphs(filter(None, read))),
        page=number,
        pages=-(-len(every) // size),
        query=STATED.bind({"passage": nodes}),
        coverage_query=COVERAGE.bind({"passage": nodes}),
    )


def _gap(content: str | None, end: int, begin: int | None) -> str:
    """Return what stands between a passage and the next one, or what is left for the last one."""
    if content is None:
        return "" if begin is None else "\n\n"
    gap = content[end:begin]
    # On the last page but one the rest of the text is another page's.
    return gap if not gap.strip() else gap[: len(gap) - len(gap.lstrip())]


def _paragraphs(read: Iterable[ReadPassage]) -> Iterator[tuple[ReadPassage, ...]]:
    """Yield the passages in paragraphs, which empty lines part."""
    paragraph: list[ReadPassage] = []
    for entry in read:
        paragraph.append(entry)
        if entry.after.count("\n") > 1:
            yield tuple(paragraph)
            paragraph = []
    if paragraph:
        yield tuple(paragraph)


class _Place(NamedTuple):
    """Where a passage stands in its text, and how many facts it states."""

    begin: int
    end: int
    facts: int


@dataclass(frozen=True)
class _PassageContext:
    """What some passages state, what names their things, and what is noted on them."""

    graph: Graph
    names: Names
    stated: Mapping[Term, Sequence[Stated]]
    places: Mapping[Term, _Place]
    remarks: Mapping[Term, Sequence[Remark]]

    @classmethod
    def read(cls, graph: Graph, nodes: Sequence[NamedNode], languages: str) -> _PassageContext:
        about = {"passage": nodes}
        facts_by_passage: dict[Term, list[Stated]] = defaultdict(list)
        for passage, *fact in graph.rows(STATED.bind(about)).rows:
            facts_by_passage[passage].append(tuple(fact))  # type: ignore[index, arg-type]
        special = graph.terms.most_special
        stated = {passage: _first(special(facts)) for passage, facts in facts_by_passage.items()}
        places = {
            row["passage"]: _Place(*(as_int(row[name]) or 0 for name in _Place._fields))
            for row in graph.rows(COVERAGE.bind(about))
            if "passage" in row
        }
        notes = list(graph.rows(NOTES.bind(about)))
        named = (term for facts in stated.values() for fact in facts for term in fact)
        kinds = (row["class"] for row in notes if "class" in row)
        names = Names(graph, [*nodes, *named, *kinds], languages)
        return cls(graph, names, stated, places, _remarks(notes, names, graph.terms))

    def passage(self, node: NamedNode, after: str) -> ReadPassage | None:
        """Return one passage with what is beside it."""
        passage = self.names.passage(node)
        if passage is None:
            return None
        stated = self.stated.get(node, ())
        numbers = Numbers()
        return ReadPassage(
            passage=passage,
            pieces=numbers.number(
                pieces(passage.quote, stated, self.names, self.graph.terms.namings)
            ),
            after=after,
            facts=self.places[node].facts,
            subjects=tuple(self._subjects(stated, numbers)),
            remarks=tuple(self.remarks.get(node, ())),
            query=STATED.bind({"passage": node}),
        )

    def _subjects(self, stated: Sequence[Stated], numbers: Numbers) -> Iterator[PassageSubject]:
        """Yield what is stated, thing by thing."""
        for subject, facts in groupby(stated, key=itemgetter(0)):
            yield PassageSubject(
                self.names[subject],
                tuple(
                    PassageStatement(
                        self.names[prop], self.names[value], numbers.of(subject, value)
                    )
                    for _, prop, value in facts
                ),
            )


def _first(facts: Sequence[Stated]) -> Sequence[Stated]:
    """Return the facts of a passage in order, or the first ones if they are too many.

    What the passage says most about comes first, and what a thing is before the rest.
    """
    sizes = Counter(subject for subject, _, _ in facts)

    def order(fact: Stated) -> tuple[int, str, bool, str, str]:
        subject, prop, value = fact
        return (-sizes[subject], str(subject), prop != RDF.type, str(prop), str(value))

    return sorted(facts, key=order)[:MOST_FACTS]


def _remarks(
    rows: Iterable[Mapping[str, Term]], names: Names, terms: Terms
) -> Mapping[Term, Sequence[Remark]]:
    """Return the notes on each passage, in their order."""
    kinds: dict[Term, set[Term]] = defaultdict(set)
    on: dict[Term, set[Term]] = defaultdict(set)
    labels = Labels()
    for row in rows:
        note, label = row["note"], row.get("label")
        on[row["passage"]].add(note)
        kinds[note] |= {row["class"]} if "class" in row else set()
        if isinstance(label, Literal):
            labels.add(note, label)

    def remark(note: Term) -> Remark:
        classes = sorted(kinds[note], key=str)
        flaws = {flaw for kind in classes for flaw in terms.dimensions.get(kind, ())}
        return Remark(
            note=labels.name(note, names.languages) or names.spell(note),
            kind=names[classes[0]] if classes else None,
            is_on_flaw=not flaws.isdisjoint(_FLAWS),
        )

    return {
        passage: [remark(note) for note in sorted(notes, key=str)] for passage, notes in on.items()
    }
