"""RDF files as a project: their missing metadata is derived from their statements.

Any RDF makes a graph: no base, no description, no ontology and no passages are needed. The base is
that of most of the subjects; there may be other frequent ones. The title is that of the one
dataset, ontology or scheme that has one, the prefixes are those of the files. A file without graphs
becomes a graph of its own.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat

from graphsvc import rdf_files
from graphsvc.base_iris import UNKNOWN_BASE, bases_of
from graphsvc.errors import InputError
from graphsvc.files import SourceFile
from graphsvc.findings import Severity
from graphsvc.known_prefixes import AMBIGUOUS, WELL_KNOWN
from graphsvc.layout import LayoutRow, Role
from graphsvc.namespaces import (
    DC,
    DCAT,
    DCTERMS,
    OWL,
    RDF,
    RDFS,
    SCHEMA,
    SKOS,
    VOID,
    XSD,
    Prefixes,
    graph_iri,
)
from graphsvc.sources import Project

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from graphsvc.parsing import Parsed
    from graphsvc.rdf_files import Parser, RdfFile
    from graphsvc.store.base import Term

_T = TypeVar("_T")

# Each quad is compared with it, so it is created once.
_TYPE = RDF.type

#: The classes that describe a whole graph, and the properties of its title, the best first.
WHOLES = (VOID.Dataset, DCAT.Dataset, DCAT.Catalog, OWL.Ontology, SKOS.ConceptScheme)
TITLES = (DCTERMS.title, DC.title, RDFS.label, SKOS.prefLabel, SCHEMA.name)


def load(paths: Sequence[Path], parser: Parser) -> Project:
    """Return the RDF files that some paths name as a project; ``parser`` reads each.

    Errors: InputError if there is no RDF file, or no statement. Errors in files are findings.
    """
    files = rdf_files.find(paths)
    data = [file.path.read_bytes() for file in files]
    parsed = [
        rdf_files.read(file, content, _address(UNKNOWN_BASE, file), parser)
        for file, content in zip(files, data, strict=True)
    ]
    bases = bases_of(quad.subject for each in parsed for quad in each.quads)
    base = bases[0]
    for number, file in enumerate(files):
        if _has_addresses(file) and _is_relative(parsed[number]):
            parsed[number] = rdf_files.read(file, data[number], _address(base, file), parser)
    prefixes = _prefixes(parsed)
    findings = tuple(finding for each in parsed for finding in each.findings)
    # The parsed quads of a file are released as soon as they are in their graph: there are
    # millions.
    parsed.reverse()
    sources = [
        _source(file, content, _with_named_graphs(parsed.pop(), file, base), base)
        for file, content in zip(files, data, strict=True)
    ]
    languages = _languages(sources)
    is_broken = any(finding.severity is Severity.ERROR for finding in findings)
    if not is_broken and not any(file.quads for file in sources):
        raise InputError(
            "The files hold no statement.", findings, remedy="Name files with RDF in them."
        )
    return Project(
        root=paths[0],
        base=base,
        prefixes=prefixes,
        files=tuple(sources),
        texts=(),
        findings=findings,
        derived=_dataset(sources, bases, paths[0]),
        languages=languages,
        is_laid_out=False,
    )


def current_inputs(paths: Sequence[Path]) -> dict[str, str]:
    """Return ``Project.inputs`` without parsing, to check if a release is stale."""
    return {
        file.name: hashlib.sha256(file.path.read_bytes()).hexdigest()
        for file in rdf_files.find(paths)
    }


def _address(base: str, file: RdfFile) -> str:
    """Return the address of a file under a base."""
    return base + quote(file.name)


def _has_addresses(file: RdfFile) -> bool:
    """Tell whether a file may have relative IRIs: N-Triples and N-Quads may not."""
    return rdf_files.syntax(file.name) not in (RdfFormat.N_TRIPLES, RdfFormat.N_QUADS)


def _is_relative(parsed: Parsed) -> bool:
    """Tell whether a file has an IRI that depends on its own address."""
    return any(
        isinstance(term, NamedNode) and term.value.startswith(UNKNOWN_BASE)
        for quad in parsed.quads
        for term in (quad.subject, quad.predicate, quad.object, quad.graph_name)
    )


def _with_named_graphs(parsed: Parsed, file: RdfFile, base: str) -> Parsed:
    """Return a file with IRIs for its graphs that are blank nodes: the file's name and a number.

    A query needs the name of a graph. JSON-LD and N3 often have such graphs.
    """
    blank = dict.fromkeys(
        quad.graph_name for quad in parsed.quads if isinstance(quad.graph_name, BlankNode)
    )
    if not blank:
        return parsed
    graph = graph_iri(base, quote(file.name)).value
    names = {node: NamedNode(f"{graph}/{number}") for number, node in enumerate(blank, 1)}

    def with_name(term: _T) -> _T | NamedNode:
        return names.get(term, term) if isinstance(term, BlankNode) else term

    quads = tuple(
        Quad(
            with_name(quad.subject),
            quad.predicate,
            with_name(quad.object),
            with_name(quad.graph_name),
        )
        for quad in parsed.quads
    )
    return replace(parsed, quads=quads)


def _source(file: RdfFile, data: bytes, parsed: Parsed, base: str) -> SourceFile:
    """Return a file with the statements of its default graph in a graph named after the file."""
    row = LayoutRow(file.name, Role.RDF)
    read = SourceFile(file.name, row, data, parsed.quads, parsed.prefixes, bool(parsed.findings))
    return read.in_graph(base)


def _prefixes(parsed: Sequence[Parsed]) -> Prefixes:
    """Return the prefixes of the files, the first one winning, and the well-known ones in use."""
    table: dict[str, str] = {}
    for each in parsed:
        for prefix, namespace in each.prefixes.items():
            # A default prefix means another thing in each file.
            if prefix and not namespace.startswith(UNKNOWN_BASE):
                table.setdefault(prefix, namespace)
    used = _namespaces(parsed) - set(table.values())
    choices = {prefix: (namespace,) for prefix, namespace in WELL_KNOWN.items()} | AMBIGUOUS
    for prefix, namespaces in choices.items():
        for namespace in namespaces:
            if namespace in used:
                table.setdefault(prefix, namespace)
    return Prefixes(table)


def _namespaces(parsed: Sequence[Parsed]) -> set[str]:
    """Return the namespaces of the properties and classes, without those of datatypes."""
    quads = [quad for each in parsed for quad in each.quads]
    terms = {quad.predicate for quad in quads}
    terms |= {
        quad.object
        for quad in quads
        if quad.predicate == _TYPE and isinstance(quad.object, NamedNode)
    }
    ends = (max(term.value.rfind("/"), term.value.rfind("#")) + 1 for term in terms)
    return {str(XSD), *(term.value[:end] for term, end in zip(terms, ends, strict=True))}


def _dataset(sources: Sequence[SourceFile], bases: Sequence[str], path: Path) -> tuple[Quad, ...]:
    """Return the description of the dataset: its type, its title, and the beginnings of its IRIs.

    https://www.w3.org/TR/void/#pattern
    """
    graph = graph_iri(bases[0], "dataset")
    node = NamedNode(f"{bases[0]}dataset")
    quads = [quad for file in sources for quad in file.quads]
    title = title_of(quads) or Literal(path.name.partition(".")[0] or path.name)
    return (
        Quad(node, RDF.type, VOID.Dataset, graph),
        Quad(node, DCTERMS.title, title, graph),
        *(Quad(node, VOID.uriSpace, Literal(base), graph) for base in bases),
    )


def _languages(sources: Sequence[SourceFile]) -> tuple[str, ...]:
    """Return the language tags of the literals, the most frequent first."""
    counts = Counter(
        quad.object.language
        for file in sources
        for quad in file.quads
        if isinstance(quad.object, Literal) and quad.object.language
    )
    # English comes first among languages that are equally frequent.
    return tuple(sorted(counts, key=lambda tag: (-counts[tag], tag != "en", tag)))


def title_of(quads: Sequence[Quad]) -> Literal | None:
    """Return the title of the one thing that describes the whole graph, if there is one."""
    wholes: dict[Term, set[Term]] = {}
    for quad in quads:
        if quad.predicate == RDF.type and quad.object in WHOLES:
            wholes.setdefault(quad.object, set()).add(quad.subject)
    best = next((wholes[kind] for kind in WHOLES if kind in wholes), set())
    if len(best) != 1:
        return None
    titles = [
        (TITLES.index(quad.predicate), quad.object)
        for quad in quads
        if quad.subject in best and quad.predicate in TITLES and isinstance(quad.object, Literal)
    ]
    rank = min((rank for rank, _ in titles), default=None)
    candidates = [title for place, title in titles if place == rank]
    # English is preferred, because most people read it; else the first one by language.
    return min(
        candidates,
        key=lambda t: (t.language not in ("en", None), t.language or "", t.value),
        default=None,
    )
