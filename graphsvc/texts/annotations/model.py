"""The content of an annotation file, in any format."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyoxigraph import Triple


@dataclass(frozen=True, slots=True)
class AnnotatedSpan:
    """Some words of a text, and what they name.

    ``key`` is the tool's name for the span; ``begin`` is the tool's offset in code points, or -1;
    ``before`` and ``after`` are words around it, if known. ``label`` is the tool's word for the
    kind of thing, ``iri`` the linked thing, ``classes`` the IRIs of its classes.
    """

    key: str
    words: str
    begin: int = -1
    before: str = ""
    after: str = ""
    label: str | None = None
    iri: str | None = None
    classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SpanRelation:
    """A relation from the span with one key to that with another; ``label`` is the tool's word."""

    source: str
    target: str
    label: str


@dataclass(frozen=True, slots=True)
class SpanStatement:
    """A triple that the words of a span state."""

    span: AnnotatedSpan
    triple: Triple


@dataclass(frozen=True, slots=True)
class Annotations:
    """The content of an annotation file."""

    spans: Sequence[AnnotatedSpan] = field(default_factory=tuple)
    relations: Sequence[SpanRelation] = field(default_factory=tuple)
    statements: Sequence[SpanStatement] = field(default_factory=tuple)
