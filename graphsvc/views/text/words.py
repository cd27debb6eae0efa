"""Which words of a passage name the things of its facts, numbered, so that facts lead to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from pyoxigraph import Literal, NamedNode

from graphsvc.namespaces import XSD
from graphsvc.views.mentions import Piece, occurrences, split_into_pieces
from graphsvc.views.model import Named

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from collections.abc import Set as AbstractSet

    from graphsvc.store.base import Term
    from graphsvc.views.mentions import Span
    from graphsvc.views.names import Names

    Stated: TypeAlias = tuple[Term, Term, Term]


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


def pieces(
    quote: str, stated: Sequence[Stated], names: Names, namings: AbstractSet[Term]
) -> tuple[Piece, ...]:
    """Return the words of a passage in pieces, those that name a thing of its facts being about it.

    Names that it states are the surest, then other words that it states of a thing, then labels;
    of these the longer ones. ``namings`` are the properties that give names.
    """
    candidates: dict[tuple[int, int, str, Term, str], None] = {}
    for subject, prop, value in stated:
        if isinstance(value, Literal) and (value.language or value.datatype == XSD.string):
            rank = 0 if prop in namings else 1
            key = (rank, -len(value.value), f"{subject} {prop} {value}", subject, value.value)
            candidates[key] = None
    for thing in dict.fromkeys(term for fact in stated for term in (fact[0], fact[2])):
        if isinstance(thing, NamedNode):
            for label in names.all(thing):
                candidates[2, -len(label), str(thing), thing, label] = None
    mentions: list[tuple[Span, Named]] = []
    for *_, thing, words in sorted(candidates, key=lambda key: key[:3]):
        mentions += ((span, names[thing]) for span in occurrences(words, quote))
    return split_into_pieces(quote, mentions)


class Numbers:
    """Numbers the words of a passage that name something, so that facts can lead to them."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[Term, str], int] = {}
        self._longest: dict[Term, tuple[int, int]] = {}

    def number(self, pieces: Iterable[Piece]) -> tuple[Piece, ...]:
        """Return pieces of which each says what it mentions, and with which number."""
        return tuple(self._number(piece) for piece in pieces)

    def of(self, subject: Term, value: Term) -> int:
        """Return the number of the words that say a fact: its value, else what it is about."""
        if isinstance(value, Literal):
            number = self._numbers.get((subject, _letters(value.value)), 0)
        else:
            number = self._naming(value)
        return number or self._naming(subject)

    def _naming(self, thing: Term) -> int:
        """Return the number of the words that name a thing best, the longest ones."""
        return self._longest.get(thing, (0, 0))[1]

    def _number(self, piece: Piece) -> Piece:
        thing = piece.about
        if not isinstance(thing, Named):
            return piece
        key = (thing.term, _letters(piece.words))
        number = 0 if key in self._numbers else len(self._numbers) + 1
        self._numbers.setdefault(key, number)
        if number and len(piece.words) > self._longest.get(thing.term, (0, 0))[0]:
            self._longest[thing.term] = (len(piece.words), number)
        return Piece(piece.words, Mention(thing, number), self.number(piece.parts))


def _letters(words: str) -> str:
    """Return words as a text is matched with them: what is no letter or digit may differ."""
    return "".join(filter(str.isalnum, words))
