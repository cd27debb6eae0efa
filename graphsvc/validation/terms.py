"""Terms: that every class and property in use is declared, and spelt as it is.

- ``undeclared-term``    a term of the project's own namespace that the ontology lacks: an error
- ``undeclared-reuse``   data uses a term of a vocabulary that the ontology builds on, but this
                         term is not among those it declares: a warning
- ``unknown-term``       a well-known vocabulary has no such term: a warning, for vocabularies grow
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pyoxigraph as ox
import rdflib
import rdflib.namespace
from rapidfuzz import fuzz, process
from rdflib.namespace import DefinedNamespace

from graphsvc.findings import Finding, Severity
from graphsvc.namespaces import RDF, graph_iri

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from graphsvc.files import SourceFile
    from graphsvc.validation.context import Evidence

#: How much a name has to be like another to be what was meant, of 100.
_NEAR = 80

#: Graphs whose terms are declared in themselves, or are those of the vocabularies about data.
_NOT_DATA = ("ontology", "shapes", "dataset", "examples")


def findings(evidence: Evidence) -> Iterator[Finding]:
    """Yield a finding for each file and each term in it that nobody declares."""
    declared = _declared(evidence)
    known = declared.union(evidence.namespaces)
    foreign = frozenset(iri for iri in evidence.declared if not evidence.is_own(iri))
    reused = {_namespace(term) for term in foreign}
    not_data = {graph_iri(evidence.base, name) for name in _NOT_DATA}
    for file in evidence.project.files:
        for iri in sorted(set(_iris(file.quads))):
            if evidence.is_own(iri) and iri not in known:
                yield _undeclared(evidence, file, iri, declared)
        for iri in sorted(set(_terms_in_use(file.quads))):
            vocabulary = _vocabularies().get(_namespace(iri))
            # What the graph declares itself is newer than what the library knows.
            is_known = iri in foreign or iri in declared or vocabulary is None
            if vocabulary is not None and not is_known and rdflib.URIRef(iri) not in vocabulary:
                yield _unknown(evidence, file, iri, _terms_of(vocabulary))
        in_data = [quad for quad in file.quads if quad.graph_name not in not_data]
        for iri in sorted(set(_terms_in_use(in_data))):
            if iri not in foreign and _namespace(iri) in reused:
                yield _not_aligned(evidence, file, iri)


def _declared(evidence: Evidence) -> frozenset[str]:
    """Return what the ontology or the shapes give a type: terms, shapes, groups of properties."""
    graphs = [evidence.ontology]
    if evidence.ontology is not None:
        graphs.append(graph_iri(evidence.base, "shapes"))
    return frozenset(
        quad.subject.value
        for graph in graphs
        for quad in evidence.store.quads_for_pattern(None, RDF.type, None, graph)
        if isinstance(quad.subject, ox.NamedNode)
    )


def _iris(quads: Iterable[ox.Quad]) -> Iterator[str]:
    for quad in quads:
        for term in (quad.subject, quad.predicate, quad.object):
            if isinstance(term, ox.NamedNode):
                yield term.value
            elif isinstance(term, ox.Literal):
                yield term.datatype.value


def _terms_in_use(quads: Iterable[ox.Quad]) -> Iterator[str]:
    """Yield what stands where a property or a class stands."""
    for quad in quads:
        yield quad.predicate.value
        if quad.predicate == RDF.type and isinstance(quad.object, ox.NamedNode):
            yield quad.object.value


def _namespace(iri: str) -> str:
    cut = max(iri.rfind("#"), iri.rfind("/")) + 1
    return iri[:cut]


@cache
def _vocabularies() -> dict[str, type[DefinedNamespace]]:
    """Return the vocabularies whose terms a library of this program lists, by namespace."""
    exported = (getattr(rdflib.namespace, name) for name in rdflib.namespace.__all__)
    return {
        str(vocabulary): vocabulary
        for vocabulary in exported
        if isinstance(vocabulary, type)
        and issubclass(vocabulary, DefinedNamespace)
        and vocabulary is not DefinedNamespace
    }


@cache
def _terms_of(vocabulary: type[DefinedNamespace]) -> tuple[str, ...]:
    return tuple(sorted(str(term) for term in dir(vocabulary)))


def _undeclared(
    evidence: Evidence, file: SourceFile, iri: str, declared: Collection[str]
) -> Finding:
    return Finding(
        "undeclared-term",
        f"{evidence.prefixes.compact(iri)} is not declared in the ontology.",
        _did_you_mean(evidence, iri, [term for term in declared if evidence.is_own(term)])
        + "Correct its name, or declare it in ontology/.",
        path=file.path,
        line=file.mentions.get(iri),
        entity=iri,
    )


def _unknown(evidence: Evidence, file: SourceFile, iri: str, known: Collection[str]) -> Finding:
    return Finding(
        "unknown-term",
        f"{evidence.prefixes.compact(iri)} is no term that its vocabulary is known to have.",
        _did_you_mean(evidence, iri, known) + "Look it up in the vocabulary's specification.",
        severity=Severity.WARNING,
        path=file.path,
        line=file.mentions.get(iri),
        entity=iri,
    )


def _not_aligned(evidence: Evidence, file: SourceFile, iri: str) -> Finding:
    return Finding(
        "undeclared-reuse",
        f"{evidence.prefixes.compact(iri)} is used in the data, but the ontology does not say "
        "what it is.",
        "Declare it beside the other terms of its vocabulary in ontology/alignments.ttl.",
        severity=Severity.WARNING,
        path=file.path,
        line=file.mentions.get(iri),
        entity=iri,
    )


def _did_you_mean(evidence: Evidence, iri: str, candidates: Iterable[str]) -> str:
    near = process.extractOne(iri, candidates, scorer=fuzz.ratio, score_cutoff=_NEAR)
    return f"Did you mean {evidence.prefixes.compact(near[0])}? " if near else ""
