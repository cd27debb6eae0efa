"""The header fields of an answer; the fields that many answers share are encoded once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

VARY = ("Vary", "Accept, Accept-Encoding")
"""The last field of a head that many answers share: Vary."""


class Head:
    """The fields of an answer, and their text with one field on a line.

    Many answers share the same beginning, which is made once.
    """

    __slots__ = ("fields", "text")

    def __init__(self, fields: Iterable[tuple[str, str]], text: str | None = None) -> None:
        self.fields = tuple(fields)
        self.text = "".join(f"{n}: {v}\r\n" for n, v in self.fields) if text is None else text

    def adding(self, name: str, value: str) -> Head:
        """Return a head with one more field."""
        return Head((*self.fields, (name, value)), f"{self.text}{name}: {value}\r\n")

    def preceded_by(self, name: str, value: str) -> Head:
        """Return a head with one more field, before the others."""
        return Head(((name, value), *self.fields), f"{name}: {value}\r\n{self.text}")

    def without(self, name: str) -> Head:
        """Return a head without a field; ``name`` is in lower case."""
        if self.field(name) is None:
            return self
        return Head(each for each in self.fields if each[0].lower() != name)

    def replacing(self, name: str, value: str) -> Head:
        """Return a head with a new value of a field."""
        return self.without(name.lower()).adding(name, value)

    def field(self, name: str) -> str | None:
        """Return the value of a field, its lines joined; ``name`` is in lower case."""
        values = [value for key, value in self.fields if key.lower() == name]
        return ", ".join(values) if values else None

    @property
    def length(self) -> int | None:
        """Return the value of Content-Length, if the head has it."""
        value = self.field("content-length") or ""
        return int(value) if value.isascii() and value.isdigit() else None
