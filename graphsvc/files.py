"""Reads and checks the files of a project, each on its own."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import quote

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, RdfFormat

from graphsvc import file_limits, layout, rdf_files, trig
from graphsvc.findings import Finding, Severity
from graphsvc.layout import LayoutRow, Role
from graphsvc.namespaces import OWL, RDF, SH, Prefixes, graph_iri
from graphsvc.parsing import parse_file
from graphsvc.tables.cells import WORKBOOK
from graphsvc.texts.model import MAPPING, SOURCE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path, PurePosixPath

_RDF_FORMATS = {".ttl": RdfFormat.TURTLE, ".trig": RdfFormat.TRIG}
_RDF_ROLES = (Role.TURTLE, Role.TRIG, Role.FACTS)
#: The roles of files whose statements go into one graph, unless they name graphs themselves.
_IN_ONE_GRAPH = (Role.TURTLE, Role.RDF)
#: The graphs that follow a W3C grammar which requires some blank nodes.
_GRAMMARS = ("ontology", "shapes")
_LIST = {RDF.first, RDF.rest}
_PATHS = {
    SH.inversePath,
    SH.alternativePath,
    SH.zeroOrMorePath,
    SH.oneOrMorePath,
    SH.zeroOrOnePath,
}


@dataclass(frozen=True)
class SourceFile:
    """A file: its path relative to the project, its kind, its bytes, and its statements.

    ``prefixes`` are the file's own declarations. A file with syntax errors is ``broken``: its
    statements are incomplete, and checks of them would only hide the cause. ``described`` are the
    IRIs that the program describes itself because of a line, with that line.
    """

    path: str
    row: LayoutRow
    data: bytes
    quads: tuple[Quad, ...] = ()
    prefixes: Mapping[str, str] = field(default_factory=dict)
    broken: bool = False
    described: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def sha256(self) -> str:
        """Return the digest of the file's bytes, in hexadecimal."""
        return hashlib.sha256(self.data).hexdigest()

    @cached_property
    def text(self) -> str:
        """Return the file's text; invalid UTF-8 is replaced, and reported elsewhere."""
        return file_limits.unpack(self.data).decode("utf-8", "replace")

    @cached_property
    def lines(self) -> list[str]:
        """Return the file's lines."""
        return self.text.splitlines()

    @cached_property
    def subjects(self) -> dict[str, int]:
        """Return the IRIs that the file describes, each with its line."""
        return trig.subjects(self.text) if self._has_tokens else dict(self.described)

    @cached_property
    def mentions(self) -> dict[str, int]:
        """Return the IRIs in the file, each with its first line."""
        return (trig.mentions if self._has_tokens else trig.quoted_iris)(self.text)

    @cached_property
    def blocks(self) -> dict[str, int]:
        """Return the graphs that the file names, each IRI with the line of its first block."""
        if self.row.role is Role.TABLE:
            return dict(self.described)
        return {block.graph: block.line for block in reversed(trig.blocks(self.text))}

    @property
    def _has_tokens(self) -> bool:
        """Tell whether the file is written in a syntax with the tokens of Turtle."""
        others = (RdfFormat.RDF_XML, RdfFormat.JSON_LD)
        is_described = self.row.role in (Role.REGISTER, Role.TABLE)
        return not is_described and rdf_files.syntax(self.path) not in others

    def in_graph(self, base: str) -> SourceFile:
        """Return the file with the statements of its default graph in their named graph.

        That is the graph of the layout, else one that is named after the file.
        """
        name = self.row.graph if self.row.role in _IN_ONE_GRAPH else None
        graph = graph_iri(base, name or quote(self.path))
        quads = tuple(
            Quad(quad.subject, quad.predicate, quad.object, graph)
            if isinstance(quad.graph_name, DefaultGraph)
            else quad
            for quad in self.quads
        )
        return replace(self, quads=quads)


def read(root: Path, path: PurePosixPath, row: LayoutRow) -> tuple[SourceFile, list[Finding]]:
    """Read one file of the layout, with findings about its encoding and its syntax."""
    data = (root / path).read_bytes()
    file = SourceFile(str(path), row, data)
    if row.role is Role.ORIGINAL or path.suffix == WORKBOOK:
        return file, []
    rdf_format = _RDF_FORMATS.get(path.suffix)
    if rdf_format is not None:
        parsed = parse_file(data, rdf_format, file.path)
        file = replace(
            file,
            quads=parsed.quads,
            prefixes=parsed.prefixes,
            broken=bool(parsed.findings),
        )
        return file, list(parsed.findings)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"The byte {data[error.start]:#04x} at offset {error.start} is not UTF-8."
        remedy = "Save the file as UTF-8."
        return file, [Finding("encoding", message, remedy, path=file.path, line=line)]
    return file, []


def read_rdf(
    path: Path, name: str, row: LayoutRow, base: str, parser: rdf_files.Parser
) -> tuple[SourceFile, list[Finding]]:
    """Read a file of RDF in any syntax; relative IRIs are relative to it, under the base."""
    data = path.read_bytes()
    rdf_file = rdf_files.RdfFile(path, name)
    parsed = rdf_files.read(rdf_file, data, base + quote(name), parser)
    file = SourceFile(name, row, data, parsed.quads, parsed.prefixes, bool(parsed.findings))
    return file, list(parsed.findings)


def unknown_files(root: Path) -> Iterator[Finding]:
    """Yield findings about files outside the layout, so that none is silently ignored."""
    for path, row in layout.find(root):
        if row is None:
            patterns = [row.pattern for row in layout.ROWS if row.role is not Role.PROSE]
            yield Finding(
                "unknown-file",
                "The program does not know what to do with this file.",
                "Move it out, or name it as one of: " + ", ".join(patterns) + ".",
                path=str(path),
            )
        elif row.role is Role.RDF:
            yield Finding(
                "file-outside-layout",
                "This file has no place in the layout.",
                "Move its statements to one of: " + ", ".join(_rdf_patterns()) + ".",
                path=str(path),
            )


def _rdf_patterns() -> list[str]:
    return [row.pattern for row in layout.ROWS if row.role in _RDF_ROLES]


def missing_files(root: Path) -> Iterator[Finding]:
    """Yield findings about missing files."""
    for slug in layout.text_folders(root):
        for name in layout.TEXT_FILES:
            if not (root / "data" / slug / name).is_file():
                yield Finding(
                    "missing-file",
                    f"The folder data/{slug} has no {name}.",
                    "A text's folder has " + ", ".join(layout.TEXT_FILES) + ".",
                    path=f"data/{slug}/{name}",
                )
    for slug in layout.table_folders(root):
        for name in (SOURCE, MAPPING):
            if not (root / "data" / slug / name).is_file():
                yield Finding(
                    "missing-file",
                    f"The folder data/{slug} has no {name}.",
                    f"A table's folder has the table, {SOURCE} and {MAPPING}.",
                    path=f"data/{slug}/{name}",
                )


def check(file: SourceFile, base: str, prefixes: Prefixes) -> Iterator[Finding]:
    """Yield findings about a file's prefixes, graphs and blank nodes."""
    if file.broken:
        return
    yield from _prefixes(file, prefixes)
    if file.row.role is Role.FACTS:
        yield from _statements_outside(file)
    elif file.row.role is Role.TRIG:
        yield from _wrong_graphs(file, base)
    yield from _blank_nodes(file)


def _prefixes(file: SourceFile, prefixes: Prefixes) -> Iterator[Finding]:
    strange = {
        prefix: namespace
        for prefix, namespace in sorted(file.prefixes.items())
        if prefixes.get(prefix, prefixes.in_queries.get(prefix)) != namespace
    }
    lines = trig.declaration_lines(file.text) if strange else {}
    for prefix, namespace in strange.items():
        declared = prefixes.get(prefix)
        line = lines.get(prefix)
        if declared is None:
            yield Finding(
                "prefix-table",
                f"The prefix {prefix}: is not in the table of prefixes.",
                "Declare it in ontology/prefixes.ttl, so that queries know it too.",
                severity=Severity.WARNING,
                path=file.path,
                line=line,
            )
        else:
            yield Finding(
                "prefix-table",
                f"The prefix {prefix}: is <{namespace}> here and <{declared}> in the table.",
                "A prefix must have one meaning: correct it here or in ontology/prefixes.ttl.",
                path=file.path,
                line=line,
            )


def _statements_outside(file: SourceFile) -> Iterator[Finding]:
    outside = {quad.subject for quad in file.quads if isinstance(quad.graph_name, DefaultGraph)}
    for subject in sorted(outside, key=str):
        yield _about(
            file,
            "wrong-graph",
            f"A statement about {subject} stands outside any block.",
            "Move it into the block of the passage that states it.",
            subject,
        )


def _wrong_graphs(file: SourceFile, base: str) -> Iterator[Finding]:
    right = graph_iri(base, str(file.row.graph))
    wrong = {quad.graph_name: quad.subject for quad in reversed(file.quads)}
    for graph, subject in sorted(wrong.items(), key=str):
        if graph != right:
            where = "outside any block" if isinstance(graph, DefaultGraph) else f"in {graph}"
            yield _about(
                file,
                "wrong-graph",
                f"Statements stand {where}, the first about {subject}.",
                f"This file has one block: {right} {{ … }}.",
                graph if isinstance(graph, NamedNode) else subject,
            )


def _blank_nodes(file: SourceFile) -> Iterator[Finding]:
    statements: dict[BlankNode, list[Quad]] = defaultdict(list)
    pointing: dict[BlankNode, Quad] = {}
    for quad in file.quads:
        if isinstance(quad.subject, BlankNode):
            statements[quad.subject].append(quad)
        if isinstance(quad.object, BlankNode):
            pointing.setdefault(quad.object, quad)
    in_grammar = file.row.graph in _GRAMMARS
    bad = [node for node, quads in statements.items() if not (in_grammar and _is_grammar(quads))]
    bad += [node for node in pointing if node not in statements]
    if bad and not in_grammar:
        yield from (_blank_mark(file, mark) for mark in trig.blank_nodes(file.text))
    elif bad:
        yield from (_blank_value(file, statements[node], pointing.get(node)) for node in bad)


def _is_grammar(quads: Sequence[Quad]) -> bool:
    """Tell whether a W3C grammar requires a blank node.

    RDF lists; OWL's axioms and class expressions
    (https://www.w3.org/TR/owl2-mapping-to-rdf/#Mapping_from_the_Structural_Specification_to_RDF_Graphs);
    SHACL's paths (https://www.w3.org/TR/shacl/#property-paths).
    """
    predicates = {quad.predicate for quad in quads}
    typed = any(quad.predicate == RDF.type and quad.object in OWL for quad in quads)
    return typed or predicates == _LIST or (len(quads) == 1 and predicates <= _PATHS)


def _blank_mark(file: SourceFile, mark: trig.BlankNodeMark) -> Finding:
    return Finding(
        "blank-node",
        f"Here a blank node is written: {mark.text}",
        "Give the node an IRI, so that it can be cited.",
        path=file.path,
        line=mark.line,
        column=mark.column,
    )


def _blank_value(file: SourceFile, quads: Sequence[Quad], pointing: Quad | None) -> Finding:
    remedy = "Give the node an IRI; only lists, OWL axioms and SHACL paths have none."
    if pointing is None:
        what = next((f"as its {q.predicate} {q.object}" for q in quads), "nothing")
        return Finding("blank-node", f"A blank node has {what}.", remedy, path=file.path)
    message = f"The {pointing.predicate} of {pointing.subject} is a blank node."
    return _about(file, "blank-node", message, remedy, pointing.subject)


def _about(file: SourceFile, check: str, message: str, remedy: str, term: object) -> Finding:
    iri = term.value if isinstance(term, NamedNode) else None
    line = (file.subjects.get(iri) or file.mentions.get(iri)) if iri else None
    return Finding(check, message, remedy, path=file.path, line=line, entity=iri)
