"""A text to read: as it is printed, to the letter, with what each passage states beside it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from graphsvc.entities.evidence import QUOTE_CLAUSE, passage, place
from graphsvc.entities.labels import LABEL_CLAUSE, Labels, spelled
from graphsvc.entities.mentions import nested, occurrences
from graphsvc.entities.notes import NoteDraft
from graphsvc.entities.prologue import PROLOGUE
from graphsvc.namespaces import RDF, XSD

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from graphsvc.entities.catalogue import Catalogue
    from graphsvc.entities.mentions import Piece, Span
    from graphsvc.entities.model import Named, Note, Passage
    from graphsvc.store.base import Term

# One page of a text. Its numbers are no terms and cannot be bound.
_PASSAGES = (
    PROLOGUE
    + f"""
SELECT DISTINCT ?text ?passage ?begin ?end ?quote ?number WHERE {{
  {{
    SELECT DISTINCT ?text ?passage ?begin WHERE {{
      ?passage nif:referenceContext ?text ; nif:beginIndex ?begin
    }}
    ORDER BY ?begin LIMIT %d OFFSET %d
  }}
  ?passage nif:endIndex ?end .
  {QUOTE_CLAUSE}
}}
ORDER BY ?begin
"""
)

_STATEMENTS = (
    PROLOGUE
    + """
SELECT DISTINCT ?text ?passage ?subject ?property ?value WHERE {
  ?passage nif:referenceContext ?text .
  GRAPH ?passage { ?subject ?property ?value }
}
"""
)

_LABELS = (
    PROLOGUE
    + f"""
SELECT DISTINCT ?text ?thing ?rank ?label WHERE {{
  {{
    SELECT DISTINCT ?text ?thing WHERE {{
      ?passage nif:referenceContext ?text .
      GRAPH ?passage {{
        {{ ?thing ?property ?value }} UNION {{ ?subject ?property ?thing FILTER(isIRI(?thing)) }}
      }}
    }}
  }}
  {LABEL_CLAUSE}
}}
"""
)

_NOTES = (
    PROLOGUE
    + """
SELECT DISTINCT ?text ?editorial ?passage ?note ?predicate ?value WHERE {
  ?passage nif:referenceContext ?text .
  GRAPH ?editorial {
    ?note prov:wasDerivedFrom ?passage ; oa:hasTarget ?target ; ?predicate ?value
  }
}
ORDER BY ?note ?predicate ?value
"""
)

_LEVELS = (1, 5, 12, 25)
"""From how many facts on a passage is shown as one that says more."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One fact of a passage, in words."""

    subject: Named
    property: Named
    value: Named


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
    bound = {"text": document.term}
    rows = list(catalogue.store.select(_PASSAGES % (size, size * (number - 1)), bound))
    if not rows:
        return None
    told = _Told(catalogue, document.term, language)
    total = catalogue.sizes.get(document.iri or "", 0)
    read = [
        told.passage(row, _gap(content, row, following))
        for row, following in zip(rows, [*rows[1:], None], strict=True)
    ]
    first = place(rows[0]["begin"]) or 0
    return ReadText(
        document=document,
        before=content[:first] if content is not None and number == 1 else "",
        paragraphs=tuple(_paragraphs(read)),
        page=number,
        pages=-(-total // size),
    )


def _gap(content: str | None, row: Mapping[str, Term], following: Mapping[str, Term] | None) -> str:
    if content is None:
        return "\n\n" if following else ""
    end = place(row["end"]) or 0
    begin = len(content) if following is None else place(following["begin"]) or end
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


class _Told:
    """What the passages of a text state, what names their things, and what is noted on them."""

    def __init__(self, catalogue: Catalogue, text: Term, language: str) -> None:
        self._catalogue = catalogue
        self._language = language
        self._triples: dict[Term, list[Triple]] = defaultdict(list)
        bound = {"text": text}
        for row in catalogue.store.select(_STATEMENTS, bound):
            subject, predicate = row["subject"], row["property"]
            if isinstance(subject, NamedNode | BlankNode) and isinstance(predicate, NamedNode):
                self._triples[row["passage"]].append(Triple(subject, predicate, row["value"]))
        names = list(catalogue.store.select(_LABELS, bound))
        self._labels = Labels.read(names)
        self._printed: dict[Term, list[str]] = defaultdict(list)
        for row in names:
            self._printed[row["thing"]].append(getattr(row["label"], "value", ""))
        self._notes = _notes(catalogue, text, language)

    def passage(self, row: Mapping[str, Term], after: str) -> ReadPassage:
        """Return one passage with what is beside it."""
        found = passage(row)
        if found is None:
            raise TypeError("A passage's words are a literal: the checks of a build see to it.")
        node = row["passage"]
        return ReadPassage(
            passage=found,
            begin=place(row["begin"]) or 0,
            end=place(row["end"]) or 0,
            pieces=self._pieces(node, found.quote),
            after=after,
            statements=tuple(self._statements(node)),
            notes=self._notes.get(node, ()),
        )

    def _statements(self, node: Term) -> list[Statement]:
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
            )
            for triple in ordered
        ]

    def _pieces(self, node: Term, quote: str) -> tuple[Piece, ...]:
        found: list[tuple[Span, Named]] = []
        for _, thing, words in sorted(set(self._names_in(node)), key=lambda name: name[0]):
            found += ((span, self._name(thing)) for span in occurrences(words, quote))
        return nested(quote, found)

    def _names_in(self, node: Term) -> Iterator[tuple[tuple[int, int, str], Term, str]]:
        """Yield what may be printed of the things that a passage is about, the surest first.

        Names that it states, then other words that it states of a thing, then labels.
        """
        for triple in self._triples.get(node, []):
            words = triple.object
            if isinstance(words, Literal) and (words.language or words.datatype == XSD.string):
                rank = 0 if triple.predicate in self._catalogue.namings else 1
                yield (rank, -len(words.value), str(triple)), triple.subject, words.value
            for thing in (triple.subject, triple.object):
                for label in self._printed.get(thing, ()):
                    yield (2, -len(label), str(thing)), thing, label

    def _name(self, term: Term) -> Named:
        return self._labels.name(term, self._language) or (
            self._catalogue.term(term, self._language)
            if isinstance(term, NamedNode)
            else spelled(term)
        )


def _notes(catalogue: Catalogue, text: Term, language: str) -> dict[Term, tuple[Note, ...]]:
    drafts: dict[Term, NoteDraft] = defaultdict(NoteDraft)
    about: dict[Term, dict[Term, None]] = defaultdict(dict)
    bound = {"text": text, "editorial": catalogue.editorial}
    for row in catalogue.store.select(_NOTES, bound):
        about[row["passage"]][row["note"]] = None
        if row["value"] not in drafts[row["note"]].values[row["predicate"]]:
            drafts[row["note"]].add(row)
    notes = {node: draft.note(node, catalogue, language) for node, draft in drafts.items()}
    return {node: tuple(notes[note] for note in found) for node, found in about.items()}
