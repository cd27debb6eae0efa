"""A new text of a project: its words, the list of its passages, and a file for its facts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graphsvc.authoring import extraction, saving, segments
from graphsvc.authoring.facts_file import FactsFile, new_block
from graphsvc.authoring.names import Names
from graphsvc.authoring.text_files import Surroundings, refuse_faults
from graphsvc.errors import TextError
from graphsvc.namespaces import DCTERMS, Prefixes
from graphsvc.texts import comparing, register
from graphsvc.texts.model import FACTS, REGISTER, SOURCE, WORDS, Entry, Kind, Place

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from graphsvc.authoring.extraction import Document
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
class Wishes:
    """What a person says of a new text; what is None is taken from the file."""

    slug: str | None = None
    title: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Added:
    """A text as it was added: where, its passages, and the things suggested for each, by name."""

    place: Place
    entries: tuple[Entry, ...]
    suggestions: Mapping[str, Sequence[Suggestion]]


def add(root: Path, file: Path, wishes: Wishes) -> Added:
    """Add a text to the project in a folder.

    TextError if the file cannot be read, or there is a text of that name. Nothing is written then.
    """
    around = Surroundings.of(root)
    slug = wishes.slug or comparing.slug(file.stem)
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
    language = _language(wishes.language or extract.language)
    place = Place(slug, around.project.base)
    entries = _entries(document, language, Names(root))
    known = {each.name: around.known.named_in(each.words) for each in entries}
    facts = _facts(entries, known, place, around.prefixes)
    refuse_faults(entries, extract.content, facts, place)
    title = wishes.title or extract.title or _heading(entries) or file.stem
    files = {
        WORDS: extract.content.encode(),
        REGISTER: register.written(entries).encode(),
        SOURCE: _source(place, title, language, around.document_class, around).encode(),
        FACTS: facts.encode(),
        **original_of(document),
    }
    saving.create(root / "data" / slug, files)
    return Added(place, tuple(entries), {name: each for name, each in known.items() if each})


def original_of(document: Document) -> dict[str, bytes]:
    """Return the file that a text was taken from, under its name, if it is not the text itself."""
    is_text = document.data == document.extract.content.encode()
    return {} if is_text else {f"original{document.ending}": document.data}


def is_stating(kind: Kind) -> bool:
    """Tell whether passages of a kind are expected to state facts: furniture is not."""
    return kind is not Kind.FURNITURE


def _language(tag: str | None) -> str | None:
    if tag is not None and not _LANGUAGE.fullmatch(tag):
        raise TextError(
            f"{tag!r} is no tag of a language.",
            remedy="Give one with --language, such as en, de or zh-Hant.",
        )
    return tag


def _entries(document: Document, language: str | None, names: Names) -> list[Entry]:
    content = document.extract.content
    parts = segments.passages(content, document.extract.stretches, language)
    return [
        Entry(name, part.kind, content[part.begin : part.end], part.level)
        for name, part in zip(names.next(len(parts)), parts, strict=True)
    ]


def _facts(
    entries: Sequence[Entry],
    known: Mapping[str, Sequence[Suggestion]],
    place: Place,
    prefixes: Prefixes,
) -> str:
    blocks = [
        new_block(place.passage(entry.name), entry.words, known[entry.name], prefixes)
        for entry in entries
        if is_stating(entry.kind)
    ]
    declared = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in prefixes.items())
    empty = FactsFile(end=f"{_FACTS_HEAD}\n{declared}")
    return empty.rearranged((), {None: blocks}).text


def _heading(entries: Sequence[Entry]) -> str | None:
    headings = (entry for entry in entries if entry.kind is Kind.HEADING)
    first = min(headings, key=lambda entry: entry.level, default=None)
    return " ".join(first.words.split()) if first else None


def _source(
    place: Place,
    title: str,
    language: str | None,
    document_class: NamedNode | None,
    around: Surroundings,
) -> str:
    known = around.project.prefixes
    own = Prefixes({"dcterms": str(DCTERMS), "source": f"{place.base}source/"})
    table = Prefixes({**known, **own})
    facts = [f"dcterms:title {Literal(title)}" + (f"@{language}" if language else "")]
    facts += [f"dcterms:language {Literal(language)}"] if language else []
    facts = [f"a {table.compact(document_class.value)}", *facts] if document_class else facts
    body = f"{table.compact(place.document)} " + " ;\n    ".join(facts) + " .\n"
    used = {name: iri for name, iri in table.items() if re.search(rf"\b{name}:", body)}
    declared = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in used.items())
    return f"{_SOURCE_HEAD}\n{declared}\n{body}"
