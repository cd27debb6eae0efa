"""Updates the list of passages and the facts of a text after its words were changed.

A passage that is still in the text keeps its name, its kind and its facts. Everything is computed
and checked before a file is written; a second run changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graphsvc import layout
from graphsvc.authoring import extraction, plain, removed_passages, saving, segments
from graphsvc.authoring.adding import is_stating, original_of
from graphsvc.authoring.facts_file import FactsBlock, FactsFile, new_block
from graphsvc.authoring.matching import Matching, MatchKind, PassageMatch
from graphsvc.authoring.names import PassageNames
from graphsvc.authoring.removed_passages import RemovedPassage
from graphsvc.authoring.text_files import ProjectContext, refuse_faults
from graphsvc.errors import InputError, TextError
from graphsvc.namespaces import DCTERMS, Prefixes
from graphsvc.texts import register
from graphsvc.texts.anchoring import anchor_passages
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
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from graphsvc.authoring.extraction import SourceDocument
    from graphsvc.authoring.stretches import Extract, Stretch
    from graphsvc.files import SourceFile


@dataclass(frozen=True, slots=True)
class ChangedPassage:
    """A passage whose words have changed a little: its old entry and its new one."""

    before: PassageEntry
    after: PassageEntry


@dataclass(frozen=True, slots=True)
class Update:
    """The changes to a text: its changed files (None to remove one) and its passages by change.

    ``mentions`` are the places that name a removed passage, each as ``file:line``.
    """

    place: TextLocation
    files: Mapping[str, bytes | None]
    moved: tuple[PassageEntry, ...]
    changed: tuple[ChangedPassage, ...]
    new: tuple[PassageEntry, ...]
    returned: tuple[PassageEntry, ...]
    removed: tuple[PassageEntry, ...]
    mentions: Mapping[str, Sequence[str]]

    def write(self, root: Path) -> None:
        """Write the files that change. Errors: TextError."""
        saving.replace(root / "data" / self.place.slug, self.files)


def update(root: Path, slug: str, original: Path | None = None) -> Update:
    """Compute the update of a text whose text.txt was changed, or that has a new original.

    Errors: TextError if there is no such text; InputError if its files are invalid.
    """
    context = ProjectContext.of(root)
    place = TextLocation(slug, context.project.base)
    if slug not in layout.text_folders(root):
        raise TextError(
            f"The project has no text {slug}.",
            remedy=f"It has: {', '.join(layout.text_folders(root)) or 'none'}.",
        )
    current = _Files.of(context, place)
    if original is None:
        extract = plain.read(current.content)
        original_files: dict[str, bytes | None] = {}
    else:
        document = extraction.read(original)
        extract = document.extract
        original_files = _originals(root / "data" / slug, document)
    arrangement = _arrange(current, extract, PassageNames(root))
    facts = _facts(current, arrangement, context)
    refuse_faults(arrangement.entries, extract.content, facts, place)
    files = {
        WORDS: extract.content.encode() if original else current.words,
        REGISTER: current.register_of(arrangement.entries),
        FACTS: facts.encode(),
        **original_files,
    }
    changing = {name: data for name, data in files.items() if data != current.data.get(name)}
    mentions = {each.name: _mentions(context, place, each) for each in arrangement.removed}
    return Update(
        place,
        changing,
        tuple(arrangement.of_kind(MatchKind.MOVED)),
        tuple(arrangement.changed()),
        tuple(entry for entry in arrangement.added if entry.name not in arrangement.returned),
        tuple(entry for entry in arrangement.added if entry.name in arrangement.returned),
        tuple(arrangement.removed),
        {name: places for name, places in mentions.items() if places},
    )


@dataclass(frozen=True)
class _Files:
    """The current files of a text."""

    place: TextLocation
    data: Mapping[str, bytes]
    entries: Sequence[PassageEntry]
    facts: FactsFile
    prefixes: Prefixes
    language: str | None

    @classmethod
    def of(cls, context: ProjectContext, place: TextLocation) -> _Files:
        """Read the files of a text. Errors: InputError if one is missing or invalid."""
        folder = context.project.root / "data" / place.slug
        own = {file.path: file for file in context.project.files}
        named = {name: own.get(place.path(name)) for name in layout.TEXT_FILES}
        listed = named[REGISTER]
        entries, wrong = register.read(listed.text if listed else "", place)
        faults = [
            each
            for each in context.project.findings
            if each.check in ("syntax", "missing-file", "encoding")
            and str(each.path).startswith(f"data/{place.slug}/")
        ]
        if faults or wrong:
            raise InputError(
                f"The files of {place.slug} have errors; nothing was written.",
                [*faults, *wrong],
                remedy="Mend them first.",
            )
        data = {name: file.data for name, file in named.items() if file is not None}
        originals = (path for path in folder.glob("original.*") if path.is_file())
        data |= {path.name: path.read_bytes() for path in originals}
        facts = FactsFile.read(data[FACTS].decode())
        prefixes = Prefixes(own[place.path(FACTS)].prefixes)
        return cls(place, data, entries, facts, prefixes, _language(named[SOURCE], place))

    @property
    def words(self) -> bytes:
        """Return the text, byte for byte."""
        return self.data[WORDS]

    @property
    def content(self) -> str:
        """Return the text's characters."""
        return self.words.decode()

    def register_of(self, entries: Sequence[PassageEntry]) -> bytes:
        """Return the file of the list of passages; the current file if the list is the same."""
        return self.data[REGISTER] if list(entries) == self.entries else _format_register(entries)


def _format_register(entries: Sequence[PassageEntry]) -> bytes:
    return register.format_register(entries).encode()


def _language(source: SourceFile | None, place: TextLocation) -> str | None:
    for quad in source.quads if source else ():
        is_of_text = quad.subject == NamedNode(place.document)
        if is_of_text and quad.predicate == DCTERMS.language and isinstance(quad.object, Literal):
            return quad.object.value
    return None


def _originals(folder: Path, document: SourceDocument) -> dict[str, bytes | None]:
    """Return the new original, and None for each old one, which is removed."""
    before: dict[str, bytes | None] = {path.name: None for path in folder.glob("original.*")}
    return before | original_of(document)


@dataclass(frozen=True, slots=True)
class _Arrangement:
    """The passages of the changed text in order, and the matches of the passages ``before``.

    ``added`` are passages that the list did not have; of these, ``returned`` were removed once.
    """

    before: Sequence[PassageEntry]
    entries: Sequence[PassageEntry]
    matches: Sequence[PassageMatch]
    added: Sequence[PassageEntry]
    returned: Mapping[str, RemovedPassage]

    def of_kind(self, kind: MatchKind) -> Iterator[PassageEntry]:
        """Yield the old entries whose matches have a kind."""
        return (self.before[match.old] for match in self.matches if match.kind is kind)

    def changed(self) -> Iterator[ChangedPassage]:
        """Yield the passages whose words have changed, in the order of the text."""
        after = {entry.name: entry for entry in self.entries}
        return (
            ChangedPassage(entry, after[entry.name]) for entry in self.of_kind(MatchKind.CHANGED)
        )

    @property
    def removed(self) -> list[PassageEntry]:
        """Return the passages that are no longer in the text."""
        matched = {match.old for match in self.matches}
        return [entry for old, entry in enumerate(self.before) if old not in matched]


def _arrange(files: _Files, extract: Extract, names: PassageNames) -> _Arrangement:
    content = extract.content
    passages, misplaced = anchor_passages(files.entries, content, files.place)
    if not misplaced:
        matches = [
            PassageMatch(old, passage.begin, passage.end, MatchKind.SAME)
            for old, passage in enumerate(passages)
        ]
        return _Arrangement(files.entries, files.entries, matches, (), {})
    parts = segments.passages(content, extract.stretches, files.language)
    matching = Matching([entry.words for entry in files.entries], content, parts)
    matches = matching.find_matches()
    unmatched = [
        (begin, content[begin:end], part) for begin, end, part in matching.unmatched(matches)
    ]
    returned = _returned_passages(unmatched, files)
    added = _added_passages(unmatched, returned, names)
    existing = [
        (m.begin, replace(files.entries[m.old], words=content[m.begin : m.end])) for m in matches
    ]
    ordered = [entry for _, entry in sorted([*existing, *added], key=lambda each: each[0])]
    of_old = {each.entry.name: each for each in returned.values()}
    new = frozenset(entry.name for _, entry in added) - of_old.keys()
    entries = list(_with_kinds_of_neighbours(ordered, new))
    new_entries = [entry for entry in entries if entry.name in new or entry.name in of_old]
    return _Arrangement(files.entries, entries, matches, new_entries, of_old)


def _added_passages(
    unmatched: Sequence[tuple[int, str, Stretch]],
    returned: Mapping[int, RemovedPassage],
    names: PassageNames,
) -> list[tuple[int, PassageEntry]]:
    """Return the passages that are not in the list, with their offsets."""
    fresh = iter(names.next(len(unmatched) - len(returned)))
    return [
        (
            begin,
            returned[begin].entry
            if begin in returned
            else PassageEntry(next(fresh), part.kind, words, part.level),
        )
        for begin, words, part in unmatched
    ]


def _returned_passages(
    unmatched: Sequence[tuple[int, str, Stretch]], files: _Files
) -> dict[int, RemovedPassage]:
    """Return the removed passages whose words are in the text again, by their offsets."""
    notes = {each.entry.words: each for each in removed_passages.read(files.data[FACTS].decode())}
    matches = ((begin, notes.pop(words, None)) for begin, words, _ in unmatched)
    return {begin: note for begin, note in matches if note is not None}


def _with_kinds_of_neighbours(
    entries: Sequence[PassageEntry], new: frozenset[str]
) -> Iterator[PassageEntry]:
    """Yield the passages; a new line within a list or at its end is an item, and no heading."""
    before: PassageEntry | None = None
    for entry, after in zip(entries, [*entries[1:], None], strict=True):
        follows_item = before is not None and before.kind is PassageKind.ITEM
        in_list = follows_item and (after is None or after.kind is not PassageKind.SENTENCE)
        if entry.name in new and entry.kind is PassageKind.HEADING and in_list:
            before = replace(entry, kind=PassageKind.ITEM, level=0)
        else:
            before = entry
        yield before


def _facts(files: _Files, arrangement: _Arrangement, context: ProjectContext) -> str:
    """Return the file of facts with its blocks in order, under the words of their passages."""
    place = files.place
    moved = {place.passage(entry.name) for entry in arrangement.of_kind(MatchKind.MOVED)}
    removed_entries = arrangement.removed
    blocks = {block.graph: block for block in files.facts.blocks}
    removed = moved | {place.passage(entry.name) for entry in removed_entries}
    staying = files.facts.graphs - removed
    inserted: dict[str | None, list[FactsBlock]] = {}
    added = {entry.name for entry in arrangement.added if is_stating(entry.kind)}
    last: str | None = None
    for entry in arrangement.entries:
        graph = place.passage(entry.name)
        if graph in staying:
            last = graph
        elif graph in moved and graph in blocks:
            inserted.setdefault(last, []).append(blocks[graph])
        elif entry.name in arrangement.returned and arrangement.returned[entry.name].block:
            body = arrangement.returned[entry.name].block
            inserted.setdefault(last, []).append(FactsBlock(graph, "", body, has_facts=True))
        elif entry.name in added:
            suggestions = context.thing_names.find_in(entry.words)
            block = new_block(graph, entry.words, suggestions, files.prefixes)
            inserted.setdefault(last, []).append(block)
    words = {place.passage(entry.name): entry.words for entry in arrangement.entries}
    text = files.facts.rearrange(removed, inserted).with_quotes(words).text
    if arrangement.returned:
        text = removed_passages.remove_notes(text, arrangement.returned)
    return removed_passages.append_notes(
        text, (_removed_passage(entry, blocks, place) for entry in removed_entries)
    )


def _removed_passage(
    entry: PassageEntry, blocks: Mapping[str, FactsBlock], place: TextLocation
) -> RemovedPassage:
    block = blocks.get(place.passage(entry.name))
    return RemovedPassage(entry, block.body if block is not None and block.has_facts else "")


def _mentions(context: ProjectContext, place: TextLocation, entry: PassageEntry) -> list[str]:
    """Return the places where other files name a removed passage."""
    own = {place.path(FACTS), place.path(REGISTER)}
    iri = place.passage(entry.name)
    return [
        f"{file.path}:{file.mentions[iri]}"
        for file in context.project.files
        if file.quads and file.path not in own and iri in file.mentions
    ]
