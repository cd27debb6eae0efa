"""Everything that can go wrong, as one tree. Nothing here knows of HTTP or of the terminal.

GraphsvcError
├── SettingsError            a setting has a value that cannot be used
├── InputError               files of the project are wrong; carries every finding
├── TextError                a document or a text cannot be taken into a project
├── ReleaseError             a release is missing, or is not what its manifest says
├── QueryError               a query cannot be answered; its author can correct it
│   ├── QuerySyntaxError     not a SPARQL query
│   ├── ForbiddenOperation   SERVICE, LOAD or an update: refused by design
│   ├── UnknownQuery         no query of that name
│   └── ParameterError       a query's parameter is missing, unknown or of the wrong kind
├── UnknownEntity            nothing in the graph has this IRI
├── Withdrawn                the graph had this thing, and has it no more
├── ForwardingError          a trusted proxy names a public address that is none
├── NotAcceptable            no format that the client takes can carry this answer
├── PublishingError          a release cannot be put into an engine
│   ├── EngineRefuses        the engine does not accept a request, and would not accept it again
│   └── EngineAway           the engine does not answer now; it may later
└── StoreError               the store itself failed
    ├── StoreUnavailable     the engine that holds the graph does not answer
    ├── DeadlineExceeded     the request took longer than it may
    ├── MemoryExceeded       the request took more memory than it may
    └── Overloaded           too many requests are waiting
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphsvc.findings import Finding
    from graphsvc.formats import Format

_WINDOW = 72
"""How many characters of a long line are shown on either side of a place."""


class GraphsvcError(Exception):
    """The base class: ``message`` says what is wrong, ``remedy`` what to do about it."""

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class SettingsError(GraphsvcError):
    """A setting has a value that cannot be used."""


class InputError(GraphsvcError):
    """The project's files have errors; ``findings`` lists all of them."""

    def __init__(self, message: str, findings: Sequence[Finding], *, remedy: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.findings = tuple(findings)


class TextError(GraphsvcError):
    """A document or a text cannot be taken into a project, or a project cannot be begun."""


class ReleaseError(GraphsvcError):
    """A release is missing, or is not what its manifest says."""


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a text: line and column, both counted from 1, and the line's own words."""

    line: int
    column: int
    text: str

    def caret(self) -> str:
        """Return the line, cut to a readable width, with a caret under the column."""
        start = max(0, self.column - 1 - _WINDOW)
        words = self.text[start : self.column - 1 + _WINDOW].replace("\t", " ")
        return f"{words}\n{' ' * (self.column - 1 - start)}^"


class QueryError(GraphsvcError):
    """A query cannot be answered; ``position`` is the place of the fault, if it is known."""

    def __init__(self, message: str, *, remedy: str = "", position: Position | None = None) -> None:
        super().__init__(message, remedy=remedy)
        self.position = position


class QuerySyntaxError(QueryError):
    """The text is not a SPARQL query."""


class ForbiddenOperation(QueryError):  # noqa: N818 - it names the operation, not a fault
    """SERVICE, LOAD or an update: a read-only service without egress refuses it."""


class UnknownQuery(QueryError):  # noqa: N818
    """There is no query of this name."""


class ParameterError(QueryError):
    """A query's parameter is missing, unknown or of the wrong kind."""


class UnknownEntity(GraphsvcError):  # noqa: N818
    """Nothing in the graph has this IRI; ``similar`` is an IRI that exists."""

    def __init__(self, iri: str, similar: str | None = None) -> None:
        super().__init__(
            f"Nothing in this graph has the IRI <{iri}>.",
            remedy="Check its spelling." if similar is None else f"Did you mean <{similar}>?",
        )
        self.iri = iri


class Withdrawn(GraphsvcError):  # noqa: N818
    """The graph had a thing with this IRI until ``time``; ``replacements`` have replaced it."""

    def __init__(
        self, iri: str, time: str, replacements: Sequence[str] = (), reasons: Sequence[str] = ()
    ) -> None:
        instead = " and ".join(f"<{each}>" for each in replacements)
        super().__init__(
            " ".join((f"<{iri}> was withdrawn at {time}.", *reasons)),
            remedy=f"Use {instead} in its place." if instead else "Nothing replaces it.",
        )
        self.iri = iri
        self.time = time
        self.replacements = tuple(replacements)


class ForwardingError(GraphsvcError):
    """A trusted proxy sends an invalid public address, or two of them."""


class NotAcceptable(GraphsvcError):  # noqa: N818
    """No format that the client accepts can carry this answer; ``formats`` lists those that can.

    ``message`` says more if the reason is known.
    """

    def __init__(
        self,
        formats: Sequence[Format],
        message: str = "None of the requested formats can carry this answer.",
    ) -> None:
        super().__init__(
            message,
            remedy="Ask for one of: " + ", ".join(fmt.full_type for fmt in formats),
        )
        self.formats = tuple(formats)


class PublishingError(GraphsvcError):
    """A release cannot be put into an engine."""


class EngineRefuses(PublishingError):  # noqa: N818
    """The engine does not accept a request, and would not accept it again."""


class EngineAway(PublishingError):  # noqa: N818
    """The engine does not answer now; it may later."""


class StoreError(GraphsvcError):
    """The store itself failed."""


class StoreUnavailable(StoreError):  # noqa: N818
    """The engine that holds the graph does not answer; a later request may succeed."""


class DeadlineExceeded(StoreError):  # noqa: N818
    """The request took longer than it may."""


class MemoryExceeded(StoreError):  # noqa: N818
    """The request took more memory than it may."""


class Overloaded(StoreError):  # noqa: N818
    """Too many requests are waiting; a later request may succeed."""
