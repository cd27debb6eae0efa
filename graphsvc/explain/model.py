"""The explanation of an empty answer, as JSON and as text."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphsvc.errors import Position


class ReasonKind(StrEnum):
    """What can empty an answer."""

    UNKNOWN_GRAPH = "unknown-graph"
    UNKNOWN_TERM = "unknown-term"
    NO_MATCH = "no-match"
    UNLIKE_LITERAL = "unlike-literal"
    WRONG_DIRECTION = "wrong-direction"
    EMPTY_JOIN = "empty-join"
    FILTER = "filter"
    AFTERWARDS = "afterwards"


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that empties the answer: what, where in the query, and what to do about it.

    ``suggestions`` are similar terms of the graph, as they can be written in a query.
    A reason whose ``position`` is None lies outside the query, in the request.
    """

    kind: ReasonKind
    message: str
    remedy: str
    position: Position | None
    suggestions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OmissionNote:
    """A note that the text does not say something: its IRI, its label and its words."""

    iri: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Unexamined:
    """A part of the query that could not be examined, and why."""

    message: str
    position: Position | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an answer is empty. ``empty`` is False if it is not: then there are no reasons.

    ``notes`` say that the text leaves out what the query wants. ``probes`` is the number of small
    queries that were sent.
    """

    empty: bool
    reasons: tuple[Reason, ...] = ()
    unexamined: tuple[Unexamined, ...] = ()
    notes: tuple[OmissionNote, ...] = ()
    probes: int = 0

    @property
    def summary(self) -> str:
        """Return one sentence for the whole."""
        if not self.empty:
            return "The query has an answer: there is nothing to explain."
        if not self.reasons:
            return "The answer is empty; no reason was found in what could be examined."
        return f"The answer is empty. {self.reasons[0].message}"

    def members(self) -> dict[str, object]:
        """Return the explanation as a JSON object."""
        return {
            "empty": self.empty,
            "summary": self.summary,
            "reasons": [
                {
                    "kind": reason.kind.value,
                    "message": reason.message,
                    "remedy": reason.remedy,
                    "near": list(reason.suggestions),
                    **_place(reason.position),
                }
                for reason in self.reasons
            ],
            "notes": [
                {"note": note.iri, "label": note.label, "text": note.text} for note in self.notes
            ],
            "unexamined": [
                {"message": part.message, **_place(part.position)} for part in self.unexamined
            ],
        }

    def text(self) -> str:
        """Return the explanation as plain text."""
        return "\n\n".join(self._paragraphs()) + "\n"

    def _paragraphs(self) -> Iterator[str]:
        yield self.summary if not self.reasons else "The answer is empty."
        for reason in self.reasons:
            lines = [reason.message, *_lines(reason.position), reason.remedy]
            yield "\n".join(line for line in lines if line)
        for note in self.notes:
            yield f"The text does not say it: {note.label}.\n{note.text}\n<{note.iri}>"
        for part in self.unexamined:
            yield "\n".join([f"Not examined: {part.message}", *_lines(part.position)])


def _place(position: Position | None) -> dict[str, object]:
    if position is None:
        return {}
    return {"line": position.line, "column": position.column, "excerpt": position.caret()}


def _lines(position: Position | None) -> list[str]:
    if position is None:
        return []
    return [f"Line {position.line}, column {position.column}:", position.caret()]
