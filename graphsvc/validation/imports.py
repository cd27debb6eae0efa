"""Imports: which ontologies the graph says that it needs, and whether they are here.

- ``import-not-here`` an imported ontology is none of the files: a note, for nothing is fetched
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from graphsvc.findings import Finding, Severity
from graphsvc.namespaces import OWL, RDF

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphsvc.validation.context import Evidence


def findings(evidence: Evidence) -> Iterator[Finding]:
    """Yield a finding for each ontology that is imported and not here."""
    here = _homes(evidence)
    wanted = {
        quad.object: quad.subject
        for quad in evidence.store.quads_for_pattern(None, OWL.imports, None)
        if isinstance(quad.object, ox.NamedNode)
    }
    for ontology in sorted(wanted.keys() - here.keys(), key=str):
        yield evidence.finding(
            "import-not-here",
            f"{evidence.name(wanted[ontology])} imports {evidence.name(ontology)}, which is none "
            "of the files: its axioms are not known here.",
            "Add its file, if they matter; nothing is fetched.",
            about=(wanted[ontology], OWL.imports, ontology),
            severity=Severity.NOTE,
        )


def graphs(evidence: Evidence) -> set[ox.NamedNode]:
    """Return the graphs of the ontologies that the project's own one imports, at any remove."""
    here = _homes(evidence)
    found: set[ox.NamedNode] = set()
    new = [evidence.ontology]
    while new:
        graph = new.pop()
        for quad in evidence.store.quads_for_pattern(None, OWL.imports, None, graph):
            for home in here.get(quad.object, ()):
                if home not in found and home != evidence.ontology:
                    found.add(home)
                    new.append(home)
    return found


def _homes(evidence: Evidence) -> dict[object, set[ox.NamedNode]]:
    """Return the graphs that describe each ontology, by its IRI and by that of its version."""
    homes: dict[object, set[ox.NamedNode]] = {}
    for quad in evidence.store.quads_for_pattern(None, RDF.type, OWL.Ontology):
        if isinstance(quad.graph_name, ox.NamedNode):
            versions = evidence.store.quads_for_pattern(quad.subject, OWL.versionIRI, None)
            for name in (quad.subject, *(version.object for version in versions)):
                homes.setdefault(name, set()).add(quad.graph_name)
    return homes
