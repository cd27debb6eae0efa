"""Imports: the ontologies that the graph imports, and whether they are here.

- ``import-not-here`` an imported ontology is none of the files: a note, for nothing is fetched
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from graphsvc.findings import Finding, Severity
from graphsvc.namespaces import OWL, RDF

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphsvc.validation.context import ValidationContext


def findings(context: ValidationContext) -> Iterator[Finding]:
    """Yield a finding for each imported ontology that is not here."""
    homes = _homes(context)
    importers = {
        quad.object: quad.subject
        for quad in context.store.quads_for_pattern(None, OWL.imports, None)
        if isinstance(quad.object, ox.NamedNode)
    }
    for ontology in sorted(importers.keys() - homes.keys(), key=str):
        yield context.finding(
            "import-not-here",
            f"{context.name(importers[ontology])} imports {context.name(ontology)}, which is none "
            "of the files: its axioms are not known here.",
            "Add its file, if they matter; nothing is fetched.",
            about=(importers[ontology], OWL.imports, ontology),
            severity=Severity.NOTE,
        )


def graphs(context: ValidationContext) -> set[ox.NamedNode]:
    """Return the graphs of the ontologies that the project's own one imports, also indirectly."""
    homes = _homes(context)
    imported: set[ox.NamedNode] = set()
    new = [context.ontology]
    while new:
        graph = new.pop()
        for quad in context.store.quads_for_pattern(None, OWL.imports, None, graph):
            for home in homes.get(quad.object, ()):
                if home not in imported and home != context.ontology:
                    imported.add(home)
                    new.append(home)
    return imported


def _homes(context: ValidationContext) -> dict[object, set[ox.NamedNode]]:
    """Return the graphs that describe each ontology, by its IRI and by that of its version."""
    homes: dict[object, set[ox.NamedNode]] = {}
    for quad in context.store.quads_for_pattern(None, RDF.type, OWL.Ontology):
        if isinstance(quad.graph_name, ox.NamedNode):
            versions = context.store.quads_for_pattern(quad.subject, OWL.versionIRI, None)
            for name in (quad.subject, *(version.object for version in versions)):
                homes.setdefault(name, set()).add(quad.graph_name)
    return homes
