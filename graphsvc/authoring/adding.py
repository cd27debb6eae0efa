"""Adds a new text to a project: its words, the list of its passages, and a file for its facts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graphsvc.authoring import extraction, saving, segments
from graphsvc.authoring.facts_file import FactsFile, new_block
from graphsvc.authoring.names import PassageNames
from graphsvc.authoring.text_files import ProjectContext, refuse_faults
from graphsvc.errors import TextError
from graphsvc.namespaces import DCTERMS, Prefixes
from graphsvc.texts import comparing, register
from graphsvc.texts.model import (
    FACTS,
    REGISTER,
    SOURCE,
    WORDS,
    PassageEntry,
    PassageKind,
    TextLocation,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from graphsvc.authoring.extraction import SourceDocument
    from graphsvc.authoring.suggestions import Suggestion

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")

_SOURCE_HEAD = (
    "# What only a person knows of this text. What can be computed of it, the program says.\n"
)
_FACTS_HEAD = """\
# What each passage states: the sentence, then its triples.
#
# The lines with things are suggestions: things of the project that the sentence names.
"""


@dataclass(frozen=True, slots=True)
class TextOptions:
    """What a person enters for a new text; values that are None are taken from the file."""

    slug: str | None = None
    title: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class AddedText:
    """A text that was added: its location, its passages, and suggestions by passage name."""

    place: TextLocation
    entries: tuple[PassageEntry, ...]
    suggestions: Mapping[str, Sequence[Suggestion]]


def add(root: Path, file: Path, options: TextOptions) -> AddedText:
    """Add a text to the project in a folder.

    Errors: TextError if the file cannot be read, or if a text has that name; then nothing is
    written.
    """
    context = ProjectContext.of(root)
    slug = options.slug or comparing.slug(file.stem)
    if not _SLUG.fullmatch(slug):
        raise TextError(
            f"{slug or file.stem!r} cannot be the name of a text's folder.",
            remedy="Name it with --name, in small letters of a to z, digits and hyphens.",
        )
    if (root / "data" / slug).exists():
        raise TextError(
            f"There is a folder data/{slug} already.",
            remedy=f"Give the text another --name, or run: graphsvc text update {slug} FILE.",
        )
    document = extraction.read(file)
    extract = document.extract
    language = _language(options.language or extract.language)
    place = TextLocation(slug, context.project.base)
    entries = _entries(document, language, PassageNames(root))
    suggestions = {each.name: context.thing_names.find_in(each.words) for each in entries}
    facts = _facts(entries, suggestions, place, context.prefixes)
    refuse_faults(entries, extract.content, facts, place)
    title = options.title or extract.title or _heading(entries) or file.stem
    files = {
        WORDS: extract.content.encode(),
        REGISTER: register.format_register(entries).encode(),
        SOURCE: _source(place, title, language, context.document_class, context).encode(),
        FACTS: facts.encode(),
        **original_of(document),
    }
    saving.create(root / "data" / slug, files)
    return AddedText(
        place, tuple(entries), {name: each for name, each in suggestions.items() if each}
    )


def original_of(document: SourceDocument) -> dict[str, bytes]:
    """Return the original file by its name; nothing if the text itself is the original."""
    is_text = document.data == document.extract.content.encode()
    return {} if is_text else {f"original{document.ending}": document.data}


def is_stating(kind: PassageKind) -> bool:
    """Tell whether passages of a kind are expected to state facts: furniture is not."""
    return kind is not PassageKind.FURNITURE


def _language(tag: str | None) -> str | None:
    if tag is not None and not _LANGUAGE.fullmatch(tag):
        raise TextError(
            f"{tag!r} is no tag of a language.",
            remedy="Give one with --language, such as en, de or zh-Hant.",
        )
    return tag


def _entries(
    document: SourceDocument, language: str | None, names: PassageNames
) -> list[PassageEntry]:
    content = document.extract.content
    parts = segments.passages(content, document.extract.stretches, language)
    return [
        PassageEntry(name, part.kind, content[part.begin : part.end], part.level)
        for name, part in zip(names.next(len(parts)), parts, strict=True)
    ]


def _facts(
    entries: Sequence[PassageEntry],
    suggestions: Mapping[str, Sequence[Suggestion]],
    place: TextLocation,
    prefixes: Prefixes,
) -> str:
    blocks = [
        new_block(place.passage(entry.name), entry.words, suggestions[entry.name], prefixes)
        for entry in entries
        if is_stating(entry.kind)
    ]
    declared = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in prefixes.items())
    empty = FactsFile(end=f"{_FACTS_HEAD}\n{declared}")
    return empty.rearrange((), {None: blocks}).text


def _heading(entries: Sequence[PassageEntry]) -> str | None:
    headings = (entry for entry in entries if entry.kind is PassageKind.HEADING)
    first = min(headings, key=lambda entry: entry.level, default=None)
    return " ".join(first.words.split()) if first else None


def _source(
    place: TextLocation,
    title: str,
    language: str | None,
    document_class: NamedNode | None,
    context: ProjectContext,
) -> str:
    prefixes = context.project.prefixes
    own = Prefixes({"dcterms": str(DCTERMS), "source": f"{place.base}source/"})
    table = Prefixes({**prefixes, **own})
    facts = [f"dcterms:title {Literal(title)}" + (f"@{language}" if language else "")]
    facts += [f"dcterms:language {Literal(language)}"] if language else []
    facts = [f"a {table.compact(document_class.value)}", *facts] if document_class else facts
    body = f"{table.compact(place.document)} " + " ;\n    ".join(facts) + " .\n"
    used = {name: iri for name, iri in table.items() if re.search(rf"\b{name}:", body)}
    declared = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in used.items())
    return f"{_SOURCE_HEAD}\n{declared}\n{body}"
