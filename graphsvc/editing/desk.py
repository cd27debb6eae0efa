"""A text that is edited: its passages, the facts of each, and how they are saved."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graphsvc import layout, sources, sparql, trig
from graphsvc.editing import blocks, saving, things
from graphsvc.editing.blocks import Sentence
from graphsvc.errors import TextError, UnknownEntity
from graphsvc.namespaces import DCTERMS, Prefixes
from graphsvc.texts import register
from graphsvc.texts.model import FACTS, REGISTER, PassageKind, TextLocation

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from graphsvc.sources import Project
    from graphsvc.texts.model import PassageEntry


@dataclass(frozen=True, slots=True)
class PassageRow:
    """A passage in the list of the page."""

    name: str
    words: str
    kind: str
    level: int
    has_facts: bool

    @property
    def lacks_facts(self) -> bool:
        """Tell whether a passage of the text itself has no facts."""
        return not self.has_facts and self.kind in (
            PassageKind.SENTENCE.value,
            PassageKind.ITEM.value,
        )


class Desk:
    """A text of a project, read from its current files."""

    def __init__(self, root: Path, slug: str) -> None:
        """Read the project. Errors: UnknownEntity if it has no such text; InputError."""
        if slug not in layout.text_folders(root):
            raise UnknownEntity(slug)
        self.root = root
        self.project: Project = sources.load(root)
        self.place = TextLocation(slug, self.project.base)
        self.file = root / self.place.path(FACTS)
        self._data = self.file.read_bytes()

    @property
    def digest(self) -> str:
        """Return the digest of the facts file at the time of reading."""
        return saving.digest(self._data)

    @cached_property
    def text(self) -> str:
        """Return the facts file. Errors: TextError if it is not UTF-8."""
        try:
            return self._data.decode("utf-8")
        except UnicodeDecodeError as error:
            message = f"{self.place.path(FACTS)} is not UTF-8: {error.reason} at {error.start}."
            raise TextError(message, remedy="Save the file as UTF-8.") from error

    @cached_property
    def prefixes(self) -> Prefixes:
        """Return the prefixes that the facts file declares."""
        return Prefixes(sparql.declared_prefixes(self.text))

    @cached_property
    def entries(self) -> dict[str, PassageEntry]:
        """Return the passages by their names, in the order of the text."""
        listed = (self.root / self.place.path(REGISTER)).read_text("utf-8")
        return {entry.name: entry for entry in register.read(listed, self.place)[0]}

    @cached_property
    def language(self) -> str | None:
        """Return the language of the text, from its description."""
        document = NamedNode(self.place.document)
        for quad in self.project.quads:
            if quad.subject == document and quad.predicate == DCTERMS.language:
                return quad.object.value if isinstance(quad.object, Literal) else None
        return None

    def rows(self) -> list[PassageRow]:
        """Return the passages of the text, each with whether it has facts."""
        inner = {span.graph: self.text[span.start : span.end] for span in blocks.spans(self.text)}
        return [
            PassageRow(
                entry.name,
                entry.words,
                entry.kind.value,
                entry.level,
                blocks.has_facts(inner.get(self.place.passage(entry.name), "")),
            )
            for entry in self.entries.values()
        ]

    def sentence(self, name: str) -> Sentence:
        """Return a passage. Errors: UnknownEntity."""
        if name not in self.entries:
            raise UnknownEntity(self.place.passage(name))
        names = list(self.entries)
        before = [self.place.passage(each) for each in names[: names.index(name)]]
        return Sentence(self.place.passage(name), self.entries[name].words, before)

    def block(self, name: str) -> str:
        """Return the content of the block of a passage; an empty text if it has none."""
        return blocks.content(self.text, self.sentence(name).iri)

    def save(self, name: str, block: str, read: str, labels: Mapping[str, str]) -> None:
        """Write the block of a passage, and the labels of new things that it names.

        ``read`` is the digest of the file from which the block was read.

        Errors: ChangedMeanwhile, BlockError; nothing is written then.
        """
        with saving.lock(self.file.parent):
            for each in (read, self.digest):
                saving.refuse_changed(self.file, each)
            result = blocks.replace_block(self.text, self.sentence(name), block)
            if result == self.text:
                return
            named = trig.mentions(f"{self.declarations}\n{block}")
            new = {iri: label for iri, label in labels.items() if iri in named}
            things.keep_labels(self, new)
            saving.write(self.file, result)

    @property
    def declarations(self) -> str:
        """Return the prefixes of the facts file, declared on one line."""
        return " ".join(f"@prefix {prefix}: <{iri}> ." for prefix, iri in self.prefixes.items())
