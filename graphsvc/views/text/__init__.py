"""A text to read: exactly as printed, with the facts of each passage beside it.

A long text has several pages. `words` finds the names of the things of facts in a passage.
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
    from graphsvc.views.queries import Row
    from graphsvc.views.terms import Terms
    from graphsvc.views.text.words import Stated

STATED = view_query("text/stated")
COVERAGE = view_query("text/coverage")
NOTES = view_query("text/notes")

MOST_FACTS = 200
"""The most facts beside one passage."""

_FLAWS = (LDQD.completeness, LDQD.consistency)

_LEVELS = (1, 5, 12, 25)
"""The least numbers of facts for the levels of a passage."""


@dataclass(frozen=True, slots=True)
class PassageStatement:
    """One fact of a passage; ``number`` is that of the words for it, 0 if there are none."""

    property: Named
    value: Named
    number: int


@dataclass(frozen=True, slots=True)
class PassageSubject:
    """A thing, and its facts in a passage."""

    thing: Named
    statements: tuple[PassageStatement, ...]


@dataclass(frozen=True, slots=True)
class Remark:
    """A note on a passage; ``is_on_flaw`` if it is about an omission or a discrepancy."""

    note: Named
    kind: Named | None
    is_on_flaw: bool


@dataclass(frozen=True, slots=True)
class ReadPassage:
    """A passage in its text; ``after`` are the characters between it and the next one.

    ``facts`` is the number of its facts; ``subjects`` has all of them, unless there are too many.
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
        """Return the level of the passage's number of facts, from 0 (none) to 4."""
        return sum(self.facts >= least for least in _LEVELS)

    @property
    def more(self) -> int:
        """Return the number of facts that are not shown."""
        return self.facts - sum(len(subject.statements) for subject in self.subjects)

    @property
    def flaws(self) -> Mapping[str, int]:
        """Return the kinds of notes on flaws, and the number of each."""
        return Counter(each.kind.label for each in self.remarks if each.kind and each.is_on_flaw)

    @property
    def is_discussed(self) -> bool:
        """Tell whether the passage has notes on flaws."""
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

    ``content`` is the text itself; without it line breaks separate the passages. ``page`` is the
    number of the page, counted from 1, and its number of passages.
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
    """Return the text between a passage and the next one, or the rest after the last one."""
    if content is None:
        return "" if begin is None else "\n\n"
    gap = content[end:begin]
    # Before the last page the rest of the text belongs to the next page.
    return gap if not gap.strip() else gap[: len(gap) - len(gap.lstrip())]


def _paragraphs(read: Iterable[ReadPassage]) -> Iterator[tuple[ReadPassage, ...]]:
    """Yield the passages in paragraphs, which empty lines separate."""
    paragraph: list[ReadPassage] = []
    for entry in read:
        paragraph.append(entry)
        if entry.after.count("\n") > 1:
            yield tuple(paragraph)
            paragraph = []
    if paragraph:
        yield tuple(paragraph)


class _Place(NamedTuple):
    """The span of a passage in its text, and its number of facts."""

    begin: int
    end: int
    facts: int


@dataclass(frozen=True)
class _PassageContext:
    """The facts of some passages, the names of their things, and the notes on them."""

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
        """Return one passage with its facts and notes."""
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
        """Yield the facts, thing by thing."""
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

    The thing with the most facts comes first, and its types before its other facts.
    """
    sizes = Counter(subject for subject, _, _ in facts)

    def order(fact: Stated) -> tuple[int, str, bool, str, str]:
        subject, prop, value = fact
        return (-sizes[subject], str(subject), prop != RDF.type, str(prop), str(value))

    return sorted(facts, key=order)[:MOST_FACTS]


def _remarks(rows: Iterable[Row], names: Names, terms: Terms) -> Mapping[Term, Sequence[Remark]]:
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
