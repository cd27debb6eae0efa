"""Findings of checks: one form for all messages about the project's files."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


def printable(text: str) -> str:
    """Return a text for a terminal: control characters are escaped, so that they have no effect.

    Files, their names and their errors are untrusted; only line ends are kept.
    """
    return "".join(each if each.isprintable() or each == "\n" else _escaped(each) for each in text)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


class Severity(StrEnum):
    """How much a finding weighs: an error stops a build, the others are shown."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, where it is, and what to do.

    ``check`` is the kebab-case name of the check that found it. ``path`` is relative to the
    project's folder; ``line`` and ``column`` count from 1; ``entity`` is the IRI it is about.
    """

    check: str
    message: str
    remedy: str
    severity: Severity = Severity.ERROR
    path: str | None = None
    line: int | None = None
    column: int | None = None
    entity: str | None = None

    def place(self) -> str:
        """Return ``file:line:column`` as far as it is known, else the entity, else nothing."""
        if self.path is None:
            return self.entity or ""
        numbers = [str(number) for number in (self.line, self.column) if number is not None]
        return ":".join([self.path, *numbers])
