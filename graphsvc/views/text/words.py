"""The words of a passage that name the things of its facts, numbered for links from the facts."""

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
    """A thing that is mentioned in a passage; ``number`` is that of its first mention.

    Later mentions with the same words have the number 0.
    """

    thing: Named
    number: int

    @property
    def iri(self) -> str | None:
        """Return the IRI of the thing."""
        return self.thing.iri

    @property
    def label(self) -> str:
        """Return the label of the thing."""
        return self.thing.label


def pieces(
    quote: str, stated: Sequence[Stated], names: Names, namings: AbstractSet[Term]
) -> tuple[Piece, ...]:
    """Return the words of a passage in pieces; pieces that name a thing are about it.

    Stated names are preferred, then other stated texts of a thing, then labels; and longer ones
    before shorter ones. ``namings`` are the properties for names.
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
    """Numbers the mentions in a passage, so that facts can link to them."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[Term, str], int] = {}
        self._longest: dict[Term, tuple[int, int]] = {}

    def number(self, pieces: Iterable[Piece]) -> tuple[Piece, ...]:
        """Return the pieces with numbered mentions."""
        return tuple(self._number(piece) for piece in pieces)

    def of(self, subject: Term, value: Term) -> int:
        """Return the number of the words for a fact: for its value, or else for its subject."""
        if isinstance(value, Literal):
            number = self._numbers.get((subject, _letters(value.value)), 0)
        else:
            number = self._naming(value)
        return number or self._naming(subject)

    def _naming(self, thing: Term) -> int:
        """Return the number of the longest words that name a thing."""
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
    """Return the letters and digits of some words, as they are compared."""
    return "".join(filter(str.isalnum, words))
