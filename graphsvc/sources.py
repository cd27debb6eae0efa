"""Reads a project's folder: its files, texts, passages and quads, and the findings about them.

Reading continues after an error, so that one run shows all findings.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode, Quad

from graphsvc import files, layout, rdf_files, settings, trig
from graphsvc.base_iris import bases_of
from graphsvc.errors import InputError
from graphsvc.findings import Finding
from graphsvc.layout import LayoutRow, Role
from graphsvc.namespaces import RDF, SH, VOID, Prefixes, graph_iri
from graphsvc.parsing import parse_file
from graphsvc.tables.reading import TableReader
from graphsvc.texts import register
from graphsvc.texts.anchoring import anchor_passages
from graphsvc.texts.blocks import check_blocks
from graphsvc.texts.model import MAPPING, SOURCE, TABLES, Passage, Text, TextLocation
from graphsvc.texts.statements import Original, PassageVocabulary, TextStatements

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from graphsvc.files import SourceFile

#: The row of a file that was named beside the project.
_FREE = LayoutRow("**", Role.RDF)

_BASE = re.compile(r"https?://[^\s<>\"{}|^`\\#?]+/")


@dataclass(frozen=True)
class Project:
    """A project as in its files: its IRIs are the canonical ones, under ``base``.

    ``derived`` are quads that the program has derived; ``languages`` are the language tags of
    literals, the most frequent first, if they were counted. If it ``is_laid_out``, the paths of
    files say what they are, and facts are inferred by the ontology.
    """

    root: Path
    base: str
    prefixes: Prefixes
    files: tuple[SourceFile, ...]
    texts: tuple[Text, ...]
    findings: tuple[Finding, ...]
    derived: tuple[Quad, ...] = ()
    languages: tuple[str, ...] = ()
    is_laid_out: bool = True

    @cached_property
    def quads(self) -> tuple[Quad, ...]:
        """Return every quad, each once, in the order of the files."""
        of_files = (file.quads for file in self.files)
        return tuple(dict.fromkeys(chain(*of_files, self.derived)))

    @cached_property
    def passages(self) -> dict[str, Passage]:
        """Return the passages of all texts by their IRIs."""
        return {passage.iri: passage for text in self.texts for passage in text.passages}

    @cached_property
    def inputs(self) -> dict[str, str]:
        """Return the files that a release is built from, each path with its sha256."""
        return {file.path: file.sha256 for file in self.files}

    def graph(self, name: str) -> NamedNode:
        """Return the IRI of the graph with this name (``"ontology"``, ``"passages"``, …)."""
        return graph_iri(self.base, name)

    def locate(self, term: NamedNode | str) -> tuple[str, int] | None:
        """Return the file and the line where an entity is described, else named, else None."""
        iri = term.value if isinstance(term, NamedNode) else term
        rdf_sources = [file for file in self.files if file.quads]
        for file in rdf_sources:
            if iri in file.subjects:
                return file.path, file.subjects[iri]
        for file in rdf_sources:
            if iri in file.mentions:
                return file.path, file.mentions[iri]
        return None


def load(root: Path, others: Sequence[Path] = (), parser: rdf_files.Parser = parse_file) -> Project:
    """Read the project in this folder, and RDF files beside it.

    RDF outside the layout is read by ``parser``, in any syntax, into graphs of its own. InputError
    is only raised if the folder is missing, or if there is more than one base. All other faults are
    in ``Project.findings``.
    """
    if not root.is_dir():
        raise InputError(
            f"There is no folder {root}.",
            (),
            remedy="Give the project's folder; RDF files are named without --project.",
        )
    placed = list(layout.sources(root))
    read = [files.read(root, path, row) for path, row in placed if row.role is not Role.RDF]
    findings = [finding for _, file_findings in read for finding in file_findings]
    findings += [*files.unknown_files(root), *files.missing_files(root)]
    stated = _base([file for file, _ in read], findings)
    base = stated or bases_of(quad.subject for file, _ in read for quad in file.quads)[0]
    findings += [] if stated else [_without_base(base)]
    free = [(root / path, str(path), row) for path, row in placed if row.role is Role.RDF]
    free += [(each.path, each.name, _FREE) for each in rdf_files.find(others)] if others else []
    beyond = [files.read_rdf(*each, base, parser) for each in free]
    findings += [finding for _, file_findings in beyond for finding in file_findings]
    sources = [file.in_graph(base) for file, _ in (*read, *beyond)]
    prefixes = _prefix_table(sources)
    findings += [
        file_findings for file, _ in read for file_findings in files.check(file, base, prefixes)
    ]
    by_path = {file.path: file for file in sources}
    terms = dict(pair.split("=", 1) for pair in settings.load({"project": root}, {}).passages)
    vocabulary = PassageVocabulary.of(terms, prefixes.in_queries)
    reader = _TextReader(base, vocabulary, by_path)
    whole = [text for slug in layout.text_folders(root) if (text := reader.read(slug)) is not None]
    tables = _TableFiles(TableReader(vocabulary, prefixes.in_queries), base, by_path)
    whole += [text for slug in layout.table_folders(root) for text in tables.read(slug)]
    findings += [*reader.findings, *tables.findings, *_passages_twice(whole)]
    derived = () if stated else tuple(_stating(base, sources))
    return Project(
        root, base, prefixes, tuple(by_path.values()), tuple(whole), tuple(findings), derived
    )


def current_inputs(root: Path, others: Sequence[Path] = ()) -> dict[str, str]:
    """Return ``Project.inputs`` without parsing, to check if a release is stale."""
    paths = {str(path): root / path for path, _ in layout.sources(root)}
    paths |= {each.name: each.path for each in rdf_files.find(others)} if others else {}
    return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in paths.items()}


def _base(sources: Sequence[SourceFile], findings: Sequence[Finding]) -> str | None:
    """Return the canonical base: the only void:uriSpace of the dataset, or None."""
    stated = {
        quad.object.value
        for file in sources
        if file.path == layout.DATASET
        for quad in file.quads
        if quad.predicate == VOID.uriSpace and isinstance(quad.object, Literal | NamedNode)
    }
    if len(stated) == 1 and _BASE.fullmatch(base := next(iter(stated))):
        return base
    if not stated:
        return None
    bases = " and ".join(sorted(stated))
    finding = Finding(
        "base",
        f"The base of all IRIs, void:uriSpace, is {bases}.",
        'Let the dataset say it once: void:uriSpace "https://example.org/graph/", '
        "an http or https IRI that ends in a slash.",
        path=layout.DATASET,
    )
    raise InputError("The project has no base.", [*findings, finding], remedy=finding.remedy)


def _without_base(base: str) -> Finding:
    return Finding(
        "missing-base",
        f"The dataset does not say under which base the IRIs stand; most stand under {base}.",
        f'Let it say so: void:uriSpace "{base}".',
        path=layout.DATASET,
    )


def _stating(base: str, sources: Iterable[SourceFile]) -> Iterator[Quad]:
    """Yield the statements that the datasets of a project have a base."""
    for file in sources:
        for quad in file.quads if file.path == layout.DATASET else ():
            if quad.predicate == RDF.type and quad.object == VOID.Dataset:
                yield Quad(quad.subject, VOID.uriSpace, Literal(base), quad.graph_name)


def _prefix_table(sources: Sequence[SourceFile]) -> Prefixes:
    """Return the prefixes that the ontology declares, else those of the files.

    https://www.w3.org/TR/shacl/#sparql-prefixes
    """
    names: dict[object, str] = {}
    namespaces: dict[object, str] = {}
    for file in sources:
        if file.row.graph == "ontology":
            for quad in file.quads:
                if quad.predicate == SH.prefix and isinstance(quad.object, Literal):
                    names[quad.subject] = quad.object.value
                elif quad.predicate == SH.namespace and isinstance(quad.object, Literal):
                    namespaces[quad.subject] = quad.object.value
    table = {name: namespaces[node] for node, name in names.items() if node in namespaces}
    return Prefixes(table or _usual_prefixes(sources))


def _usual_prefixes(sources: Sequence[SourceFile]) -> dict[str, str]:
    """Return the prefixes of files, the first one winning."""
    table: dict[str, str] = {}
    for file in sources:
        # A default prefix means another thing in each file.
        for prefix, namespace in file.prefixes.items():
            if prefix:
                table.setdefault(prefix, namespace)
    return table


class _TextReader:
    """Reads the texts of a project; the statements about passages are added to their files."""

    def __init__(
        self, base: str, vocabulary: PassageVocabulary, files: dict[str, SourceFile]
    ) -> None:
        self._base = base
        self._vocabulary = vocabulary
        self._files = files
        self.findings: list[Finding] = []

    def read(self, slug: str) -> Text | None:
        """Return the text of a folder under data/; None if a file of it is missing or broken.

        There is no finding about such a text, because its file has one.
        """
        place = TextLocation(slug, self._base)
        paths = [place.path(name) for name in layout.TEXT_FILES]
        if not all(path in self._files and not self._files[path].broken for path in paths):
            return None
        words, listed, source, facts = (self._files[path] for path in paths)
        entries, wrong_lines = register.read(listed.text, place)
        passages, misplaced = anchor_passages(entries, words.text, place)
        self.findings += [*wrong_lines, *misplaced, *_check_document(source, place)]
        self.findings += check_blocks(trig.blocks(facts.text), entries, place)
        statements = TextStatements(place, self._vocabulary, source.quads)
        quads = (
            *statements.of_document(words.data, self._original(slug)),
            *statements.of_passages(passages),
        )
        lines = {place.passage(entry.name): entry.line for entry in entries}
        self._files[listed.path] = replace(listed, quads=quads, described=lines)
        return Text(slug, place.document, words.text, passages)

    def _original(self, slug: str) -> Original | None:
        of_text = (
            file
            for path, file in self._files.items()
            if file.row.role is Role.ORIGINAL and path.startswith(f"data/{slug}/")
        )
        file = next(of_text, None)
        return None if file is None else Original(file.path.rpartition("/")[2], file.data)


class _TableFiles:
    """Reads the tables of a project; the statements of a table are added to its file."""

    def __init__(self, reader: TableReader, base: str, files: dict[str, SourceFile]) -> None:
        self._reader = reader
        self._base = base
        self._files = files
        self._findings: list[Finding] = []

    @property
    def findings(self) -> list[Finding]:
        """Return the findings about the tables."""
        return [*self._findings, *self._reader.findings]

    def read(self, slug: str) -> Iterator[Text]:
        """Yield the table of a folder under data/ as a text, if its files are sound."""
        place = TextLocation(slug, self._base)
        names = [name for name in TABLES if place.path(name) in self._files]
        self._findings += [_second_table(place, *names[:2])] if names[1:] else []
        file = self._files[place.path(names[0])]
        mapping, source = (self._files.get(place.path(name)) for name in (MAPPING, SOURCE))
        if file.broken or (source is not None and source.broken):
            return
        stated = source.quads if source else ()
        if source:
            self._findings += _check_document(source, place)
        table = self._reader.read(
            place, Original(names[0], file.data), mapping.text if mapping else None, stated
        )
        self._files[file.path] = replace(file, quads=table.quads, described=table.lines)
        yield table.text


def _second_table(place: TextLocation, first: str, second: str) -> Finding:
    return Finding(
        "table",
        f"The folder has two tables; {place.path(first)} is read.",
        "Give each table a folder of its own.",
        path=place.path(second),
    )


def _check_document(source: SourceFile, place: TextLocation) -> Iterator[Finding]:
    if not any(quad.subject == NamedNode(place.document) for quad in source.quads):
        yield Finding(
            "document",
            f"Nothing is said of the document <{place.document}>.",
            "Give it its class, a dcterms:title and its dcterms:language.",
            path=source.path,
            entity=place.document,
        )


def _passages_twice(texts: Sequence[Text]) -> Iterator[Finding]:
    first: dict[str, str] = {}
    for text in texts:
        for passage in text.passages:
            owner = first.setdefault(passage.iri, text.slug)
            if owner != text.slug:
                yield Finding(
                    "passage-twice",
                    f"The texts {owner} and {text.slug} both have a passage of this IRI.",
                    f"Name the passages of {text.slug} so that no other text has them.",
                    path=f"data/{text.slug}/passages.tsv",
                    entity=passage.iri,
                )
