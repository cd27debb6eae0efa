"""A text to read: as it is printed, to the letter, with what each passage states beside it."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graphsvc.entities.mentions import Piece, nested, occurrences
from graphsvc.entities.model import Named
from graphsvc.entities.notes import notes_from
from graphsvc.entities.passages import placed
from graphsvc.namespaces import RDF, XSD

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pyoxigraph import Triple

    from graphsvc.entities.catalogue import Catalogue
    from graphsvc.entities.mentions import Span
    from graphsvc.entities.model import Note, Passage
    from graphsvc.entities.passages import Placed
    from graphsvc.store.base import Term

_LEVELS = (1, 5, 12, 25)
"""From how many facts on a passage is shown as one that says more."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A thing that words of a passage name: ``number`` is that of the words where they come first.

    It is 0 where the passage has named the thing so before.
    """

    thing: Named
    number: int

    @property
    def iri(self) -> str | None:
        """Return the IRI of the thing."""
        return self.thing.iri

    @property
    def label(self) -> str:
        """Return what the thing is called."""
        return self.thing.label


@dataclass(frozen=True, slots=True)
class Statement:
    """One fact of a passage: ``number`` is that of the words that say it, 0 if none stand out."""

    subject: Named
    property: Named
    value: Named
    number: int


@dataclass(frozen=True, slots=True)
class ReadPassage:
    """A passage in its text: ``after`` are the characters between it and the next one."""

    passage: Passage
    begin: int
    end: int
    pieces: tuple[Piece, ...]
    after: str
    statements: tuple[Statement, ...]
    notes: tuple[Note, ...]

    @property
    def level(self) -> int:
        """Return how much the passage states, from 0 (nothing) to 4."""
        return sum(len(self.statements) >= least for least in _LEVELS)

    @property
    def subjects(self) -> tuple[Named, ...]:
        """Return what it says something about, most first."""
        return tuple(dict.fromkeys(statement.subject for statement in self.statements))

    @property
    def flaws(self) -> dict[str, int]:
        """Return of what kinds the notes are on what it does not say well, and how many."""
        return Counter(
            note.kinds[0].label
            for note in self.notes
            if note.kinds and (note.is_omission or note.is_discrepancy)
        )

    @property
    def is_discussed(self) -> bool:
        """Tell whether the editors note something about what it says or does not say."""
        return any(note.is_omission or note.is_discrepancy for note in self.notes)


@dataclass(frozen=True, slots=True)
class ReadText:
    """One page of a text: its paragraphs, and the characters before the first passage."""

    document: Named
    before: str
    paragraphs: tuple[tuple[ReadPassage, ...], ...]
    page: int
    pages: int

    @property
    def passages(self) -> tuple[ReadPassage, ...]:
        """Return the passages in order."""
        return tuple(entry for paragraph in self.paragraphs for entry in paragraph)


def read_text(
    catalogue: Catalogue, document: Named, content: str | None, page: tuple[int, int], language: str
) -> ReadText | None:
    """Return a page of a text, or None if the thing has no passages or no such page.

    ``content`` is the text itself; without it a line break stands for what is between passages.
    ``page`` is its number, counted from 1, and how many passages it holds.
    """
    number, size = page
    every = catalogue.texts.get(document.iri or "", ())
    here = every[size * (number - 1) : size * number]
    found = [entry for entry in (placed(catalogue, node) for node in here) if entry is not None]
    if not found:
        return None
    told = _Told(catalogue, here, language)
    read = [
        told.passage(entry, _gap(content, entry, following))
        for entry, following in zip(found, [*found[1:], None], strict=True)
    ]
    first = found[0].begin or 0
    return ReadText(
        document=document,
        before=content[:first] if content is not None and number == 1 else "",
        paragraphs=tuple(_paragraphs(read)),
        page=number,
        pages=-(-len(every) // size),
    )


def _gap(content: str | None, entry: Placed, following: Placed | None) -> str:
    if content is None:
        return "\n\n" if following else ""
    end = entry.end or 0
    begin = len(content) if following is None else following.begin or end
    gap = content[end:begin]
    # On the last page but one the rest of the text is another page's.
    return gap if not gap.strip() else gap[: len(gap) - len(gap.lstrip())]


def _paragraphs(read: Sequence[ReadPassage]) -> Iterator[tuple[ReadPassage, ...]]:
    """Yield the passages in paragraphs, which empty lines part."""
    paragraph: list[ReadPassage] = []
    for entry in read:
        paragraph.append(entry)
        if entry.after.count("\n") > 1:
            yield tuple(paragraph)
            paragraph = []
    if paragraph:
        yield tuple(paragraph)


class _Numbers:
    """Numbers the words of a passage that name something, so that facts can lead to them."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[Term, str], int] = {}
        self._longest: dict[Term, tuple[int, int]] = {}

    def given(self, pieces: Iterable[Piece]) -> tuple[Piece, ...]:
        """Return pieces of which each says what it mentions, and with which number."""
        return tuple(self._given(piece) for piece in pieces)

    def of(self, fact: Triple) -> int:
        """Return the number of the words that say a fact: its value, else what it is about."""
        value = fact.object
        if isinstance(value, Literal):
            said = self._numbers.get((fact.subject, _letters(value.value)), 0)
        else:
            said = self._naming(value)
        return said or self._naming(fact.subject)

    def _naming(self, thing: Term) -> int:
        """Return the number of the words that name a thing best, the longest ones."""
        return self._longest.get(thing, (0, 0))[1]

    def _given(self, piece: Piece) -> Piece:
        thing = piece.about
        if not isinstance(thing, Named):
            return piece
        key = (thing.term, _letters(piece.words))
        number = 0 if key in self._numbers else len(self._numbers) + 1
        self._numbers.setdefault(key, number)
        if number and len(piece.words) > self._longest.get(thing.term, (0, 0))[0]:
            self._longest[thing.term] = (len(piece.words), number)
        return Piece(piece.words, Mention(thing, number), self.given(piece.parts))


def _letters(words: str) -> str:
    """Return words as a text is matched with them: what is no letter or digit may differ."""
    return "".join(filter(str.isalnum, words))


class _Told:
    """What some passages of a text state, what names their things, and what is noted on them."""

    def __init__(self, catalogue: Catalogue, nodes: Iterable[NamedNode], language: str) -> None:
        self._catalogue = catalogue
        self._language = language
        self._triples = {
            node: [quad.triple for quad in catalogue.near.quads(node.value)] for node in nodes
        }

    def passage(self, entry: Placed, after: str) -> ReadPassage:
        """Return one passage with what is beside it."""
        node = NamedNode(entry.passage.iri)
        numbers = _Numbers()
        pieces = numbers.given(self._pieces(node, entry.passage.quote))
        return ReadPassage(
            passage=entry.passage,
            begin=entry.begin or 0,
            end=entry.end or 0,
            pieces=pieces,
            after=after,
            statements=tuple(self._statements(node, numbers)),
            notes=notes_from(self._catalogue, node, self._language),
        )

    def _statements(self, node: NamedNode, numbers: _Numbers) -> list[Statement]:
        triples = self._triples.get(node, [])
        sizes: dict[Term, int] = defaultdict(int)
        for triple in triples:
            sizes[triple.subject] += 1
        # What the passage says most about comes first, and what a thing is before the rest.
        ordered = sorted(
            triples,
            key=lambda triple: (
                -sizes[triple.subject],
                str(triple.subject),
                triple.predicate != RDF.type,
                str(triple.predicate),
                str(triple.object),
            ),
        )
        return [
            Statement(
                self._name(triple.subject),
                self._catalogue.term(triple.predicate, self._language),
                self._name(triple.object),
                numbers.of(triple),
            )
            for triple in ordered
        ]

    def _pieces(self, node: NamedNode, quote: str) -> tuple[Piece, ...]:
        found: list[tuple[Span, Named]] = []
        for _, thing, words in sorted(set(self._names_in(node)), key=lambda name: name[0]):
            found += ((span, self._name(thing)) for span in occurrences(words, quote))
        return nested(quote, found)

    def _names_in(self, node: NamedNode) -> Iterator[tuple[tuple[int, int, str], Term, str]]:
        """Yield what may be printed of the things that a passage is about, the surest first.

        Names that it states, then other words that it states of a thing, then labels.
        """
        for triple in self._triples.get(node, []):
            words = triple.object
            if isinstance(words, Literal) and (words.language or words.datatype == XSD.string):
                rank = 0 if triple.predicate in self._catalogue.namings else 1
                yield (rank, -len(words.value), str(triple)), triple.subject, words.value
            for thing in (triple.subject, triple.object):
                if isinstance(thing, NamedNode):
                    for label in self._catalogue.labels(thing):
                        yield (2, -len(label), str(thing)), thing, label

    def _name(self, term: Term) -> Named:
        return self._catalogue.name(term, self._language)
