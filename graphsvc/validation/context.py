"""The context of checks: a project's statements, their locations, and the names of things."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

import pyoxigraph as ox

from graphsvc.findings import Finding, Severity
from graphsvc.namespaces import DERIVATIONS, OWL, RDF, RDFS, VANN, graph_iri
from graphsvc.store.union import store_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphsvc.files import SourceFile
    from graphsvc.namespaces import Prefixes
    from graphsvc.sources import Project

#: A file, relative to the project's folder, and a line in it.
SourceLocation: TypeAlias = tuple[str, int]

#: Subject, predicate and object; an unknown one is None.
TriplePattern: TypeAlias = tuple[object, object, object]

#: A value in a message is cut after so many characters.
_LONGEST_NAME = 120

#: The types that declare a term; a property may have several of them.
TERM_TYPES = (
    OWL.Class,
    OWL.ObjectProperty,
    OWL.DatatypeProperty,
    OWL.AnnotationProperty,
    OWL.OntologyProperty,
    RDFS.Class,
    RDFS.Datatype,
    RDF.Property,
)


#: How many lines after the first one of a thing are searched for its statements.
_FAR = 500


def first_line(file: SourceFile, start: int, words: str, names: Sequence[str] = ("",)) -> int:
    """Return the first line from ``start`` on with some words and a name, else ``start``."""
    for number, line in enumerate(file.lines[start - 1 : start + _FAR], start=start):
        if words in line and any(name in line for name in names):
            return number
    return start


@dataclass(frozen=True)
class ValidationContext:
    """A project and all its statements: those of its files, and the inferred ones."""

    project: Project
    quads: Sequence[ox.Quad]

    @property
    def base(self) -> str:
        """Return the base of the project's IRIs."""
        return self.project.base

    @property
    def prefixes(self) -> Prefixes:
        """Return the project's prefix table."""
        return self.project.prefixes

    @cached_property
    def store(self) -> ox.Store:
        """Return the statements in a store, for look-ups."""
        store = ox.Store()
        store.bulk_extend(self.quads)
        return store

    @cached_property
    def dataset(self) -> ox.Store:
        """Return the statements in a store for queries, as they will be served."""
        return store_of(self.quads, graph_iri(self.base, DERIVATIONS))

    @cached_property
    def namespaces(self) -> tuple[str, ...]:
        """Return the namespaces that the project's ontologies call their own."""
        ontologies = {
            quad.subject for quad in self.store.quads_for_pattern(None, RDF.type, OWL.Ontology)
        }
        return tuple(
            sorted(
                quad.object.value
                for quad in self.store.quads_for_pattern(None, VANN.preferredNamespaceUri, None)
                if quad.subject in ontologies and isinstance(quad.object, ox.Literal | ox.NamedNode)
            )
        )

    @cached_property
    def ontology(self) -> ox.NamedNode | None:
        """Return the graph of the ontology; without a layout it may be in any."""
        return graph_iri(self.base, "ontology") if self.project.is_laid_out else None

    @cached_property
    def declared(self) -> frozenset[str]:
        """Return the IRIs that the ontology declares as classes or properties."""
        ontology = self.ontology
        return frozenset(
            quad.subject.value
            for kind in TERM_TYPES
            for quad in self.store.quads_for_pattern(None, RDF.type, kind, ontology)
            if isinstance(quad.subject, ox.NamedNode)
        )

    @cached_property
    def own_terms(self) -> tuple[str, ...]:
        """Return those of them in the project's own namespaces."""
        return tuple(sorted(iri for iri in self.declared if self.is_own(iri)))

    def is_own(self, iri: str) -> bool:
        """Tell whether an IRI is in a namespace that the project's ontologies call their own."""
        return iri.startswith(self.namespaces) if self.namespaces else False

    def is_term(self, iri: str) -> bool:
        """Tell whether an IRI is a class or a property, not a thing."""
        return iri in self.declared or self.is_own(iri)

    def name(self, term: object) -> str:
        """Return a term for people: with a prefix, and not longer than a line."""
        if isinstance(term, ox.NamedNode):
            return self.prefixes.compact(term.value)
        if isinstance(term, ox.Literal):
            return self._literal(term)
        if isinstance(term, ox.BlankNode):
            return "a blank node"  # its name changes each time the file is read
        return self.shorten(str(term))

    def _literal(self, literal: ox.Literal) -> str:
        text = literal.value
        quoted = f"“{text[:_LONGEST_NAME]}…”" if len(text) > _LONGEST_NAME else f"“{text}”"
        return f"{quoted}@{literal.language}" if literal.language else quoted

    def shorten(self, text: str) -> str:
        """Return a text with each ``<IRI>`` in it shortened by a prefix, if one fits."""
        return re.sub(r"<([^<>\s]+)>", lambda match: self.prefixes.compact(match[1]), text)

    def finding(  # noqa: PLR0913 - what a finding has
        self,
        check: str,
        message: str,
        remedy: str,
        *,
        about: str | TriplePattern | None,
        severity: Severity = Severity.ERROR,
        place: SourceLocation | None = None,
    ) -> Finding:
        """Return a finding with its place: about an entity, by its IRI, or about a statement."""
        if isinstance(about, tuple):
            subject = about[0]
            entity = subject.value if isinstance(subject, ox.NamedNode) else None
            place = place or self.statement_location(about)
        else:
            entity = about
        path, line = place or (self.entity_location(entity) if entity else None) or (None, None)
        return Finding(
            check, message, remedy, severity=severity, path=path, line=line, entity=entity
        )

    def entity_location(self, iri: str) -> SourceLocation | None:
        """Return the file and the line where a thing or a term gets its type, else is named."""
        file = self._files_by_entity.get(iri)
        if file is not None and iri in file.subjects:
            return file.path, file.subjects[iri]
        return self.project.locate(iri)

    def statement_location(self, statement: TriplePattern) -> SourceLocation | None:
        """Return the file and the line where a statement is made, or None if no file makes it."""
        subject, predicate, value = statement
        file = self._files_by_statement.get(statement)
        if file is None or not isinstance(subject, ox.NamedNode):
            return None
        first = file.subjects.get(subject.value, 1)
        words = value.value if isinstance(value, ox.Literal) else self.name(value)
        names = (self.name(predicate), getattr(predicate, "value", ""))
        return file.path, first_line(file, first, words, names)

    def block_location(self, path: str, graph: str, words: str) -> SourceLocation | None:
        """Return the line of some words in the block of a graph, else that of the block."""
        file = next((file for file in self.project.files if file.path == path), None)
        if file is None or graph not in file.blocks:
            return None
        return path, first_line(file, file.blocks[graph], words)

    @cached_property
    def _files_by_entity(self) -> dict[str, SourceFile]:
        files: dict[str, SourceFile] = {}
        for file in self.project.files:
            for quad in file.quads:
                if quad.predicate == RDF.type and isinstance(quad.subject, ox.NamedNode):
                    files.setdefault(quad.subject.value, file)
        return files

    @cached_property
    def _files_by_statement(self) -> dict[TriplePattern, SourceFile]:
        files: dict[TriplePattern, SourceFile] = {}
        for file in self.project.files:
            for quad in file.quads:
                files.setdefault((quad.subject, quad.predicate, quad.object), file)
        return files
