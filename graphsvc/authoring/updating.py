"""A text that was changed: its list of passages and its facts brought in line with it.

Whatever is still in the text keeps its name, its kind and its facts. All is computed and checked
before a file is written, and a second run finds nothing to do.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graphsvc import layout
from graphsvc.authoring import extraction, gone, plain, saving, segments
from graphsvc.authoring.adding import is_stating, original_of
from graphsvc.authoring.facts_file import FactsBlock, FactsFile, new_block
from graphsvc.authoring.gone import Gone
from graphsvc.authoring.matching import Fate, Match, Matching
from graphsvc.authoring.names import Names
from graphsvc.authoring.text_files import Surroundings, refuse_faults
from graphsvc.errors import InputError, TextError
from graphsvc.namespaces import DCTERMS, Prefixes
from graphsvc.texts import register
from graphsvc.texts.anchoring import anchored
from graphsvc.texts.model import FACTS, REGISTER, SOURCE, WORDS, Entry, Kind, Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from graphsvc.authoring.extraction import Document
    from graphsvc.authoring.stretches import Extract, Stretch
    from graphsvc.files import SourceFile


@dataclass(frozen=True, slots=True)
class Changed:
    """A passage whose words have changed a little: as they were and as they are."""

    before: Entry
    after: Entry


@dataclass(frozen=True, slots=True)
class Update:
    """What becomes of a text: its files that change, None for one to be removed, and its passages.

    ``mentions`` are the places that name a passage that is gone, each as ``file:line``.
    """

    place: Place
    files: Mapping[str, bytes | None]
    moved: tuple[Entry, ...]
    changed: tuple[Changed, ...]
    new: tuple[Entry, ...]
    returned: tuple[Entry, ...]
    gone: tuple[Entry, ...]
    mentions: Mapping[str, Sequence[str]]

    def write(self, root: Path) -> None:
        """Write the files that change. Errors: TextError."""
        saving.replace(root / "data" / self.place.slug, self.files)


def update(root: Path, slug: str, original: Path | None = None) -> Update:
    """Compute what becomes of a text after its text.txt was changed, or with a new original.

    TextError if there is no such text; InputError if its files are not right in themselves.
    """
    around = Surroundings.of(root)
    place = Place(slug, around.project.base)
    if slug not in layout.text_folders(root):
        raise TextError(
            f"The project has no text {slug}.",
            remedy=f"It has: {', '.join(layout.text_folders(root)) or 'none'}.",
        )
    files = _Files.of(around, place)
    if original is None:
        extract = plain.read(files.content)
        taken: dict[str, bytes | None] = {}
    else:
        document = extraction.read(original)
        extract = document.extract
        taken = _originals(root / "data" / slug, document)
    arranged = _arranged(files, extract, Names(root))
    facts = _facts(files, arranged, around)
    refuse_faults(arranged.entries, extract.content, facts, place)
    written = {
        WORDS: extract.content.encode() if original else files.words,
        REGISTER: files.listed_anew(arranged.entries),
        FACTS: facts.encode(),
        **taken,
    }
    changing = {name: data for name, data in written.items() if data != files.data.get(name)}
    mentions = {each.name: _mentions(around, place, each) for each in arranged.gone}
    return Update(
        place,
        changing,
        tuple(arranged.of(Fate.MOVED)),
        tuple(arranged.changed()),
        tuple(entry for entry in arranged.added if entry.name not in arranged.returned),
        tuple(entry for entry in arranged.added if entry.name in arranged.returned),
        tuple(arranged.gone),
        {name: places for name, places in mentions.items() if places},
    )


@dataclass(frozen=True)
class _Files:
    """The files of a text as they are."""

    place: Place
    data: Mapping[str, bytes]
    entries: Sequence[Entry]
    facts: FactsFile
    prefixes: Prefixes
    language: str | None

    @classmethod
    def of(cls, around: Surroundings, place: Place) -> _Files:
        """Return the files of a text. InputError if one is missing, or wrong in itself."""
        folder = around.project.root / "data" / place.slug
        own = {file.path: file for file in around.project.files}
        named = {name: own.get(place.path(name)) for name in layout.TEXT_FILES}
        listed = named[REGISTER]
        entries, wrong = register.read(listed.text if listed else "", place)
        faults = [
            each
            for each in around.project.findings
            if each.check in ("syntax", "missing-file", "encoding")
            and str(each.path).startswith(f"data/{place.slug}/")
        ]
        if faults or wrong:
            raise InputError(
                f"The files of {place.slug} are not right in themselves; nothing was written.",
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

    def listed_anew(self, entries: Sequence[Entry]) -> bytes:
        """Return the list of passages; as its file is, if that says the same."""
        return self.data[REGISTER] if list(entries) == self.entries else _written(entries)


def _written(entries: Sequence[Entry]) -> bytes:
    return register.written(entries).encode()


def _language(source: SourceFile | None, place: Place) -> str | None:
    for quad in source.quads if source else ():
        is_of_text = quad.subject == NamedNode(place.document)
        if is_of_text and quad.predicate == DCTERMS.language and isinstance(quad.object, Literal):
            return quad.object.value
    return None


def _originals(folder: Path, document: Document) -> dict[str, bytes | None]:
    """Return the new original, and the removal of the one before."""
    before: dict[str, bytes | None] = {path.name: None for path in folder.glob("original.*")}
    return before | original_of(document)


@dataclass(frozen=True, slots=True)
class _Arranged:
    """The passages of the changed text in order; what became of those before.

    ``added`` are those that the list has not had; of these, ``returned`` by their names were gone.
    """

    before: Sequence[Entry]
    entries: Sequence[Entry]
    matches: Sequence[Match]
    added: Sequence[Entry]
    returned: Mapping[str, Gone]

    def of(self, fate: Fate) -> Iterator[Entry]:
        """Yield the passages of a fate, as they are listed before."""
        return (self.before[match.old] for match in self.matches if match.fate is fate)

    def changed(self) -> Iterator[Changed]:
        """Yield the passages whose words have changed, in the order of the text."""
        after = {entry.name: entry for entry in self.entries}
        return (Changed(entry, after[entry.name]) for entry in self.of(Fate.CHANGED))

    @property
    def gone(self) -> list[Entry]:
        """Return the passages that are in the text no more."""
        there = {match.old for match in self.matches}
        return [entry for old, entry in enumerate(self.before) if old not in there]


def _arranged(files: _Files, extract: Extract, names: Names) -> _Arranged:
    content = extract.content
    passages, misplaced = anchored(files.entries, content, files.place)
    if not misplaced:
        matches = [
            Match(old, passage.begin, passage.end, Fate.SAME)
            for old, passage in enumerate(passages)
        ]
        return _Arranged(files.entries, files.entries, matches, (), {})
    parts = segments.passages(content, extract.stretches, files.language)
    matching = Matching([entry.words for entry in files.entries], content, parts)
    matches = matching.matches()
    left = [(begin, content[begin:end], part) for begin, end, part in matching.left(matches)]
    returned = _returned(left, files)
    added = _added(left, returned, names)
    kept = [
        (m.begin, replace(files.entries[m.old], words=content[m.begin : m.end])) for m in matches
    ]
    ordered = [entry for _, entry in sorted([*kept, *added], key=lambda each: each[0])]
    of_old = {each.entry.name: each for each in returned.values()}
    new = frozenset(entry.name for _, entry in added) - of_old.keys()
    entries = list(_with_kinds_of_neighbours(ordered, new))
    fresh = [entry for entry in entries if entry.name in new or entry.name in of_old]
    return _Arranged(files.entries, entries, matches, fresh, of_old)


def _added(
    left: Sequence[tuple[int, str, Stretch]], returned: Mapping[int, Gone], names: Names
) -> list[tuple[int, Entry]]:
    """Return the passages that the list has not, by their places."""
    fresh = iter(names.next(len(left) - len(returned)))
    return [
        (
            begin,
            returned[begin].entry
            if begin in returned
            else Entry(next(fresh), part.kind, words, part.level),
        )
        for begin, words, part in left
    ]


def _returned(left: Sequence[tuple[int, str, Stretch]], files: _Files) -> dict[int, Gone]:
    """Return the passages that were gone and whose words are in the text again, by their places."""
    notes = {each.entry.words: each for each in gone.read(files.data[FACTS].decode())}
    found = ((begin, notes.pop(words, None)) for begin, words, _ in left)
    return {begin: note for begin, note in found if note is not None}


def _with_kinds_of_neighbours(entries: Sequence[Entry], new: frozenset[str]) -> Iterator[Entry]:
    """Yield the passages; a new line within a list or at its end is an item, and no heading."""
    before: Entry | None = None
    for entry, after in zip(entries, [*entries[1:], None], strict=True):
        follows_item = before is not None and before.kind is Kind.ITEM
        in_list = follows_item and (after is None or after.kind is not Kind.SENTENCE)
        if entry.name in new and entry.kind is Kind.HEADING and in_list:
            before = replace(entry, kind=Kind.ITEM, level=0)
        else:
            before = entry
        yield before


def _facts(files: _Files, arranged: _Arranged, around: Surroundings) -> str:
    """Return the file of facts: its blocks in place, under the words of their passages."""
    place = files.place
    moved = {place.passage(entry.name) for entry in arranged.of(Fate.MOVED)}
    gone_entries = arranged.gone
    blocks = {block.graph: block for block in files.facts.blocks}
    removed = moved | {place.passage(entry.name) for entry in gone_entries}
    staying = files.facts.graphs - removed
    inserted: dict[str | None, list[FactsBlock]] = {}
    added = {entry.name for entry in arranged.added if is_stating(entry.kind)}
    last: str | None = None
    for entry in arranged.entries:
        graph = place.passage(entry.name)
        if graph in staying:
            last = graph
        elif graph in moved and graph in blocks:
            inserted.setdefault(last, []).append(blocks[graph])
        elif entry.name in arranged.returned and arranged.returned[entry.name].block:
            body = arranged.returned[entry.name].block
            inserted.setdefault(last, []).append(FactsBlock(graph, "", body, has_facts=True))
        elif entry.name in added:
            suggestions = around.known.named_in(entry.words)
            block = new_block(graph, entry.words, suggestions, files.prefixes)
            inserted.setdefault(last, []).append(block)
    words = {place.passage(entry.name): entry.words for entry in arranged.entries}
    text = files.facts.rearranged(removed, inserted).quoting(words).text
    if arranged.returned:
        text = gone.without(text, arranged.returned)
    return gone.appended(text, (_gone(entry, blocks, place) for entry in gone_entries))


def _gone(entry: Entry, blocks: Mapping[str, FactsBlock], place: Place) -> Gone:
    block = blocks.get(place.passage(entry.name))
    return Gone(entry, block.body if block is not None and block.has_facts else "")


def _mentions(around: Surroundings, place: Place, entry: Entry) -> list[str]:
    """Return where other files name a passage that is gone."""
    own = {place.path(FACTS), place.path(REGISTER)}
    iri = place.passage(entry.name)
    return [
        f"{file.path}:{file.mentions[iri]}"
        for file in around.project.files
        if file.quads and file.path not in own and iri in file.mentions
    ]
